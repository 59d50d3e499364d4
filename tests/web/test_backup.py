import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridges.spooling.spool import Spool
from web.backup import container, swapping, vault
from web.backup.errors import CannotDecrypt, NotAnArchive, ReceiverRuns, StoreNotEmpty
from web.backup.restoring import restore
from web.backup.saving import save
from web.embedded import Cluster, FolderInUse
from web.keyring import key_file
from web.settings import Settings
from web.stores import bring_up_to_date, owned_store, visited_store

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PASSPHRASE = "điểm cầu số 45"
CHEAP = 10


def quiet(_step: str) -> None:
    return


def settings_of(folder: Path, **more: str) -> Settings:
    names = {"DIEMCAU_DATA": str(folder), "DIEMCAU_BACKUP_PASSPHRASE": PASSPHRASE}
    return Settings.from_environ(names | more)


async def a_store(folder: Path, word: str) -> Settings:
    """Make a store that can be told from others by one word in each of its parts."""
    settings = settings_of(folder)
    async with owned_store(settings) as store:
        await bring_up_to_date(store)
        key_file.load_or_create(settings.keys_file, may_create=True)
        conn = await asyncpg.connect(store.app_url)
        await conn.execute("UPDATE installation SET key_fingerprint = $1", word)
        await conn.close()
    spool = folder / "spool" / "events"
    spool.mkdir(parents=True)
    (spool / "0001.spool").write_text(word)
    (spool / "name").write_text("old name")
    return settings


async def words_of(settings: Settings) -> tuple[str, str, str]:
    """Read the word back from the database and the spool, and the keys' fingerprint."""
    async with visited_store(settings) as store:
        conn = await asyncpg.connect(store.app_url)
        word = await conn.fetchval("SELECT key_fingerprint FROM installation")
        await conn.close()
    spooled = (settings.data / "spool" / "events" / "0001.spool").read_text()
    return word, spooled, key_file.load(settings.keys_file).fingerprint()


def decrypted(path: Path, passphrase: str = PASSPHRASE) -> bytes:
    return b"".join(vault.read(path, passphrase))


@pytest.fixture
def sealed(scratch: Path) -> Path:
    """An encrypted file of three chunks."""
    path = scratch / "sealed"
    with path.open("wb") as file:
        writer = vault.Writer(file, PASSPHRASE, cost_bits=CHEAP)
        writer.write(b"x" * (2 * vault.CHUNK_BYTES + 5))
        writer.finish()
    return path


@pytest.mark.parametrize("length", [0, 1, vault.CHUNK_BYTES, vault.CHUNK_BYTES + 1])
def test_vault_gives_back_what_it_took(scratch: Path, length: int) -> None:
    path = scratch / "sealed"
    with path.open("wb") as file:
        writer = vault.Writer(file, PASSPHRASE, cost_bits=CHEAP)
        writer.write(os.urandom(length))
        writer.finish()

    assert len(decrypted(path)) == length


def test_vault_refuses_another_passphrase(sealed: Path) -> None:
    with pytest.raises(CannotDecrypt):
        decrypted(sealed, "another")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[:-1],
        lambda content: content[: vault.HEADER.size + vault.CHUNK_BYTES + vault.TAG_BYTES],
        lambda content: content[: vault.HEADER.size],
        lambda content: content + b"x",
        lambda content: content[:100] + bytes([content[100] ^ 1]) + content[101:],
        lambda content: content[:12] + bytes([content[12] ^ 1]) + content[13:],
        lambda content: (
            content[: vault.HEADER.size] + content[vault.HEADER.size + vault.CHUNK_BYTES + 16 :]
        ),
    ],
)
def test_vault_notices_every_damage(sealed: Path, spoil: Callable[[bytes], bytes]) -> None:
    sealed.write_bytes(spoil(sealed.read_bytes()))

    with pytest.raises(CannotDecrypt):
        decrypted(sealed)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04" + bytes(100), vault.MAGIC + b"\xff" * 40])
def test_vault_refuses_other_files(scratch: Path, content: bytes) -> None:
    path = scratch / "other"
    path.write_bytes(content)

    with pytest.raises(NotAnArchive):
        decrypted(path)


class Bytes(bytearray):
    def write(self, data: bytes) -> None:
        self.extend(data)


@given(st.dictionaries(st.text(min_size=1, max_size=9), st.binary(max_size=50)), st.integers(1, 9))
def test_container_gives_back_its_members(wanted: dict[str, bytes], width: int) -> None:
    stream = Bytes()
    for name, content in wanted.items():
        container.put(stream, name, content)
    container.end(stream)

    chunks: Iterator[bytes] = (
        bytes(stream[at : at + width]) for at in range(0, len(stream), width)
    )
    found = {name: b"".join(pieces) for name, pieces in container.members(chunks)}

    assert found == wanted


async def test_backup_comes_back_on_another_machine(scratch: Path) -> None:
    here = await a_store(scratch / "here", "một")
    archive = scratch / "archive"
    await save(here, key_file.load(here.keys_file), archive, at=NOW)
    there = settings_of(scratch / "there")

    kept = await restore(there, archive, force=False, now=NOW, say=quiet)

    assert await words_of(there) == await words_of(here)
    assert not (there.data / "spool" / "events" / "name").exists()
    assert kept is not None
    assert list(kept.iterdir()) == []


