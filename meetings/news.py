"""Telling the other processes that something changed, so that pages and snapshots look again.

Topics: `conference:12`, `board`, `snapshot`, `directory`.  News is a hint: it may come twice, and
who missed it finds the same in the tables.
"""

from __future__ import annotations

from meetings.store import Connection

CHANNEL = "diemcau"

ANNOUNCE = """
    SELECT pg_notify($1, topic) FROM unnest($2::text[]) AS topic
"""


async def announce(conn: Connection, *topics: str) -> None:
    """Send the topics to every listening process when the transaction commits."""
    await conn.execute(ANNOUNCE, CHANNEL, topics)
