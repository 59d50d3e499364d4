"""Which units an import lets go on in which: merged, split, or both.  Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from meetings.directory.unit_changes import Plan, UnitVersion
from meetings.ids import UnitId
from meetings.names import sort_key


class Old(NamedTuple):
    """A stored unit that becomes another."""

    id: UnitId
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger:
    """A unit with those that become it on a day.

    `own` is the stored unit that it goes on from, if any.  `sole` are those whose one heir it is:
    of a unit that is split, the part that keeps the code, else the first by name.
    """

    code: str
    since: date
    own: UnitId | None
    old: tuple[Old, ...]
    sole: frozenset[UnitId]


Ends = Mapping[tuple[str, date | None], UnitId]


def mergers(plan: Plan, stored: Sequence[UnitVersion]) -> tuple[Merger, ...]:
    """Return who becomes whom by a plan, besides units that only go on under their code."""
    ends = ended(plan, stored)
    own = {change.after: change.before.id for change in plan.replaced}
    own |= {one: one.id for one in plan.taking}
    became = {
        new: tuple(one for one in predecessors(new, ends) if one.id != own.get(new))
        for new in (*plan.added, *own)
    }
    # A unit that goes on under its code is its own heir, whatever else comes out of it.
    heirs = sole_heirs(became) | {one: new for new, one in own.items() if one}
    return tuple(
        Merger(
            code=new.code,
            since=new.valid_from,
            own=own.get(new),
            old=old,
            sole=frozenset(one.id for one in old if heirs[one.id] is new),
        )
        for new, old in became.items()
        if old and new.valid_from
    )


def predecessors(new: UnitVersion, ends: Ends) -> list[Old]:
    """Return the stored units of the old codes that end on the day the new one begins."""
    keys = [(code, new.valid_from) for code in new.old_codes]
    return [Old(ends[key], key[0]) for key in keys if key in ends]


def sole_heirs(became: Mapping[UnitVersion, Sequence[Old]]) -> dict[UnitId, UnitVersion]:
    """Return the one heir of each unit: the part that keeps the code, else the first by name."""
    heirs: dict[UnitId, UnitVersion] = {}
    for new in sorted(became, key=lambda one: (sort_key(one.name), one.code)):
        for old in became[new]:
            if old.id not in heirs or new.code == old.code:
                heirs[old.id] = new
    return heirs


def ended(plan: Plan, stored: Sequence[UnitVersion]) -> Ends:
    """Return the stored units by their code and the day they end on, once the plan is done."""
    days = {unit.id: unit.valid_to for unit in plan.closed}
    days |= {change.after.id: change.after.valid_to for change in plan.changed}
    days |= {change.before.id: change.after.valid_from for change in plan.replaced}
    known = [(unit.code, days.get(unit.id, unit.valid_to), unit.id) for unit in stored]
    return {(code, day): number for code, day, number in known if day and number}