async def test_backup_is_taken_beside_the_service_and_holds_no_plain_text(scratch: Path) -> None:
    here = await a_store(scratch / "here", "một")
    archive = scratch / "archive"
    async with owned_store(here):
        await save(here, key_file.load(here.keys_file), archive, at=NOW)

    content = archive.read_bytes()
    assert archive.stat().st_mode & 0o777 == 0o600
    assert b"installation" not in content
    assert key_file.load(here.keys_file).keys[0].secret.hex().encode() not in content
    assert sorted(os.listdir(scratch)) == ["archive", "here"]  # noqa: PTH208  (not in async code)


async def test_restore_refuses_a_store_that_is_there(scratch: Path) -> None:
    here = await a_store(scratch / "here", "một")
    archive = scratch / "archive"
    await save(here, key_file.load(here.keys_file), archive, at=NOW)
    before = await words_of(here)

    with pytest.raises(StoreNotEmpty):
        await restore(here, archive, force=False, now=NOW, say=quiet)

    assert await words_of(here) == before


async def test_forced_restore_keeps_the_old_store_aside(scratch: Path) -> None:
    here, there = await a_store(scratch / "a", "một"), await a_store(scratch / "b", "hai")
    archive = scratch / "archive"
    await save(here, key_file.load(here.keys_file), archive, at=NOW)
    (there.data / "admissions").mkdir()
    (there.data / "snapshot.json").write_text("{}")

    kept = await restore(there, archive, force=True, now=NOW, say=quiet)

    assert await words_of(there) == await words_of(here)
    assert kept is not None
    assert sorted(os.listdir(kept)) == [  # noqa: PTH208  (not in async code)
        "admissions",
        "cluster",
        "keys.json",
        "snapshot.json",
        "spool",
    ]
    assert (kept / "spool" / "events" / "0001.spool").read_text() == "hai"


async def test_restore_refuses_a_running_service_and_a_receiver_apart(scratch: Path) -> None:
    """The receiver would go on acknowledging events into the folder that is put aside."""
    here = await a_store(scratch / "here", "một")
    archive = scratch / "archive"
    await save(here, key_file.load(here.keys_file), archive, at=NOW)

    async with owned_store(here):
        with pytest.raises(FolderInUse):
            await restore(here, archive, force=True, now=NOW, say=quiet)
    async with Spool(here.data / "receiver" / "events") as events:
        with pytest.raises(ReceiverRuns):
            await restore(here, archive, force=True, now=NOW, say=quiet)
        await events.append(b"still here")
        assert events.path(events.end.segment).exists()


async def test_damaged_archive_changes_nothing(scratch: Path) -> None:
    here = await a_store(scratch / "here", "một")
    archive = scratch / "archive"
    await save(here, key_file.load(here.keys_file), archive, at=NOW)
    content = archive.read_bytes()
    archive.write_bytes(content[: len(content) // 2])
    before = await words_of(here)

    with pytest.raises(CannotDecrypt):
        await restore(here, archive, force=True, now=NOW, say=quiet)

    assert await words_of(here) == before
    assert not (here.data / swapping.NEW).exists()


@pytest.mark.parametrize("step", ["the database is built", "the restore counts"])
async def test_killed_restore_is_all_or_nothing(scratch: Path, step: str) -> None:
    old, new = await a_store(scratch / "old", "cũ"), await a_store(scratch / "new", "mới")
    archive = scratch / "archive"
    await save(new, key_file.load(new.keys_file), archive, at=NOW)
    wanted = await words_of(new if step == "the restore counts" else old)

    await kill_restore_at(step, old, archive)

    assert await words_of(old) == wanted


# Stops for ever at one step, so that the kill meets it there.
HALTING = """
import signal, sys
from web.commands import restore as command
from web.__main__ import main

def say(step):
    print(step, flush=True)
    if step == sys.argv[1]:
        signal.pause()

command.say = say
sys.exit(main(sys.argv[2:]))
"""


async def kill_restore_at(step: str, settings: Settings, archive: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HALTING, step, "restore", "--force", str(archive)),
        env={
            **os.environ,
            "DIEMCAU_DATA": str(settings.data),
            "DIEMCAU_BACKUP_PASSPHRASE": PASSPHRASE,
        },
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    while (await process.stdout.readline()).decode().strip() != step:
        assert process.returncode is None
    process.kill()
    await process.wait()


async def test_backup_goes_into_a_database_of_another(
    scratch: Path, cluster: Cluster, empty_database_name: str
) -> None:
    here = await a_store(scratch / "here", "một")
    archive = scratch / "archive"
    await save(here, key_file.load(here.keys_file), archive, at=NOW)
    there = settings_of(
        scratch / "there",
        DIEMCAU_DATABASE_URL=cluster.url("diemcau_app", empty_database_name),
        DIEMCAU_MIGRATE_URL=cluster.url("diemcau_owner", empty_database_name),
    )

    await restore(there, archive, force=False, now=NOW, say=quiet)

    assert await words_of(there) == await words_of(here)
    with pytest.raises(StoreNotEmpty):
        await restore(there, archive, force=False, now=NOW, say=quiet)
    await restore(there, archive, force=True, now=NOW, say=quiet)
    assert await words_of(there) == await words_of(here)
