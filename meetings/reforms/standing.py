"""Who stands in a unit's place on a day: itself, what it became by then, or what it was before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from meetings.ids import UnitId
from meetings.reforms.succession import heirs
from meetings.store import Connection, successions
from meetings.store import directory as units


async def standing_on(conn: Connection, unit: UnitId, day: date) -> UnitId:
    """Return the unit that stands in this one's place on that day; itself where nobody does."""
    return (await standing_on_days(conn, unit, [day]))[day]


async def standing_on_days(
    conn: Connection, unit: UnitId, days: Collection[date], *, rather: Collection[UnitId] = ()
) -> dict[date, UnitId]:
    """Return the unit that stands in this one's place on each of the days.

    Of several that it was before, one of `rather` comes first.
    """
    own = await units.get_unit(conn, unit)
    found = dict.fromkeys(days, unit)
    away = [day for day in found if not own.is_valid(day)]
    if not away:
        return found
    became = await successions.list_successions(conn)
    was = sorted(((new, old) for old, new in became), key=lambda pair: pair[1] not in rather)
    known = await units.list_units_by_ids(conn, {one for pair in became for one in pair})
    for day in away:
        pairs = was if day < (own.valid_from or date.min) else became
        there = {one.id for one in known if one.is_valid(day)}
        found[day] = heirs(pairs, there).get(unit, unit)
    return found
