"""Secrets rotated under load: nobody who is right is refused, and the old secret dies on time."""

import asyncio
import json
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bridges.jitsi.keys import new_private_key
from bridges.jitsi.tokens import read
from bridges.model import Algorithm, BridgeSecrets, FormerSecret, SecretKind
from bridges.registered.registry import all_secrets
from bridges.registered.rotating import Rotation, follow, rotate
from bridges.registered.rotation import is_bearer, shown_keys, signing
from meetings.store import Connection
from tests.bridges.makers import SECRETS, a_bridge
from tests.bridges.receiving import receiving
from web.database import open_pool, transaction

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
GRACE = timedelta(seconds=4)
SENDERS = 8


def rotated(kind: SecretKind, new: str, left_at: datetime | None = None) -> BridgeSecrets:
    old = SECRETS.present(kind)
    before = FormerSecret(kind=kind, secret=old, ends_at=NOW + GRACE, left_at=left_at)
    values = {one.value: SECRETS.present(one) for one in SecretKind} | {kind.value: new}
    return BridgeSecrets(**values, former=(before,))


@pytest.mark.parametrize("kind", [SecretKind.RESERVATION, SecretKind.EVENT])
def test_both_secrets_are_taken_until_the_grace_is_over(kind):
    secrets, end = rotated(kind, "new"), NOW + GRACE
    old, new = f"Bearer {SECRETS.present(kind)}", "Bearer new"
    other = SecretKind.EVENT if kind is SecretKind.RESERVATION else SecretKind.RESERVATION

    assert [is_bearer(one, secrets, kind, NOW) for one in (old, new, "Bearer x", "")] == [
        True,
        True,
        False,
        False,
    ]
    assert (is_bearer(old, secrets, kind, end), is_bearer(new, secrets, kind, end)) == (False, True)
    assert not is_bearer(new, secrets, other, NOW)


def test_tokens_are_signed_with_the_old_secret_until_the_bridge_takes_the_new_one():
    waiting = rotated(SecretKind.JWT, "n" * 40)
    seen = rotated(SecretKind.JWT, "n" * 40, left_at=NOW)

    assert signing(waiting, NOW) == SECRETS.jwt
    assert signing(waiting, NOW + GRACE) == "n" * 40
    assert signing(seen, NOW) == "n" * 40


def test_a_public_key_outlives_its_signatures_by_a_while():
    private = new_private_key()
    before = FormerSecret(kind=SecretKind.JWT, secret=private, ends_at=NOW)
    secrets = BridgeSecrets(jwt="n" * 40, reservation="r", event="e", former=(before,))

    assert shown_keys(secrets, NOW + timedelta(minutes=14)) == [private]
    assert shown_keys(secrets, NOW + timedelta(minutes=15)) == []


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one call, under which secret, and when."""

    secret: str
    status: int
    at: datetime


async def until_used(answers: list[Answer], secret: str) -> None:
    """Wait until many calls were made under the secret."""
    while sum(one.secret == secret for one in answers) < 20 * SENDERS:
        await asyncio.sleep(0.01)


def statuses(answers: list[Answer], new: str, ends: datetime) -> set[int]:
    """Return what those were told who were right: with the old secret, only before its end."""
    return {one.status for one in answers if one.secret == new or one.at < ends}


async def change(
    conn: Connection, keyring, kind: SecretKind, **wanted: object
) -> tuple[str, datetime]:
    """Rotate a secret of the lab's bridge; return the new one and the end of the old one."""
    rotation = Rotation(kind=kind, grace=GRACE, **wanted)  # type: ignore[arg-type]
    async with conn.transaction():
        done = await rotate(
            conn, "lab", rotation, keyring, by="program:test", now=datetime.now(UTC)
        )
    return done.secret, done.former_ends_at


