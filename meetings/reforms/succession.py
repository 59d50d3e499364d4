"""Who became whom: following a unit through reforms to the one that stands in its place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from meetings.model import UnitId


def heirs(
    pairs: Iterable[tuple[UnitId, UnitId]], standing: Collection[UnitId]
) -> Mapping[UnitId, UnitId]:
    """Return for each unit of the pairs the standing unit that it became, directly or in steps.

    Of several successors of one unit the first pair counts, so nothing is counted twice.  A unit
    whose line ends before any standing one is left out; a line that runs in a circle ends.
    """
    first: dict[UnitId, UnitId] = {}
    for old, new in pairs:
        first.setdefault(old, new)
    found: dict[UnitId, UnitId] = {}
    for old in first:
        heir = _follow(old, first, frozenset(standing))
        if heir is not None:
            found[old] = heir
    return found


def _follow(
    unit: UnitId, first: Mapping[UnitId, UnitId], standing: frozenset[UnitId]
) -> UnitId | None:
    seen: set[UnitId] = set()
    while unit not in standing:
        if unit in seen or unit not in first:
            return None
        seen.add(unit)
        unit = first[unit]
    return unit
