"""One cluster from initdb to its stop."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from web.embedded import account, binaries, folder, server
from web.embedded.binaries import Binaries
from web.embedded.errors import FolderInUse
from web.embedded.keeping import kept
from web.embedded.making import ensure_initialised
from web.embedded.roles import APP, DATABASE, OWNER, write_access

OPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": "40",
        "shared_buffers": "64MB",
        "max_wal_size": "512MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "jit": "off",
        # No readers of its own: three processes less for a database that fits in memory.
        "io_method": "sync",
        "lc_messages": "C",
        "cluster_name": "diemcau",
        "logging_collector": "on",
        # One file a weekday, each overwritten a week later.
        "log_filename": "postgres-%a.log",
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_rotation_size": "0",
    }
)

# How long one waits for another that starts or is soon done, and how often it looks.
WAIT_LIMIT = timedelta(seconds=60)
LOOK_EVERY = timedelta(milliseconds=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A running server, as those who connect see it."""

    socket: Path
    binaries: Binaries
    pid: int | None = None

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the address by which a role reaches a database through the socket."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket), safe='/')}&port=5432"

    @property
    def app_url(self) -> str:
        """Where the program connects: no DDL, audit by INSERT only."""
        return self.url(APP)

    @property
    def owner_url(self) -> str:
        """Where migrations, backup and restore connect."""
        return self.url(OWNER)


@asynccontextmanager
async def embedded(
    path: Path,
    *,
    options: Mapping[str, str] = MappingProxyType({}),
    briefly: bool = False,
) -> AsyncIterator[Cluster]:
    """Run a cluster in the folder for as long as the context lasts.

    The server dies with the thread that entered, so enter from one that lasts.  A command that
    runs one `briefly` is waited for by others.

    Raises:
        FolderInUse: another process of ours runs there.
        EmbeddedError: anything else that keeps it from running.
    """
    path = folder.claim(path)
    with ExitStack() as stack:
        await patiently(lambda: stack.enter_context(folder.locked(path, briefly=briefly)))
        folder.forget_socket(path)
        async with running(path, options) as cluster:
            yield cluster


async def patiently(take: Callable[[], None]) -> None:
    """Take a lock, waiting for a command that holds it for a moment.

    Raises:
        FolderInUse: a service holds it, or a command for longer than `WAIT_LIMIT`.
    """
    deadline = asyncio.get_running_loop().time() + WAIT_LIMIT.total_seconds()
    while True:
        try:
            return take()
        except FolderInUse as error:
            if not error.briefly or asyncio.get_running_loop().time() > deadline:
                raise
        await asyncio.sleep(LOOK_EVERY.total_seconds())


@asynccontextmanager
async def running(path: Path, options: Mapping[str, str]) -> AsyncIterator[Cluster]:
    """Prepare, start, keep and stop the server; the caller holds the lock."""
    user = account.choose((path / folder.CLUSTER / "data").resolve())
    home = await folder.place_cluster(path, user)
    programs = await binaries.reachable(user, beside=home)
    await ensure_initialised(home, user, programs)
    data = home / "data"
    await server.clear_predecessor(data)
    write_access(home, user)
    socket = folder.place_socket(home, user)
    folder.remember_socket(path, socket)

    async def begin() -> Process:
        await server.clear_predecessor(data)
        return await server.start(user, programs, data, arguments(home, socket, options))

    try:
        async with kept(begin) as process:
            yield Cluster(socket=socket, binaries=programs, pid=process.pid)
    finally:
        folder.forget_socket(path)


@asynccontextmanager
async def attached(path: Path) -> AsyncIterator[Cluster]:
    """Give the cluster that runs in the folder, or run one for as long as the context lasts.

    For commands beside a running service; waits for a service that is only just starting.

    Raises:
        FolderInUse: who holds the folder has no server running after `WAIT_LIMIT`.
    """
    async with AsyncExitStack() as stack:
        yield await find_or_run(path, stack)


async def find_or_run(path: Path, stack: AsyncExitStack) -> Cluster:
    """Return a cluster that takes connections; one that we started ends with the stack."""
    deadline = asyncio.get_running_loop().time() + WAIT_LIMIT.total_seconds()
    while True:
        try:
            return await stack.enter_async_context(embedded(path, briefly=True))
        except FolderInUse:
            socket = folder.find_socket(path)
            if socket is not None and await folder.answers(socket):
                return Cluster(socket=socket, binaries=binaries.newest(binaries.find_wheel()))
            if asyncio.get_running_loop().time() > deadline:
                raise
        await asyncio.sleep(LOOK_EVERY.total_seconds())


def arguments(home: Path, socket: Path, options: Mapping[str, str]) -> list[str]:
    """Return the server's command line; settings in the data folder never win over it."""
    places = {
        "hba_file": str(home / "hba.conf"),
        "ident_file": str(home / "ident.conf"),
        "log_directory": str(home / "log"),
        "unix_socket_directories": f'"{socket}"',
    }
    settings = {**OPTIONS, **places, **options}
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
