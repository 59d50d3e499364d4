"""Tables are read by a child process that may take so much time and memory and no more."""

from __future__ import annotations

import asyncio
import json
import sys

from aiohttp import web

from web.files.table_program import LONGEST_SECONDS
from web.files.tables import BadTable, Table

TURNS: web.AppKey[asyncio.Semaphore] = web.AppKey("table-turns", asyncio.Semaphore)
"""One file is read at a time; the others wait in line."""


async def read_in_turn(request: web.Request, content: bytes) -> Table:
    """Return the table in a file, when its turn has come."""
    async with request.config_dict[TURNS]:
        return await read_in_child(content)


async def read_in_child(content: bytes) -> Table:
    """Return the table in a file; the loop goes on meanwhile.

    Raises:
        BadTable: it is none, or reading it takes too much.
    """
    answer = await ask_child(content)
    if not answer:
        raise BadTable("bomb")
    told = json.loads(answer)
    if "code" in told:
        raise BadTable(told["code"], told["detail"])
    return Table(
        header=tuple(told["header"]),
        rows=tuple((line, tuple(cells)) for line, cells in told["rows"]),
        formulas=tuple((line, column) for line, column in told["formulas"]),
        wrong=tuple((line, column, code) for line, column, code in told["wrong"]),
    )


async def ask_child(content: bytes) -> bytes:
    """Return what the child says; nothing if it had to be stopped."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-m",
        "web.files.table_program",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        out, _ = await asyncio.wait_for(child.communicate(content), LONGEST_SECONDS)
    except TimeoutError:
        out = b""
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    return out if child.returncode == 0 else b""
