"""The embedded store under kills, the long form; addresses only processes it started itself."""

import asyncio
import os
import random
import signal
import sys
from pathlib import Path

import asyncpg
import pytest

from tests.web.test_backup import NOW, a_store, kill_restore_at, quiet, words_of
from web.backup import swapping
from web.backup.restoring import restore
from web.backup.saving import save
from web.embedded import attached, embedded
from web.embedded.cluster import Cluster
from web.keyring import key_file

STEPS = (
    "the archive is whole",
    "the files are unpacked",
    "the database is built",
    "the restore counts",
)
ROUNDS = 20
WRITERS = 8

SERVICE = """
import asyncio, sys
from pathlib import Path
from web.embedded import embedded

async def main():
    async with embedded(Path(sys.argv[1])) as cluster:
        print(cluster.pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.parametrize("step", STEPS)
async def test_restore_killed_at_any_step_can_be_run_again(scratch: Path, step: str) -> None:
    old, new = await a_store(scratch / "old", "cũ"), await a_store(scratch / "new", "mới")
    archive = scratch / "archive"
    await save(new, key_file.load(new.keys_file), archive, at=NOW)
    wanted = await words_of(new if step == STEPS[-1] else old)

    await kill_restore_at(step, old, archive)

    assert await words_of(old) == wanted
    await restore(old, archive, force=True, now=NOW, say=quiet)
    assert await words_of(old) == await words_of(new)
    assert not (old.data / swapping.NEW).exists()


async def write(url: str, acknowledged: set[int], numbers: "asyncio.Queue[int]") -> None:
    """Write numbers one by one, remembering those that were acknowledged, until cut off."""
    try:
        conn = await asyncpg.connect(url)
        while True:
            number = numbers.get_nowait()
            await conn.execute("INSERT INTO acknowledged VALUES ($1)", number)
            acknowledged.add(number)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        return


async def kill_while_writing(
    folder: Path, acknowledged: set[int], numbers: "asyncio.Queue[int]", seed: random.Random
) -> None:
    service = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVICE, str(folder), stdout=asyncio.subprocess.PIPE
    )
    assert service.stdout is not None
    server = int(await service.stdout.readline())
    async with attached(folder) as cluster:
        url = cluster.owner_url
    enough = len(acknowledged) + seed.randrange(50, 500)
    writers = [asyncio.create_task(write(url, acknowledged, numbers)) for _ in range(WRITERS)]
    while len(acknowledged) < enough:
        await asyncio.sleep(0)
    for victim in seed.choice([(server, service.pid), (service.pid, server), (service.pid,)]):
        os.kill(victim, signal.SIGKILL)
    await service.wait()
    await asyncio.gather(*writers)


async def numbers_in(cluster: Cluster) -> set[int]:
    conn = await asyncpg.connect(cluster.owner_url)
    try:
        return {row["n"] for row in await conn.fetch("SELECT n FROM acknowledged")}
    finally:
        await conn.close()


async def test_no_acknowledged_write_is_lost_over_many_kills(scratch: Path) -> None:
    seed_number = 20261123
    print("seed", seed_number)
    folder, seed = scratch / "data", random.Random(seed_number)
    acknowledged: set[int] = set()
    numbers: asyncio.Queue[int] = asyncio.Queue()
    for number in range(200_000):
        numbers.put_nowait(number)
    async with embedded(folder) as cluster:
        conn = await asyncpg.connect(cluster.owner_url)
        await conn.execute("CREATE TABLE acknowledged (n INT PRIMARY KEY)")
        await conn.close()

    for _ in range(ROUNDS):
        await kill_while_writing(folder, acknowledged, numbers, seed)

    async with embedded(folder) as cluster:
        found = await numbers_in(cluster)
    print("acknowledged", len(acknowledged), "unknown but there", len(found - acknowledged))
    assert acknowledged - found == set()
