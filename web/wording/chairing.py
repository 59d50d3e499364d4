"""Who chairs, in words: the title of the official, where nobody wrote who does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from meetings.directory.officials import officials_by_ids
from meetings.model import Changes, Conference, OfficialId, Wish
from meetings.store import Connection


async def titled(conn: Connection, wish: Wish) -> Wish:
    """Return the wish with the title of the official who chairs, where no words say who does."""
    if wish.chair_id is None or wish.chair:
        return wish
    found = await officials_by_ids(conn, [wish.chair_id])
    return replace(wish, chair=found[wish.chair_id].label) if found else wish


async def chair_named(conn: Connection, before: Conference, changes: Changes) -> Changes:
    """Return the changes with the title of the official who is to chair, where no words say who."""
    [named] = await chairs_named(conn, [(before, changes)])
    return named


async def chairs_named(
    conn: Connection, wanted: Sequence[tuple[Conference, Changes]]
) -> list[Changes]:
    """Return changes of many conferences with the titles of who is to chair each.

    The words for another official, left as they were, say nothing of the new one.
    """
    chairs = [_unnamed_chair(before, changes) for before, changes in wanted]
    asked = {chair for chair in chairs if chair is not None}
    found = await officials_by_ids(conn, sorted(asked)) if asked else {}
    return [
        replace(changes, chair=found[chair].label) if chair in found else changes
        for chair, (_, changes) in zip(chairs, wanted, strict=True)
    ]


def _unnamed_chair(before: Conference, changes: Changes) -> OfficialId | None:
    """Return who is to chair if no words say so."""
    chair = None if changes.no_chair else changes.chair_id or before.chair_id
    stale = chair != before.chair_id and changes.chair in {None, before.chair}
    return chair if stale or changes.chair == "" else None
