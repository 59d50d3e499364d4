import asyncio
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import asyncpg
import psutil
import pytest

from tests.conftest import FORGETFUL
from web.commands import receiver
from web.embedded import (
    Cluster,
    FolderInUse,
    FolderNotOurs,
    NoServerFound,
    OtherMajor,
    attached,
    binaries,
    embedded,
)
from web.embedded.account import ENVIRONMENT, account_of, may_enter
from web.embedded.folder import LOCK, claim
from web.embedded.server import is_ours

PYTHON_HOME = Path(sys.executable).resolve().parent
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can drop to another user")

# A service of its own, to be killed: prints the server's pid once it takes connections.
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


async def ask(url: str, question: str) -> object:
    conn = await asyncpg.connect(url)
    try:
        return await conn.fetchval(question)
    finally:
        await conn.close()


async def write_down(cluster: Cluster, word: str) -> None:
    conn = await asyncpg.connect(cluster.owner_url)
    await conn.execute("CREATE TABLE IF NOT EXISTS words (word TEXT)")
    await conn.execute("INSERT INTO words VALUES ($1)", word)
    await conn.close()


async def start_service(folder: Path) -> tuple[asyncio.subprocess.Process, int]:
    service = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVICE, str(folder), stdout=asyncio.subprocess.PIPE
    )
    assert service.stdout is not None
    return service, int(await service.stdout.readline())


async def until_gone(pid: int) -> None:
    async with asyncio.timeout(60):
        while psutil.pid_exists(pid):
            await asyncio.sleep(0.02)


async def test_cluster_keeps_what_was_written(scratch: Path) -> None:
    folder = scratch / "data"
    async with embedded(folder) as cluster:
        await write_down(cluster, "một")

    async with embedded(folder) as cluster:
        assert await ask(cluster.owner_url, "SELECT word FROM words") == "một"
        assert await ask(cluster.app_url, "SELECT current_user") == "diemcau_app"
        assert await ask(cluster.app_url, "SHOW TimeZone") == "UTC"
        assert await ask(cluster.app_url, "SHOW listen_addresses") == ""
        assert await ask(cluster.app_url, "SHOW fsync") == "on"
        assert await ask(cluster.app_url, "SELECT lower('ĐIỆN BIÊN')") == "điện biên"


async def test_cluster_lets_nobody_in_as_superuser(scratch: Path) -> None:
    async with embedded(scratch / "data", options=FORGETFUL) as cluster:
        with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
            await asyncpg.connect(cluster.url("postgres", "postgres"))
        superusers = await ask(
            cluster.owner_url,
            "SELECT count(*) FROM pg_roles WHERE rolsuper AND rolname LIKE 'diemcau%'",
        )

    assert superusers == 0


async def test_folders_are_closed_to_others(scratch: Path) -> None:
    folder = scratch / "data"
    async with embedded(folder, options=FORGETFUL) as cluster:
        modes = [
            stat.S_IMODE(path.stat().st_mode)
            for path in (folder, cluster.socket, folder / "cluster" / "data", folder / "lock")
        ]

    # Root lets the group of PostgreSQL's user pass, never read.
    passing = 0o710 if os.geteuid() == 0 else 0o700
    assert modes == [passing, 0o700, 0o700, 0o600]


async def test_second_service_on_a_folder_is_refused(scratch: Path) -> None:
    folder = scratch / "data"
    async with embedded(folder, options=FORGETFUL):
        with pytest.raises(FolderInUse) as caught:
            async with embedded(folder):
                pass

    assert caught.value.pid == str(os.getpid())
    assert str(folder) in str(caught.value)


async def test_command_joins_the_running_service(scratch: Path) -> None:
    folder = scratch / "data"
    async with embedded(folder, options=FORGETFUL) as cluster, attached(folder) as same:
        assert same.app_url == cluster.app_url
        assert await ask(same.app_url, "SELECT 1") == 1

    async with attached(folder) as own:
        assert await ask(own.app_url, "SELECT 2") == 2


@pytest.mark.parametrize("name", ["with blanks and ế", "comma, quote' \" %20", "x" * 120])
async def test_any_folder_name_works(scratch: Path, name: str) -> None:
    folder = scratch / name
    async with embedded(folder, options=FORGETFUL) as cluster:
        await write_down(cluster, name)
        socket = cluster.socket

    async with embedded(folder, options=FORGETFUL) as cluster:
        assert await ask(cluster.owner_url, "SELECT word FROM words") == name
    assert not (socket.exists() and folder not in socket.parents)


async def test_folder_of_somebody_else_is_left_alone(scratch: Path) -> None:
    folder = scratch / "photos"
    folder.mkdir(mode=0o755)
    (folder / "cat.jpg").touch()
    mode = folder.stat().st_mode

    with pytest.raises(FolderNotOurs):
        async with embedded(folder):
            pass

    assert folder.stat().st_mode == mode
    assert [child.name for child in folder.iterdir()] == ["cat.jpg"]


def test_a_receiver_that_runs_apart_may_come_first(tmp_path: Path) -> None:
    """Both units start together; whichever is first, neither keeps the other out."""
    (tmp_path / receiver.FOLDER).mkdir()

    assert claim(tmp_path) == tmp_path
    assert (tmp_path / LOCK).exists()


async def test_data_of_another_major_is_refused(scratch: Path) -> None:
    folder = scratch / "data"
    async with embedded(folder, options=FORGETFUL):
        pass
    (folder / "cluster" / "data" / "PG_VERSION").write_text("16\n")

    with pytest.raises(OtherMajor) as caught:
        async with embedded(folder):
            pass

    assert (caught.value.found, caught.value.ours) == ("16", "18")


