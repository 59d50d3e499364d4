"""Who PostgreSQL runs as: ourselves, or a system user when we are root."""

import asyncio
import os
import pwd
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from dataclasses import dataclass
from pathlib import Path

from web.embedded.errors import StartFailed

LAUNCH = Path(__file__).with_name("launch.py")

# The first that exists; `nobody` is there even in the smallest container.
SYSTEM_USERS = ("diemcau", "postgres", "nobody")

# Nothing of our environment (secrets among it) reaches PostgreSQL.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user of the operating system."""

    name: str
    uid: int
    gid: int

    @property
    def is_us(self) -> bool:
        """Tell whether no change of user is needed."""
        return self.uid == os.geteuid()


def account_of(entry: pwd.struct_passwd) -> Account:
    """Return the part of a line of /etc/passwd that we need."""
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def ourselves() -> Account:
    """Return the user that this process runs as.

    Raises:
        StartFailed: the user has no name, and peer authentication goes by names.
    """
    try:
        return account_of(pwd.getpwuid(os.geteuid()))
    except KeyError as error:
        reason = f"user {os.geteuid()} has no line in /etc/passwd"
        raise StartFailed("choosing a user", reason) from error


def choose(data: Path) -> Account:
    """Return who runs the cluster: who owns its data already, else ourselves or a system user."""
    me = ourselves()
    if me.uid != 0:
        return me
    if data.exists() and data.stat().st_uid != 0:
        return account_of(pwd.getpwuid(data.stat().st_uid))
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in SYSTEM_USERS:
        if name in known:
            return account_of(known[name])
    raise StartFailed("choosing a user", f"root needs one of {', '.join(SYSTEM_USERS)}")


async def spawn(account: Account, *command: str | Path, pipe: bool = False) -> Process:
    """Start a command as that user, in a session of its own, dying with the calling thread.

    Its own session keeps a Ctrl-C for us from stopping PostgreSQL before we are done with it.
    """
    identity = (str(account.uid), str(account.gid), str(os.getpid()))
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", str(LAUNCH), *identity, *map(str, command)),
        cwd="/",
        env=ENVIRONMENT,
        stdin=PIPE if pipe else DEVNULL,
        stdout=PIPE,
        stderr=STDOUT,
        start_new_session=True,
    )


async def run(account: Account, *command: str | Path, feed: str | None = None) -> tuple[int, str]:
    """Run a command to its end; return its code and what it said."""
    process = await spawn(account, *command, pipe=feed is not None)
    try:
        said, _ = await process.communicate(None if feed is None else feed.encode())
    except asyncio.CancelledError:
        process.send_signal(signal.SIGKILL)
        await process.wait()
        raise
    return await process.wait(), said.decode(errors="replace").strip()


async def may_enter(account: Account, folder: Path) -> bool:
    """Tell whether that user reaches the folder; asked of the kernel, so ACLs count too."""
    if account.is_us:
        return True
    code, _ = await run(account, "/bin/sh", "-c", 'cd -- "$0"', folder)
    return code == 0
