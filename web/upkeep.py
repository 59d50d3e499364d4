"""Throwing away what nobody can use any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from bridges.inspection.listening import STALE
from bridges.store.strays import delete_old_strays
from meetings.idempotency import forget_old_requests
from meetings.store import Connection
from web.access.sessions import IDLE
from web.store import one_time, sessions, throttles

MEMORY_OF_TRIES = timedelta(hours=2)


async def tidy(conn: Connection, now: datetime) -> None:
    """Delete stale sessions, links, tries, answers and calls that went astray."""
    await sessions.delete_stale_sessions(conn, now=now, idle_since=now - IDLE)
    await one_time.delete_old_links(conn, now)
    await throttles.delete_old_tries(conn, now - MEMORY_OF_TRIES)
    await forget_old_requests(conn, now)
    await delete_old_strays(conn, now - STALE)
