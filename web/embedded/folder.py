"""The data folder: whose it is, its lock, and where the cluster lies."""

import asyncio
import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from web.embedded import account
from web.embedded.account import Account
from web.embedded.errors import FolderInUse, FolderNotOurs

LOCK = "lock"
BRIEFLY = "briefly"
BROUGHT = frozenset({"keys.json", "lost+found", "receiver"})
RUNTIME = "runtime.json"
CLUSTER = "cluster"
ELSEWHERE = Path("/var/lib/diemcau")

# sockaddr_un holds 107 bytes; ".s.PGSQL.5432" and its temporary lock name need 20 of them.
LONGEST_SOCKET_FOLDER = 87
PLAIN = re.compile(r"[A-Za-z0-9_./-]+")
SOCKET_PREFIX = "diemcau-"


def claim(path: Path) -> Path:
    """Make the folder ours: created, or empty, or bearing our lock file; return it absolute.

    A key file that the operator brought, what a fresh volume holds, and a receiver that runs apart
    and came first, count as empty.

    Raises:
        FolderNotOurs: it holds something else.
    """
    folder = path.absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / LOCK).exists():
        if {child.name for child in folder.iterdir()} - BROUGHT:
            raise FolderNotOurs(folder)
        (folder / LOCK).touch(mode=0o600)
    if folder.stat().st_uid == os.geteuid():
        # Closed to all others; `open_to` lets PostgreSQL's user pass when that is not us.
        folder.chmod(folder.stat().st_mode & 0o710 | 0o700)
    return folder


@contextmanager
def locked(folder: Path, *, briefly: bool = False) -> Iterator[None]:
    """Hold the folder's lock; the kernel drops it with the process, however that ends.

    Who holds it `briefly` says so in the file, and is worth waiting for.

    Raises:
        FolderInUse: another process holds it.
    """
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            pid, *rest = [*os.pread(descriptor, 40, 0).decode().split(), ""]
            raise FolderInUse(folder, pid, briefly=BRIEFLY in rest) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {BRIEFLY if briefly else ''}".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def open_to(user: Account, folder: Path) -> None:
    """Let that user's group pass through a folder of ours, without reading or listing it."""
    if not user.is_us:
        os.chown(folder, -1, user.gid)
        folder.chmod(0o710)


async def place_cluster(folder: Path, user: Account) -> Path:
    """Return the cluster's folder, made if need be.

    In the data folder, or behind a link under /var/lib/diemcau when the user who runs
    PostgreSQL cannot pass a folder above ours: those folders' rights are not ours to change.
    """
    home = folder / CLUSTER
    open_to(user, folder)
    if not home.exists():
        if await account.may_enter(user, folder):
            home.mkdir(mode=0o700, exist_ok=True)
        else:
            home.unlink(missing_ok=True)
            home.symlink_to(make_elsewhere(folder))
    home = home.resolve()
    open_to(user, home)
    for part in ("log", "run"):
        own(home / part, user)
    return home


def make_elsewhere(folder: Path) -> Path:
    """Make a folder that every user can reach, with a name of its own for this data folder."""
    ELSEWHERE.mkdir(mode=0o711, exist_ok=True)
    ELSEWHERE.chmod(0o711)
    digest = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]
    return Path(tempfile.mkdtemp(prefix=f"{digest}-", dir=ELSEWHERE))


def own(folder: Path, user: Account) -> None:
    """Make a folder that only that user (and root) may enter."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if not user.is_us:
        os.chown(folder, user.uid, user.gid)


def fits(folder: Path) -> bool:
    """Tell whether a socket in the folder has a short and plain enough address."""
    address = str(folder)
    return len(address) <= LONGEST_SOCKET_FOLDER and PLAIN.fullmatch(address) is not None


def place_socket(home: Path, user: Account) -> Path:
    """Return a folder for the socket: the cluster's `run`, else a fresh one with a short path."""
    if fits(home / "run"):
        return home / "run"
    parents = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]  # noqa: S108  (mkdtemp)
    parent = next(parent for parent in parents if fits(parent / f"{SOCKET_PREFIX}12345678"))
    made = Path(tempfile.mkdtemp(prefix=SOCKET_PREFIX, dir=parent))
    own(made, user)
    return made


def remember_socket(folder: Path, socket: Path) -> None:
    """Write down where the socket is, for other commands on the same folder."""
    partial = folder / f"{RUNTIME}.partial"
    partial.write_text(json.dumps({"socket": str(socket)}))
    partial.chmod(0o600)
    partial.rename(folder / RUNTIME)


def find_socket(folder: Path) -> Path | None:
    """Return where the running, or the last, server had its socket."""
    with suppress(OSError, ValueError, KeyError):
        return Path(json.loads((folder / RUNTIME).read_text())["socket"])
    return None


async def answers(socket: Path) -> bool:
    """Tell whether somebody listens on the server's socket."""
    try:
        _, writer = await asyncio.open_unix_connection(socket / ".s.PGSQL.5432")
    except OSError:
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True


def forget_socket(folder: Path) -> None:
    """Remove what the last server left: the note, and its socket folder if it was a short one."""
    socket = find_socket(folder)
    if socket is not None and socket.name.startswith(SOCKET_PREFIX):
        shutil.rmtree(socket, ignore_errors=True)
    (folder / RUNTIME).unlink(missing_ok=True)
