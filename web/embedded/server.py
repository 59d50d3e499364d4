"""The postmaster as a process: started, awaited, stopped, and told from a bystander."""

import asyncio
import os
import signal
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import structlog

from web.embedded import account
from web.embedded.account import Account
from web.embedded.binaries import Binaries
from web.embedded.errors import StartFailed

log = structlog.get_logger(__name__)

START_LIMIT = timedelta(seconds=300)
STOP_LIMIT = timedelta(seconds=60)
LOOK_EVERY = timedelta(milliseconds=20)
RETRY_AFTER = timedelta(milliseconds=500)

# What a predecessor's dying children cause; they are gone a moment later.
PASSING = ("lock file", "shared memory block", "could not bind")

# Lines of postmaster.pid.  Source: PostgreSQL 18, src/include/utils/pidfile.h
PID_LINE, STATUS_LINE = 0, 7


def pid_lines(data: Path) -> list[str]:
    """Return the lines of postmaster.pid, none when there is no such file."""
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def is_ready(data: Path, pid: int) -> bool:
    """Tell whether the server with that pid says that it takes connections."""
    lines = pid_lines(data)
    return (
        len(lines) > STATUS_LINE
        and lines[PID_LINE].strip() == str(pid)
        and lines[STATUS_LINE].strip() == "ready"
    )


def is_ours(pid: int, data: Path) -> bool:
    """Tell whether a process is a postgres on this very data folder.

    A server stands in its data folder; a bystander that got a dead server's pid does not.
    """
    process = Path("/proc") / str(pid)
    with suppress(OSError):
        name = (process / "comm").read_text().strip()
        return name.startswith("postgres") and (process / "cwd").samefile(data)
    return False


async def clear_predecessor(data: Path) -> None:
    """Stop a server that outlived its parent, and remove the files by which it held the place.

    Call it under the folder's lock only: nobody else of ours can be using that server.  The
    server itself would take a zombie, or a bystander with the same pid, for the owner of those
    files.  A dead server's last children are still noticed, by their shared memory.
    """
    lines = pid_lines(data)
    pid = int(lines[PID_LINE]) if lines and lines[PID_LINE].strip().isdigit() else 0
    for warning in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if pid and is_ours(pid, data):
            log.info("stopping a leftover server", pid=pid, signal=warning.name)
            os.kill(pid, warning)
            await gone(pid, data)
    for left in (data / "postmaster.pid", *data.with_name("run").glob(".s.PGSQL.*")):
        left.unlink(missing_ok=True)


async def gone(pid: int, data: Path) -> None:
    """Wait until the server has left, but not for ever."""
    with suppress(TimeoutError):
        async with asyncio.timeout(STOP_LIMIT.total_seconds()):
            while is_ours(pid, data):  # noqa: ASYNC110  (another's child gives no event)
                await asyncio.sleep(LOOK_EVERY.total_seconds())


async def start(user: Account, binaries: Binaries, data: Path, options: Sequence[str]) -> Process:
    """Start the server and return once it takes connections.

    Raises:
        StartFailed: it did not within `START_LIMIT`, or ended with a lasting reason.
    """
    logs = data.with_name("log")
    try:
        async with asyncio.timeout(START_LIMIT.total_seconds()):
            while True:
                before = lengths(logs)
                process = await account.spawn(user, binaries.path("postgres"), "-D", data, *options)
                said = await ready_or_over(process, data)
                if said is None:
                    return process
                said = written_since(logs, before) or said
                if not any(reason in said for reason in PASSING):
                    raise StartFailed("start", said)
                log.info("the server's start is tried again", reason=said[-200:])
                await asyncio.sleep(RETRY_AFTER.total_seconds())
    except TimeoutError as error:
        raise StartFailed("start", f"not ready within {START_LIMIT}") from error


def lengths(logs: Path) -> dict[Path, int]:
    """Return how long each log file is now."""
    return {path: path.stat().st_size for path in sorted(logs.glob("*.log"))}


def written_since(logs: Path, before: Mapping[Path, int]) -> str:
    """Return what the log files gained; the reason of a failed start stands there."""
    gained = []
    for path in lengths(logs):
        content = path.read_bytes()
        start = before.get(path, 0)
        gained.append(content[start if start <= len(content) else 0 :])
    return b"".join(gained).decode(errors="replace").strip()


async def ready_or_over(process: Process, data: Path) -> str | None:
    """Return None when the server is ready, its last words when it ended instead."""
    try:
        while process.returncode is None:
            if is_ready(data, process.pid):
                return None
            await asyncio.sleep(LOOK_EVERY.total_seconds())
    except BaseException:
        await stop(process)
        raise
    said, _ = await process.communicate()
    return said.decode(errors="replace").strip()


async def stop(process: Process) -> None:
    """End the server by a fast shutdown (SIGINT); if it hangs, by an immediate one."""
    for signal_, limit in ((signal.SIGINT, STOP_LIMIT), (signal.SIGQUIT, STOP_LIMIT)):
        with suppress(ProcessLookupError):
            process.send_signal(signal_)
        with suppress(TimeoutError):
            async with asyncio.timeout(limit.total_seconds()):
                await process.wait()
                return
    process.kill()
    await process.wait()
