"""pg_dump and pg_restore: which of them fit a server, and how they are run."""

import asyncio
import re
import shutil
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

from web.backup.errors import ProgramFailed
from web.embedded.account import ENVIRONMENT
from web.embedded.binaries import find_wheel, newest
from web.embedded.errors import NoServerFound

DEBIAN = Path("/usr/lib/postgresql")
PIECE_BYTES = 256 * 1024

# The last line of what a script sets before its first statement, and what is too new among it.
END_OF_HEADER = b"SET row_security"
TOO_NEW = b"SET transaction_timeout = 0;\n"

# No owner and no rights: the roles of the place of restore may have other names.
WHAT = ("--no-owner", "--no-privileges")


async def major_of(folder: Path) -> str:
    """Return the major version of the programs in a folder, empty when there are none."""
    try:
        process = await asyncio.create_subprocess_exec(
            folder / "pg_dump", "--version", stdout=PIPE, env=ENVIRONMENT
        )
    except OSError:
        return ""
    said, _ = await process.communicate()
    match = re.search(rb"\) (\d+)", said)
    return match[1].decode() if match else ""


def folders(major: str) -> Iterable[Path]:
    """Give the places where programs may lie, the likeliest first."""
    yield DEBIAN / major / "bin"
    found = shutil.which("pg_dump")
    if found:
        yield Path(found).parent


async def choose(server_major: str) -> Path:
    """Return the folder with programs for a server: of its own major, else the wheel's.

    A dump made by a newer program may set what an older server does not know.
    """
    with suppress(NoServerFound):
        wheel = newest(find_wheel())
        if wheel.major == server_major:
            return wheel.folder
    for folder in folders(server_major):
        if await major_of(folder) == server_major:
            return folder
    return newest(find_wheel()).folder


def apart(url: str) -> tuple[str, Mapping[str, str]]:
    """Return the URL without its password, and the environment that carries it.

    Everybody on the machine sees a command line.
    """
    match = re.fullmatch(r"(\w+://[^/@:]*):([^/@]*)(@.*)", url)
    if match is None:
        return url, ENVIRONMENT
    return match[1] + match[3], {**ENVIRONMENT, "PGPASSWORD": unquote(match[2])}


async def start(program: Path, url: str, *options: str, feed: bool) -> Process:
    """Start a program on a database."""
    address, environment = apart(url)
    return await asyncio.create_subprocess_exec(
        program,
        f"--dbname={address}",
        *options,
        env=environment,
        stdin=PIPE if feed else asyncio.subprocess.DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
    )


async def finish(process: Process, name: str, said: bytes) -> None:
    """Wait for the end and make sure that it was a good one."""
    if await process.wait() != 0:
        raise ProgramFailed(name, said.decode(errors="replace").strip()[-2000:])


async def dump(folder: Path, url: str) -> AsyncIterator[bytes]:
    """Give a database piece by piece, as of one instant, in pg_dump's custom format."""
    process = await start(folder / "pg_dump", url, *WHAT, "--format=custom", feed=False)
    assert process.stdout is not None  # noqa: S101  (asked for above)
    assert process.stderr is not None  # noqa: S101  (the same)
    complaints = asyncio.create_task(process.stderr.read())
    try:
        while piece := await process.stdout.read(PIECE_BYTES):
            yield piece
        await finish(process, "pg_dump", await complaints)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await complaints


async def restore(folder: Path, url: str, pieces: Iterable[bytes], *options: str) -> None:
    """Put a dump into a database, in one transaction."""
    whole = (*WHAT, "--single-transaction", "--exit-on-error", *options)
    await feed(await start(folder / "pg_restore", url, *whole, feed=True), "pg_restore", pieces)


async def restore_into_older(
    folder: Path, url: str, pieces: Iterable[bytes], *options: str
) -> None:
    """Put a dump into a server of an older major, in one transaction.

    Only the newer pg_restore reads the dump, and only the older server's psql may speak to it: the
    one writes plain SQL for the other.

    Raises:
        ProgramFailed: there is no psql, or one of the two failed.
    """
    psql = shutil.which("psql", path=f"{folder}:/usr/local/bin:/usr/bin")
    if psql is None:
        raise ProgramFailed("psql", "an older server needs its psql here; install it")
    script = read_script(newest(find_wheel()).folder, pieces, *options)
    once = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
    await feed(await start(Path(psql), url, *once, feed=True), "psql", script)


async def read_script(folder: Path, pieces: Iterable[bytes], *options: str) -> AsyncIterator[bytes]:
    """Give a dump as plain SQL without the setting that servers before 17 do not know."""
    process = await asyncio.create_subprocess_exec(
        folder / "pg_restore",
        "--file=-",
        *WHAT,
        *options,
        env=ENVIRONMENT,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
    )
    assert process.stdout is not None  # noqa: S101  (asked for above)
    feeding = asyncio.create_task(feed(process, "pg_restore", pieces))
    try:
        async for line in process.stdout:
            if line != TOO_NEW:
                yield line
            if line.startswith(END_OF_HEADER):
                break
        while piece := await process.stdout.read(PIECE_BYTES):
            yield piece
        await feeding
    finally:
        feeding.cancel()
        await asyncio.gather(feeding, return_exceptions=True)


async def feed(process: Process, name: str, pieces: Iterable[bytes] | AsyncIterable[bytes]) -> None:
    """Give a program all pieces and wait for its good end."""
    assert process.stdin is not None  # noqa: S101  (callers ask for the pipes)
    assert process.stderr is not None  # noqa: S101  (the same)
    complaints = asyncio.create_task(process.stderr.read())
    try:
        with suppress(BrokenPipeError, ConnectionResetError):
            async for piece in each(pieces):
                process.stdin.write(piece)
                await process.stdin.drain()
            process.stdin.close()
        await finish(process, name, await complaints)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await complaints


async def each(pieces: Iterable[bytes] | AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Give pieces that come either way."""
    if isinstance(pieces, AsyncIterable):
        async for piece in pieces:
            yield piece
        return
    for piece in pieces:
        yield piece
