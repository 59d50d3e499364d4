"""Who stands in a unit's place on a day: itself, what it became by then, or what it was before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from meetings.ids import UnitId
from meetings.reforms.succession import heirs
from meetings.store import Connection, successions
from meetings.store import directory as units


async def standing_on(
    conn: Connection, unit: UnitId, day: date, *, rather: Collection[UnitId] = ()
) -> UnitId:
    """Return the unit that stands in this one's place on that day; itself where nobody does.

    Of several that it was before, one of `rather` comes first.
    """
    found = await units.get_unit(conn, unit)
    if found.is_valid(day):
        return unit
    pairs = await successions.list_successions(conn)
    if day < (found.valid_from or date.min):
        pairs = sorted(((new, old) for old, new in pairs), key=lambda one: one[1] not in rather)
    known = await units.list_units_by_ids(conn, {one for pair in pairs for one in pair})
    there = {one.id for one in known if one.is_valid(day)}
    return heirs(pairs, there).get(unit, unit)
