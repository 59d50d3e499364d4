"""What a unit starts from where nobody says otherwise: line tests, visibility, its signature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any

from meetings.audit import record
from meetings.content.line_test_rules import UsualTest
from meetings.directory.errors import StaleRecord
from meetings.ids import UnitId
from meetings.store import Connection
from meetings.store import defaults as store
from meetings.store.defaults import SIGNATURE, Defaults
from meetings.store.directory import lock_unit

__all__ = ["SIGNATURE", "Defaults"]

USUAL = UsualTest()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDefaults:
    """What a unit says itself at a version (0: nothing yet), and what is in force there."""

    own: Defaults = field(default_factory=Defaults)
    in_force: Defaults = field(default_factory=Defaults)
    version: int = 0


def in_force(line: Iterable[Defaults], own: Defaults) -> Defaults:
    """Return what holds at the end of a line of units, the topmost first.

    A signature is a unit's own; all else is what the nearest unit says.
    """
    found = Defaults()
    for one in line:
        told = {name: value for name, value in asdict(one).items() if value is not None}
        found = replace(found, **told)
    return replace(found, **{name: getattr(own, name) for name in SIGNATURE})


def usual_test(defaults: Defaults) -> UsualTest:
    """Return when a line is tested by these defaults."""
    minutes = defaults.line_test_minutes
    return UsualTest(
        days=defaults.line_test_days or USUAL.days,
        at=USUAL.at if defaults.line_test_at is None else defaults.line_test_at,
        length=timedelta(minutes=minutes) if minutes else USUAL.length,
    )


async def defaults_of(conn: Connection, unit: UnitId) -> UnitDefaults:
    """Return what a unit starts from."""
    _, line = await store.get_line(conn, unit)
    own, version = next(((one, at) for there, one, at in line if there == unit), (Defaults(), 0))
    return UnitDefaults(
        own=own, in_force=in_force((one for _, one, _ in line), own), version=version
    )


async def usual_test_of(conn: Connection, host: UnitId) -> UsualTest:
    """Return when a host's lines are tested."""
    return usual_test((await defaults_of(conn, host)).in_force)


async def change_defaults(
    conn: Connection, unit: UnitId, changes: Mapping[str, Any], *, version: int | None, by: str
) -> UnitDefaults:
    """Change what a unit says; None asks the unit above.

    Raises:
        StaleRecord: somebody else changed it first (a version of None is never stale).
    """
    await lock_unit(conn, unit)
    before = await defaults_of(conn, unit)
    if version is not None and version != before.version:
        raise StaleRecord("defaults", unit)
    after = replace(before.own, **changes)
    if after == before.own:
        return before
    await store.save_defaults(conn, unit, after)
    detail = {
        name: [str(old), str(getattr(after, name))]
        for name, old in asdict(before.own).items()
        if old != getattr(after, name)
    }
    subject = f"defaults:{unit}"
    await record(
        conn, actor=by, action="defaults.change", subject=subject, unit=unit, detail=detail
    )
    return await defaults_of(conn, unit)
