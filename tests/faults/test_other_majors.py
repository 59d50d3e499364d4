"""Archives between servers of different majors; needs Debian's PostgreSQL 15 beside the wheel's."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from tests.web.test_backup import NOW, a_store, quiet, settings_of, words_of
from web.backup.restoring import restore
from web.backup.saving import save
from web.embedded import account, server
from web.embedded.binaries import Binaries
from web.embedded.folder import own
from web.keyring import key_file

OLDER = Binaries(folder=Path("/usr/lib/postgresql/15/bin"), major="15")

pytestmark = pytest.mark.skipif(
    not OLDER.path("postgres").exists(), reason="no older PostgreSQL on this machine"
)


@pytest.fixture
async def older(scratch: Path) -> AsyncIterator[str]:
    """Run a server of an older major with our two roles; give its socket folder."""
    user = account.choose(scratch / "none")
    home = scratch / "older"
    own(home, user)
    for part in ("run", "log"):
        own(home / part, user)
    data = home / "data"
    initdb = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
    code, said = await account.run(user, OLDER.path("initdb"), "-D", data, *initdb)
    assert code == 0, said
    options = ("-c", "listen_addresses=", "-c", f"unix_socket_directories={home / 'run'}")
    process = await server.start(user, OLDER, data, options)
    conn = await asyncpg.connect(f"postgresql://postgres@/postgres?host={home / 'run'}")
    await conn.execute("CREATE ROLE owner LOGIN")
    await conn.execute("CREATE ROLE app LOGIN")
    await conn.execute("CREATE DATABASE diemcau OWNER owner")
    await conn.close()
    yield str(home / "run")
    await server.stop(process)


async def test_archive_goes_to_an_older_server_and_back(scratch: Path, older: str) -> None:
    here = await a_store(scratch / "here", "một")
    there = settings_of(
        scratch / "there",
        DIEMCAU_DATABASE_URL=f"postgresql://app@/diemcau?host={older}",
        DIEMCAU_MIGRATE_URL=f"postgresql://owner@/diemcau?host={older}",
    )
    again = settings_of(scratch / "again")
    wanted = await words_of(here)

    await save(here, key_file.load(here.keys_file), scratch / "down", at=NOW)
    await restore(there, scratch / "down", force=False, now=NOW, say=quiet)
    down = await words_of(there)
    await restore(there, scratch / "down", force=True, now=NOW, say=quiet)
    down_again = await words_of(there)
    await save(there, key_file.load(there.keys_file), scratch / "up", at=NOW)
    await restore(again, scratch / "up", force=False, now=NOW, say=quiet)

    assert [down, down_again, await words_of(again)] == [wanted] * 3
