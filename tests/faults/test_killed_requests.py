"""T-A4 in full: one effect for each Idempotency-Key, whenever the server is killed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import aiohttp

from bridges.registered.registry import ensure_trial
from meetings.store import Connection
from tests.faults.clients import AWAY, PATH, a_wish, body_of, book
from tests.faults.conftest import a_token
from tests.faults.forge import Forge, forging
from tests.faults.history import Call, contradictions
from tests.makers import a_directory, all_communes
from tests.ports import free_port
from tests.service import speaking
from web.keyring.key_file import load_or_create
from web.keyring.keyring import Keyring

PARALLEL = 8
LONGEST_SECONDS = 0.2
HOURS = 20_000


async def prepared(conn: Connection, keyring: Keyring) -> tuple[str, list[int]]:
    """Load what a booking needs; return a token and the communes' halls."""
    await a_directory(conn)
    await ensure_trial(conn, keyring, public_url="http://x/trial", prosody_url="http://x/trial")
    return await a_token(conn), sorted(await all_communes(conn))


async def torn(session: aiohttp.ClientSession, url: str, call: Call) -> str:
    """Ask once, and say what came of it."""
    headers = {"Idempotency-Key": call.key}
    try:
        async with session.post(url + PATH, json=body_of(call), headers=headers) as answer:
            return f"{answer.status} {await answer.text()}"
    except AWAY:
        return ""


async def one_round(
    forge: Forge, session: aiohttp.ClientSession, url: str, calls: list[Call], delay_seconds: float
) -> Counter[str]:
    """Kill the server amid requests; the next one must settle each of them to one effect."""
    first = [asyncio.create_task(torn(session, url, call)) for call in calls]
    await asyncio.sleep(delay_seconds)
    forge.kill()
    before = await asyncio.gather(*first)
    await forge.make()
    await asyncio.gather(*(book(session, [url], call) for call in calls))
    again = await asyncio.gather(*(torn(session, url, call) for call in calls))
    for call, told, repeated in zip(calls, before, again, strict=True):
        assert told in {"", f"{call.status} {call.text}"}, call.key
        assert not call.is_booked or repeated == f"{call.status} {call.text}", call.key
    return Counter("answered" if told else "cut off" for told in before)


async def kill_rounds(
    database: str, conn: Connection, folder: Path, chance: Random, count: int
) -> None:
    """Kill a server `count` times amid requests; the store and all answers must agree."""
    keyring = load_or_create(folder / "keys.json", may_create=True)
    token, communes = await prepared(conn, keyring)
    environment = {
        "DIEMCAU_DATA": str(folder / "data"),
        "DIEMCAU_KEYS_FILE": str(folder / "keys.json"),
        "DIEMCAU_DATABASE_URL": database,
    }
    port = free_port()
    calls: list[Call] = []
    told: Counter[str] = Counter()
    async with forging("web", port, environment) as forge, speaking(None, token) as session:
        # A connection that waits in the backlog outlives a kill; so let the first child take calls.
        (await session.get(f"http://127.0.0.1:{port}/healthz")).raise_for_status()
        for number in range(count):
            wishes = [
                a_wish(chance, communes, key=f"{number}-{n}", most=3, hours=HOURS)
                for n in range(PARALLEL)
            ]
            calls += wishes
            delay = chance.uniform(0, LONGEST_SECONDS)
            told += await one_round(forge, session, f"http://127.0.0.1:{port}", wishes, delay)
    print(f"{forge.kills} kills, {dict(told)}, {Counter(call.status for call in calls)}")
    assert await contradictions(conn, calls) == []


async def test_a_key_has_one_effect_however_its_server_dies(
    database: str,
    conn: Connection,
    scratch: Path,
    chance: Random,
    rounds: Callable[[int], int],
) -> None:
    await kill_rounds(database, conn, scratch, chance, rounds(625))
