"""Which conferences call room systems when they start, and who was called."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from meetings.model import ConferenceId
from meetings.store import Connection

LIST_TO_SUMMON = """
    SELECT c.id FROM conferences c
     WHERE c.call_systems AND c.state IN ('confirmed', 'live')
       AND lower(c.period) > $1 AND lower(c.period) <= $2
     ORDER BY c.id
"""
LIST_CALLED = """
    SELECT DISTINCT subject FROM room_actions WHERE conference_id = $1 AND action = 'dial-out'
"""


async def list_to_summon(
    conn: Connection, since: datetime, now: datetime
) -> Sequence[ConferenceId]:
    """Return the conferences that started after a moment and want their room systems called."""
    return [ConferenceId(row["id"]) for row in await conn.fetch(LIST_TO_SUMMON, since, now)]


async def list_called(conn: Connection, conference: ConferenceId) -> Collection[str]:
    """Return every number and address that was called into a room, or is to be."""
    return {row["subject"] for row in await conn.fetch(LIST_CALLED, conference)}
