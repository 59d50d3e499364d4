"""Requests to the two services as Prosody's net.http makes them.

Each has a connection of its own that closes after the answer, nothing waits for what went before,
a 5xx or a refused connection is tried again, a slow answer is not.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Self

import aiohttp
import structlog

from bridges.trial.config import TrialConfig
from bridges.trial.errors import SlowService
from bridges.trial.model import OccupantJid, Outgoing, RoomName, Sink
from bridges.trial.reservations import (
    TIMED_OUT,
    Conflict,
    Refused,
    Verdict,
    read_answer,
    read_reservation,
    request_fields,
)
from bridges.trial.wire import encode_form, encode_json

log = structlog.get_logger(__name__)

USER_AGENT = "Prosody (13.0.1; diemcau-trial)"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
NO_ANSWER = 0
SERVER_ERROR = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request with its patience: `limit` for an answer, `rest` before the next try."""

    method: str
    url: str
    secret: str
    content_type: str | None
    body: bytes | None
    limit: timedelta
    rest: timedelta

    @property
    def headers(self) -> dict[str, str]:
        """The headers Prosody sends; `Host` and `Content-Length` come with the connection."""
        headers = {
            "Connection": "close",
            "User-Agent": USER_AGENT,
            "Authorization": f"Bearer {self.secret}",
        }
        return headers | ({"Content-Type": self.content_type} if self.content_type else {})


class Sender:
    """Makes the bridge's requests; owns their tasks until they are done."""

    def __init__(self, config: TrialConfig) -> None:
        self.config = config
        self._rng = random.Random()  # noqa: S311 - orders fields, guards nothing
        self._http: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Open the client; no connection of it is kept or shared."""
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(force_close=True, limit=0),
            skip_auto_headers=["Accept", "Accept-Encoding", "Content-Type"],
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give what is on its way a last moment, then drop it."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=self.config.timing.stop.total_seconds())
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    def send(self, requests: Iterable[Outgoing]) -> None:
        """Send requests on their way, each on its own and in no order."""
        batch = list(requests)
        self._rng.shuffle(batch)
        for request in batch:
            task = asyncio.create_task(self._deliver(request), name=f"trial {request.path}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Wait until nothing is on its way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def reserve(self, room: RoomName, owner: OccupantJid) -> Verdict:
        """Ask whether a room may be made; a conflict is looked up under its own id."""
        clock = self.config.clock
        form = encode_form(request_fields(room, owner, clock()), self._rng)
        try:
            status, body = await self._persist(self._reservation("POST", "/conference", form))
            answer = read_answer(room, status, body, clock())
            if not isinstance(answer, Conflict):
                return answer
            found = self._reservation("GET", f"/conference/{answer.id}")
            status, body = await self._persist(found)
            return read_reservation(room, status, body, clock())
        except SlowService:
            return Refused(code=SERVER_ERROR, text=TIMED_OUT)

    async def post(self, request: Outgoing) -> int:
        """Make one request with its retries; return the last status, 0 for no answer."""
        call = self._event(request)
        if request.sink is Sink.RESERVATION:
            call = self._reservation(request.method, request.path)
        try:
            status, _ = await self._persist(call)
        except SlowService:
            return NO_ANSWER
        return status

    async def _deliver(self, request: Outgoing) -> None:
        """Make one request; what cannot be delivered is lost, as with Prosody."""
        status = await self.post(request)
        if not is_final(status):
            log.warning("trial request lost", path=request.path, status=status)

    def _reservation(self, method: str, path: str, form: bytes | None = None) -> Call:
        """Return a call to the reservation service."""
        return Call(
            method=method,
            url=f"{self.config.reservation_prefix}{path}",
            secret=self.config.reservation_secret,
            content_type=None if form is None else FORM,
            body=form,
            limit=self.config.timing.reservation_timeout,
            rest=self.config.timing.reservation_retry,
        )

    def _event(self, request: Outgoing) -> Call:
        """Return a call to the service that collects events."""
        return Call(
            method=request.method,
            url=f"{self.config.event_prefix}{request.path}",
            secret=self.config.event_secret,
            content_type=JSON,
            body=encode_json(request.body or {}, self._rng),
            limit=self.config.timing.event_timeout,
            rest=self.config.timing.event_retry,
        )

    async def _persist(self, call: Call) -> tuple[int, bytes]:
        """Return status and body of the first answer below 500, else of the last try."""
        status, answer = await self._once(call)
        for _ in range(self.config.timing.tries - 1):
            if is_final(status):
                break
            await asyncio.sleep(call.rest.total_seconds())
            status, answer = await self._once(call)
        return status, answer

    async def _once(self, call: Call) -> tuple[int, bytes]:
        """Make the call once; status 0 when nobody listens.

        Raises:
            SlowService: no answer within the limit.
        """
        if self._http is None:
            raise RuntimeError("the sender is used inside its `async with`")
        try:
            async with (
                asyncio.timeout(call.limit.total_seconds()),
                self._http.request(
                    call.method,
                    call.url,
                    data=call.body,
                    headers=call.headers,
                    allow_redirects=False,
                ) as response,
            ):
                return response.status, await response.read()
        except TimeoutError as error:
            raise SlowService(call.url) from error
        except aiohttp.ClientError:
            return NO_ANSWER, b""


def is_final(status: int) -> bool:
    """Tell whether Prosody is content with a status: any below 500, also 401 and 404."""
    return NO_ANSWER < status < SERVER_ERROR