async def test_interrupted_initdb_is_begun_anew(scratch: Path) -> None:
    folder = scratch / "data"
    async with embedded(folder, options=FORGETFUL):
        pass
    (folder / "cluster" / "data").rename(folder / "cluster" / "gone")
    (folder / "cluster" / "new").mkdir()
    (folder / "cluster" / "new" / "data").mkdir()

    async with embedded(folder, options=FORGETFUL) as cluster:
        assert await ask(cluster.app_url, "SELECT 1") == 1


async def test_server_ends_when_its_parent_is_killed(scratch: Path) -> None:
    folder = scratch / "data"
    service, pid = await start_service(folder)

    service.kill()
    await service.wait()

    await until_gone(pid)
    async with embedded(folder) as cluster:
        assert await ask(cluster.app_url, "SELECT 1") == 1


async def test_killed_server_is_started_again(scratch: Path) -> None:
    async with embedded(scratch / "data") as cluster:
        await write_down(cluster, "một")
        assert cluster.pid is not None
        os.kill(cluster.pid, signal.SIGKILL)
        await until_gone(cluster.pid)

        words = None
        async with asyncio.timeout(120):
            while words is None:
                with suppress(OSError, asyncpg.PostgresError):
                    words = await ask(cluster.owner_url, "SELECT word FROM words")
                await asyncio.sleep(0.05)

    assert words == "một"
    assert not any(
        is_ours(one.pid, scratch / "data" / "cluster" / "data") for one in psutil.process_iter()
    )


async def test_killed_server_and_parent_heal_at_the_next_start(scratch: Path) -> None:
    folder = scratch / "data"
    service, pid = await start_service(folder)
    async with attached(folder) as cluster:
        await write_down(cluster, "một")

    os.kill(pid, signal.SIGKILL)
    service.kill()
    await service.wait()

    async with embedded(folder) as cluster:
        assert await ask(cluster.owner_url, "SELECT word FROM words") == "một"


async def test_bystander_with_a_dead_servers_pid_is_spared(scratch: Path) -> None:
    folder = scratch / "data"
    async with embedded(folder, options=FORGETFUL):
        pass
    data = folder / "cluster" / "data"
    bystander = await asyncio.create_subprocess_exec("/bin/sleep", "1000")
    (data / "postmaster.pid").write_text(f"{bystander.pid}\n{data}\n1\n5432\n/tmp\n\n\nready\n")

    async with embedded(folder, options=FORGETFUL) as cluster:
        answer = await ask(cluster.app_url, "SELECT 1")

    assert answer == 1
    assert bystander.returncode is None
    bystander.kill()
    await bystander.wait()


async def test_leftover_server_is_stopped_before_a_new_one(scratch: Path) -> None:
    folder = scratch / "data"
    service, pid = await start_service(folder)
    os.kill(pid, signal.SIGSTOP)  # it cannot hear that its parent dies
    service.kill()
    await service.wait()
    assert is_ours(pid, folder / "cluster" / "data")

    os.kill(pid, signal.SIGCONT)
    async with embedded(folder) as cluster:
        assert cluster.pid != pid
        assert await ask(cluster.app_url, "SELECT 1") == 1

    await until_gone(pid)


@AS_ROOT
async def test_root_gives_the_server_to_a_system_user(scratch: Path) -> None:
    folder = scratch / "data"
    async with embedded(folder, options=FORGETFUL) as cluster:
        owner = (folder / "cluster" / "data").stat().st_uid
        runner = psutil.Process(cluster.pid).uids().real

    assert owner != 0
    assert runner == owner
    assert not (folder / "cluster").is_symlink()


@AS_ROOT
async def test_root_keeps_data_elsewhere_when_the_user_cannot_reach_it(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    folder = closed / "data"

    async with embedded(folder, options=FORGETFUL) as cluster:
        answer = await ask(cluster.app_url, "SELECT 1")

    place = (folder / "cluster").resolve()
    assert answer == 1
    assert place.parent == Path("/var/lib/diemcau")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    shutil.rmtree(place)


@AS_ROOT
async def test_root_copies_binaries_that_the_user_cannot_reach(
    scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    wheel = binaries.find_wheel()
    for part in (wheel.name, f"{wheel.name}.libs"):
        shutil.copytree(wheel.with_name(part), closed / part, ignore=binaries.NOT_COPIED)
    closed.chmod(0o700)
    monkeypatch.setattr(binaries, "find_wheel", lambda: closed / wheel.name)

    async with embedded(scratch / "data", options=FORGETFUL) as cluster:
        answer = await ask(cluster.app_url, "SELECT 1")

    assert answer == 1
    assert cluster.binaries.folder.is_relative_to(scratch)
    assert not cluster.binaries.path("psql").exists()


@AS_ROOT
async def test_ordinary_user_runs_the_server_itself(scratch: Path) -> None:
    nobody = account_of(pwd.getpwnam("nobody"))
    folder = scratch / "home"
    folder.mkdir()
    os.chown(folder, nobody.uid, nobody.gid)
    script = SERVICE.replace("await asyncio.Event().wait()", "pass")

    if not await may_enter(nobody, PYTHON_HOME):
        pytest.skip("this machine's python is closed to other users")
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", script, str(folder / "data")],
        env={**ENVIRONMENT, "PYTHONPATH": str(Path(__file__).parents[2])},
        user=nobody.uid,
        group=nobody.gid,
        extra_groups=[],
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr.decode()
    assert stat.S_IMODE((folder / "data").stat().st_mode) == 0o700


def test_missing_wheel_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoServerFound):
        binaries.newest(tmp_path)
