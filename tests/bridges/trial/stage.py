"""The stage of the trial tests: a recorder in place of the service, tokens, a running bridge."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from joserfc import jws
from joserfc.jwk import OctKey

from bridges.trial.app import trial_app
from bridges.trial.config import Timing, TrialConfig
from bridges.trial.keys import BRIDGE
from bridges.trial.model import RoomName
from tests.ports import free_port

SECRET = "a-secret-of-the-trial-that-is-long-enough"
ROOM = RoomName("briefing-20261123-k7q2x9m4ta")
NOW = datetime(2026, 11, 23, 1, 0, 0, 700_000, tzinfo=UTC)
# What the bridge does by itself it does a hundred times faster than Prosody.  It waits for others
# as long: on a busy machine what is late must not look like a line or a service that is dead.
FAST = Timing(
    reservation_retry=timedelta(seconds=0.03),
    event_retry=timedelta(seconds=0.01),
    empty_room=timedelta(seconds=0.15),
    sweep=timedelta(seconds=0.05),
    heartbeat=timedelta(seconds=60),
    first_message=timedelta(seconds=60),
    stop=timedelta(seconds=20),
)


def a_config(**changes: Any) -> TrialConfig:
    """Return a config whose services nobody serves."""
    config = TrialConfig(
        public_url="http://127.0.0.1:1/trial",
        reservation_prefix="http://127.0.0.1:1/bridges/trial/reservations",
        event_prefix="http://127.0.0.1:1/bridges/trial",
        reservation_secret="reservation-secret",
        event_secret="event-secret",
        app_id="diemcau",
        jwt_secret=SECRET,
        timing=FAST,
    )
    return replace(config, **changes)


def a_token(
    *, key: str = SECRET, head: Mapping[str, Any] | None = None, without: str = "", **claims: Any
) -> str:
    """Return a token that lets Sín Thầu into the room, but for what a test changes."""
    now = int(datetime.now(UTC).timestamp())
    payload = {
        "iss": "diemcau",
        "aud": "jitsi",
        "sub": "trial.diemcau",
        "room": ROOM,
        "nbf": now - 120,
        "exp": now + 3600,
        "context": {"user": {"id": "site-7", "name": "Sín Thầu", "email": "sin-thau@example.vn"}},
        **claims,
    }
    payload.pop(without, None)
    header = {"alg": "HS256", "typ": "JWT", **(head or {})}
    text = json.dumps(payload).encode()
    return jws.serialize_compact(
        header, text, OctKey.import_key(key), algorithms=["HS256", "HS512"]
    )


def a_hall(number: int, **claims: Any) -> str:
    """Return the token of one of many halls."""
    user = {"id": f"site-{number}", "name": f"Điểm cầu {number}"}
    return a_token(context={"user": user}, **claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request as it arrived."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))

    @property
    def json(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.body)
        return value


def approve(request: Received) -> tuple[int, bytes]:
    """Answer a reservation as the service does, and everything else with `{}`."""
    if request.path != "/reservations/conference":
        return 200, b"{}"
    form = request.form
    return 200, json.dumps(
        {
            "id": "lab-42",
            "name": form["name"],
            "mail_owner": form["mail_owner"],
            "start_time": form["start_time"],
            "duration": 3600,
        }
    ).encode()


@dataclass(slots=True, kw_only=True)
class Recorder:
    """A service that writes down byte by byte what reaches it, and answers as a test likes."""

    answer: Callable[[Received], tuple[int, bytes]] = approve
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = tuple((name, value) for name, value in (h.split(": ") for h in head[1:-2]))
        length = int(dict(headers).get("Content-Length", 0))
        body = await reader.readexactly(length)
        request = Received(method=method, path=path, headers=headers, body=body)
        status, answer = self.answer(request)
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(answer)}\r\n\r\n".encode())
        writer.write(answer)
        await writer.drain()
        writer.close()
        async with self._news:
            self.received.append(request)
            self._news.notify_all()

    async def until(self, enough: Callable[[list[str]], bool]) -> list[str]:
        """Wait until the paths received are enough; return them."""
        async with self._news, asyncio.timeout(120):
            await self._news.wait_for(lambda: enough(self.paths))
        return self.paths

    @property
    def paths(self) -> list[str]:
        return [f"{request.method} {request.path}" for request in self.received]

    def events(self, name: str) -> list[dict[str, Any]]:
        """Return the bodies of one kind of event."""
        return [one.json for one in self.received if one.path == f"/events/{name}"]


@asynccontextmanager
async def a_recorder(**what: Any) -> AsyncIterator[tuple[Recorder, str]]:
    """Yield a recorder and its address."""
    recorder = Recorder(**what)
    server = await asyncio.start_server(recorder.serve, "127.0.0.1", 0)
    async with server:
        yield recorder, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def a_bridge(service: str, **changes: Any) -> AsyncIterator[TrialConfig]:
    """Yield the config of a bridge that runs under `/trial` of a program, as in production."""
    port = free_port()
    config = a_config(
        public_url=f"http://127.0.0.1:{port}/trial",
        reservation_prefix=f"{service}/reservations",
        event_prefix=service,
        **changes,
    )
    program = web.Application()
    bridge = trial_app(config)
    program.add_subapp("/trial", bridge)
    runner = web.AppRunner(program, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield config
        await bridge[BRIDGE].sender.settle()
    finally:
        await runner.cleanup()


@asynccontextmanager
async def a_pair(
    answer: Callable[[Received], tuple[int, bytes]] = approve, **changes: Any
) -> AsyncIterator[tuple[Recorder, TrialConfig]]:
    """Yield a recorder that answers so, and the config of a bridge that talks to it."""
    async with (
        a_recorder(answer=answer) as (recorder, address),
        a_bridge(address, **changes) as config,
    ):
        yield recorder, config


def room_url(config: TrialConfig, room: str = ROOM) -> str:
    """Return a room's public address."""
    return f"{config.public_url}/{room}"
