"""A unit through time: who carried its code, what it was before, and what it became."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from meetings.errors import UnitNotFound
from meetings.model import Site, Unit
from meetings.store import Connection, successions
from meetings.store import directory as store


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """A unit with what surrounds it on one day; `above` leads from the root to its parent."""

    unit: Unit
    above: tuple[Unit, ...]
    below: tuple[Unit, ...]
    before: tuple[Unit, ...]
    after: tuple[Unit, ...]
    sites: tuple[Site, ...]
    namesakes: tuple[Unit, ...]


async def lineage(conn: Connection, code: str, on: date) -> Lineage:
    """Return the unit that carries the code on that day, or the last one before it that did.

    Raises:
        UnitNotFound: nobody ever carried the code.
    """
    versions = await successions.list_units_of_code(conn, code)
    unit = nearest(versions, on)
    if unit is None:
        raise UnitNotFound(code)
    day = on if unit.is_valid(on) else unit.valid_from or on
    path = {one.id: one for one in await store.list_units_by_ids(conn, unit.path)}
    below = await store.list_units(conn, on=day, below=unit.id)
    return Lineage(
        unit=unit,
        above=tuple(path[one] for one in unit.path[:-1]),
        below=tuple(one for one in below if one.parent_id == unit.id),
        before=tuple(await store.list_predecessors(conn, unit.id)),
        after=tuple(await successions.list_successors(conn, unit.id)),
        sites=tuple(await successions.list_sites_of_unit(conn, unit.id, on=day)),
        namesakes=tuple(one for one in versions if one.id != unit.id),
    )


def nearest(versions: Sequence[Unit], on: date) -> Unit | None:
    """Return the unit valid on that day, else the last that ended before, else the first."""
    valid = [unit for unit in versions if unit.is_valid(on)]
    past = [unit for unit in versions if (unit.valid_to or date.max) <= on]
    return next(iter([*valid, *reversed(past), *versions]), None)
