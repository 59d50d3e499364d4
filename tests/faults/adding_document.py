"""A process that adds one file to a conference and kills itself at a chosen line of that work."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from meetings.model import ConferenceId
from meetings.scheduling.conferences import conference_by_id
from tests.killing import Killer
from web.database import prepare
from web.files.document_files import Incoming
from web.files.papers import FileQuery, add_file

WATCHED = ("document_files.py", "documents.py", "papers.py", "document_kinds.py")
DONE = 0


async def content() -> AsyncIterator[bytes]:
    yield "Tài liệu họp".encode() * 10


async def add(url: str, data: Path, conference: int, at: int) -> None:
    conn = await asyncpg.connect(url)
    await prepare(conn)
    killer = Killer(WATCHED, at)
    threading.settrace(killer.trace)
    sys.settrace(killer.trace)
    async with Incoming(data) as incoming:
        await incoming.take(content())
        async with conn.transaction():
            found = await conference_by_id(conn, ConferenceId(conference))
            await add_file(
                conn,
                found,
                incoming,
                FileQuery(name="bao-cao.txt"),
                by="program:test",
                now=datetime.now(UTC),
            )
    sys.settrace(None)
    await conn.close()


if __name__ == "__main__":
    asyncio.run(add(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
