"""One date of a series changed as its series says: its words, time and halls, and its host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from meetings.hosting import give
from meetings.model import Changes, Conference
from meetings.seriesedits import as_changes
from meetings.store import Connection
from web.amending import carry_change
from web.booking import Desk


async def amend_one(
    conn: Connection, desk: Desk, conference: Conference, what: Mapping[str, Any]
) -> None:
    """Change one conference; it is locked."""
    after, changes = conference, as_changes(dict(what))
    if changes != Changes():
        after = await carry_change(conn, desk, conference, changes, version=None)
    if "host" in what:
        given = replace(after, host=what["host"], version=after.version + 1, changed_at=desk.now)
        await give(conn, given, by=desk.actor.name)
