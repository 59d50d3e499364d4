"""Values of an import: units as they are, as they are to be, and the plan from one to the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from meetings.model import UnitId, UnitKind
from meetings.reforms.inheritance import Contradiction


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitVersion:
    """One unit over one stretch of validity, with its first hall; None is an open end.

    `id` is None while it is not stored yet.
    """

    id: UnitId | None
    code: str
    name: str
    full_name: str
    name_en: str
    kind: UnitKind
    parent: str
    hall: str
    phone: str
    latitude: float | None
    longitude: float | None
    valid_from: date | None
    valid_to: date | None
    old_codes: tuple[str, ...] = ()

    def valid_within(self, start: date, end: date) -> bool:
        """Tell whether it is valid on some day of `[start, end)`."""
        return (self.valid_from or date.min) < end and start < (self.valid_to or date.max)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A unit as it is and as it is to be, with the names of the cells that differ."""

    before: UnitVersion
    after: UnitVersion
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an import does: `replaced` units end on a day and go on under the same code.

    `taking` are stored units that go on as they are and take in others of these `old_codes`, as if
    they began on the day on which those end.  `unsettled` is what units that become one say
    differently.
    """

    added: tuple[UnitVersion, ...] = ()
    changed: tuple[Change, ...] = ()
    replaced: tuple[Change, ...] = ()
    closed: tuple[UnitVersion, ...] = ()
    unchanged: tuple[UnitVersion, ...] = ()
    taking: tuple[UnitVersion, ...] = ()
    unsettled: tuple[Contradiction, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether carrying it out would change nothing."""
        return not (self.added or self.changed or self.replaced or self.closed)

    @property
    def ending(self) -> list[tuple[UnitVersion, date]]:
        """Return the units that it ends without going on under their code, with the day."""
        found = [*self.closed, *(one.after for one in self.changed if "valid_to" in one.fields)]
        return [(one, one.valid_to) for one in found if one.valid_to]

    @property
    def heirs(self) -> frozenset[tuple[str, date]]:
        """Return which codes others follow, and from which day on."""
        new = (*self.added, *(one.after for one in self.replaced), *self.taking)
        return frozenset(
            (code, one.valid_from) for one in new for code in one.old_codes if one.valid_from
        )

    def counts(self) -> dict[str, int]:
        """Return how many units each part of the plan touches."""
        parts = ("added", "changed", "replaced", "closed", "unchanged")
        return {part: len(getattr(self, part)) for part in parts}
