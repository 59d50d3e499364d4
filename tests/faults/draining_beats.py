"""A process that drains halls' beats and kills itself at a chosen line, or tells how far it is."""

from __future__ import annotations

import asyncio
import sys
import threading
from datetime import datetime
from pathlib import Path

import asyncpg

from bridges.presence.evidence import row_of_sighting
from bridges.receiving.draining import drain
from bridges.spooling.spool import Spool
from tests.killing import Killer
from web.database import prepare

WATCHED = ("draining.py", "strips.py", "store/evidence.py", "spool.py", "store/rooms.py")
BATCH = 12


async def work(url: str, folder: Path, now: str, at: int) -> int:
    """Drain batch by batch; return how many lines were left of those before the chosen one."""
    conn = await asyncpg.connect(url)
    await prepare(conn)
    killer = Killer(WATCHED, at)
    async with Spool(folder) as spool:
        threading.settrace(killer.trace)
        sys.settrace(killer.trace)
        while await drain(
            conn, spool, row_of_sighting, now=datetime.fromisoformat(now), limit=BATCH
        ):
            pass
        sys.settrace(None)
    await conn.close()
    return killer.left


if __name__ == "__main__":
    print(asyncio.run(work(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))))