async def test_no_event_is_refused_while_its_secret_is_rotated_under_load(
    conn, keyring, database, tmp_path: Path
):
    await a_bridge(conn, seal=keyring)
    secret, numbers = ["lab-events"], count()
    answers: list[Answer] = []
    stop = asyncio.Event()

    async def post(with_secret: str) -> int:
        body = json.dumps({"room_name": f"r-{next(numbers)}", "created_at": 1795462682}).encode()
        return await receiver.post("room/created", body, secret=with_secret)

    async def send() -> None:
        while not stop.is_set():
            used = secret[0]
            answers.append(Answer(used, await post(used), datetime.now(UTC)))

    async with receiving(tmp_path, database=database) as receiver:
        while await post("lab-events") != 200:
            await asyncio.sleep(0.05)
        senders = [asyncio.create_task(send()) for _ in range(SENDERS)]
        new, ends = await change(conn, keyring, SecretKind.EVENT)
        # An administrator needs longer than the receiver to learn of it: it looks every 2 s.
        while await post(new) != 200:
            await asyncio.sleep(0.05)
        secret[0] = new
        await until_used(answers, new)
        stop.set()
        await asyncio.gather(*senders)
        await asyncio.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds()))
        late = [await post("lab-events"), await post(new)]

    assert statuses(answers, new, ends) == {200}
    assert {one.secret for one in answers} == {"lab-events", new}
    assert late == [401, 200]


async def test_no_reservation_call_is_refused_while_its_secret_is_rotated_under_load(
    server: TestServer, conn, keyring
):
    await a_bridge(conn, seal=keyring)
    url = str(server.make_url("/bridges/lab/reservations/conference"))
    secret, stop = ["lab-reservation"], asyncio.Event()
    answers: list[Answer] = []

    async with aiohttp.ClientSession() as http:

        async def ask(with_secret: str) -> int:
            headers = {"Authorization": f"Bearer {with_secret}"}
            async with http.post(url, data={"name": "r-1234567"}, headers=headers) as answer:
                return answer.status

        async def call() -> None:
            while not stop.is_set():
                used = secret[0]
                answers.append(Answer(used, await ask(used), datetime.now(UTC)))

        callers = [asyncio.create_task(call()) for _ in range(SENDERS)]
        new, ends = await change(conn, keyring, SecretKind.RESERVATION)
        secret[0] = new
        await until_used(answers, new)
        stop.set()
        await asyncio.gather(*callers)
        await asyncio.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds()))
        late = [await ask("lab-reservation"), await ask(new)]

    # 403 is the answer to a room that nobody booked, from somebody who may ask.
    assert statuses(answers, new, ends) == {403}
    assert {one.secret for one in answers} == {"lab-reservation", new}
    assert late == [401, 403]


class Taker:
    """A Prosody that takes tokens of one secret, which an administrator changes by hand."""

    def __init__(self) -> None:
        self.secret = SECRETS.jwt

    async def end(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        claims = read(token, self.secret, app_id="diemcau", now=datetime.now(UTC))
        return web.Response(status=401 if claims is None else 404)


async def test_we_sign_with_the_new_secret_as_soon_as_the_bridge_takes_it(conn, keyring, database):
    taker, app = Taker(), web.Application()
    app.router.add_post("/end-meeting", taker.end)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(TestServer(app))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        pool = await stack.enter_async_context(open_pool(database))
        await a_bridge(conn, seal=keyring, prosody_url=str(server.make_url("")).rstrip("/"))

        async def signed() -> str:
            now = datetime.now(UTC)
            await follow(lambda: transaction(pool), http, keyring, now)
            return signing((await all_secrets(conn, keyring))["lab"], now)

        new, _ = await change(conn, keyring, SecretKind.JWT, algorithm=Algorithm.HS256)
        before = await signed()
        taker.secret = new
        after = await signed()

    assert (before, after) == (SECRETS.jwt, new)
    assert await conn.fetchval("SELECT count(*) FROM audit WHERE action = 'bridge.rotated'") == 1
