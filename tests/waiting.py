"""Waiting until somebody else waits for a lock of one's own transaction."""

from __future__ import annotations

import asyncio

from meetings.store import Connection

WAITS_FOR_US = """
    SELECT EXISTS (SELECT FROM pg_locks w JOIN pg_locks h USING (transactionid)
                    WHERE NOT w.granted AND h.granted AND h.pid = pg_backend_pid())
"""


async def until_waited_for(conn: Connection) -> None:
    """Return as soon as somebody waits for what this connection holds."""
    async with asyncio.timeout(60):
        while not await conn.fetchval(WAITS_FOR_US):
            await asyncio.sleep(0.01)
