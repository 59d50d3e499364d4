"""kill -9 while files come in: no row ever stands without its file, and nothing stays for ever."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import aiohttp

from meetings.store import Connection
from tests.faults.clients import AWAY, PATH, a_wish, body_of
from tests.faults.forge import Forge, forging
from tests.faults.test_killed_requests import prepared
from tests.ports import free_port
from tests.service import speaking
from tests.web.test_documents import killed_at
from web.files.document_files import FOLDER, place_of, sweep
from web.keyring.key_file import load_or_create

MOST_LINES = 400
PARALLEL = 4
LARGEST = 1_000_000
LONGEST_SECONDS = 0.3
ROWS = "SELECT name, sha256, bytes FROM documents"
FORGOTTEN = timedelta(days=2)


async def test_kill_at_any_line_leaves_no_row_without_its_file(conn, database, tmp_path):
    for at in range(1, MOST_LINES):
        if not await killed_at(conn, database, tmp_path / str(at), at):
            break
    else:
        raise AssertionError("the work has more lines than were tried")


async def sent(session: aiohttp.ClientSession, url: str, name: str, content: bytes) -> str:
    """Send a file and return its hash where it was taken, nothing where the server died."""
    headers = {"Content-Type": "application/octet-stream"}
    try:
        async with session.post(f"{url}?name={name}", data=content, headers=headers) as answer:
            assert answer.status == 201, await answer.text()
            return str((await answer.json())["sha256"])
    except AWAY:
        return ""


async def look(port: int) -> None:
    """Let the child take a call, over a connection that no child before it can have had."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/healthz") as answer,
    ):
        answer.raise_for_status()


async def one_round(
    forge: Forge, session: aiohttp.ClientSession, url: str, files: dict[str, bytes], delay: float
) -> dict[str, str]:
    """Kill the server amid files; return the hashes of those it had said it took."""
    tasks = [asyncio.create_task(sent(session, url, *one)) for one in files.items()]
    await asyncio.sleep(delay)
    forge.kill()
    # A connection that no child has taken yet waits for the next one, so that must come first.
    await forge.make()
    told = dict(zip(files, await asyncio.gather(*tasks), strict=True))
    return {name: sha256 for name, sha256 in told.items() if sha256}


async def test_killed_server_keeps_what_it_said_it_took_and_no_row_without_a_file(
    database: str,
    conn: Connection,
    scratch: Path,
    chance: Random,
    rounds: Callable[[int], int],
) -> None:
    keyring = load_or_create(scratch / "keys.json", may_create=True)
    token, communes = await prepared(conn, keyring)
    data = scratch / "data"
    environment = {
        "DIEMCAU_DATA": str(data),
        "DIEMCAU_KEYS_FILE": str(scratch / "keys.json"),
        "DIEMCAU_DATABASE_URL": database,
        "DIEMCAU_UPLOADS": "1",
    }
    port = free_port()
    told: dict[str, str] = {}
    async with forging("web", port, environment) as forge, speaking(None, token) as session:
        base = f"http://127.0.0.1:{port}{PATH}"
        wish = body_of(a_wish(chance, communes, key="papers", most=3, hours=100))
        async with session.post(base, json=wish) as answer:
            place = f"{base}/{(await answer.json())['id']}/files"
        for number in range(rounds(100)):
            await conn.execute("DELETE FROM documents WHERE name < $1", f"{number:04}")
            files = {
                f"{number:04}-{one}.txt": b"x" * chance.randrange(1, LARGEST)
                for one in range(PARALLEL)
            }
            await look(port)
            delay = chance.uniform(0, LONGEST_SECONDS)
            told |= await one_round(forge, session, place, files, delay)
            await check_files(conn, data, {n: h for n, h in told.items() if n in files})
    print(f"{forge.kills} kills, {len(told)} of {PARALLEL * forge.kills} files taken")
    await conn.execute("DELETE FROM documents")
    await sweep(conn, data, datetime.now(UTC) + FORGOTTEN)
    assert [path for path in (data / FOLDER).rglob("*") if path.is_file()] == []


async def check_files(conn: Connection, data: Path, told: dict[str, str]) -> None:
    """Every row has its whole file, and what was said to be taken has its row."""
    rows = {row["name"]: row for row in await conn.fetch(ROWS)}
    for row in rows.values():
        content = place_of(data, row["sha256"]).read_bytes()
        assert (len(content), hashlib.sha256(content).digest()) == (row["bytes"], row["sha256"])
    assert {name: rows[name]["sha256"].hex() for name in told} == told
