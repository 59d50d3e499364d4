"""Many conferences changed or called off at once, as the dates of a series are.

What is to be held was judged before, by `meetings.scheduling.judging`; who writes is alone at the
gate.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from meetings import rules
from meetings.audit import record_changes
from meetings.directory.finding import unit_by_id
from meetings.errors import UnitNotFound
from meetings.links.invitations import make_links_of
from meetings.model import Changes, Conference, ConferenceId, OfficialId, State, UnitId
from meetings.office.workdays import local_day
from meetings.scheduling.judging import Judged
from meetings.scheduling.resources import Hall
from meetings.store import Connection
from meetings.store import many as store
from meetings.store.holds import hold_alike
from meetings.store.warnings import save_warnings


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """A conference before and after a change; `judged` where something else is to be held."""

    before: Conference
    after: Conference
    judged: Judged | None = None

    @property
    def holds(self) -> bool:
        """Tell whether something else is held, or at another time."""
        return rules.holds_differ(self.before, self.after)

    @property
    def moves(self) -> bool:
        """Tell whether it is held at another time."""
        return self.before.period != self.after.period


def amendments(
    wanted: Iterable[tuple[Conference, Changes]], *, now: datetime
) -> dict[ConferenceId, Amendment]:
    """Return what becomes of each; one that the change leaves as it is is left out.

    Raises:
        IllegalMove: one of them is over.
    """
    found = {}
    for before, changes in wanted:
        after = rules.amended(before, changes)
        if after != replace(before, version=after.version):
            after = replace(after, changed_at=now)
            found[before.id] = Amendment(before=before, after=after)
    return found


def crossing(found: Collection[Amendment]) -> set[ConferenceId]:
    """Return which must let go first: another one moves to where they are held now."""
    moving = [one for one in found if one.moves and one.judged is not None]
    halls = [hall for one in moving if one.judged for hall in one.judged.halls.values()]
    apart = max((hall.set_up for hall in halls), default=timedelta())
    apart += max((hall.tear_down for hall in halls), default=timedelta())
    steps = sorted(
        [(one.before.period, one.before.id, False) for one in moving]
        + [(one.after.period, one.after.id, True) for one in moving],
        key=lambda step: step[0].start,
    )
    crossed: set[ConferenceId] = set()
    near: list[tuple[datetime, ConferenceId, bool]] = []
    for period, number, new in steps:
        near = [step for step in near if step[0] + apart > period.start]
        for _, other, was_new in near:
            if other != number and new is not was_new:
                crossed.add(other if new else number)
        near.append((period.end, number, new))
    return crossed


async def save_amendments(
    conn: Connection, found: Collection[Amendment], *, key: bytes, by: str
) -> None:
    """Write the changes, with links for halls that are invited now; each is in the audit."""
    afters = [one.after for one in found]
    other_sites = [one.after for one in found if one.before.sites != one.after.sites]
    await store.save_periods(conn, afters)  # their halls must be there on their new days
    await store.save_invitations(conn, other_sites)
    await store.save_delegates(
        conn, [one.after for one in found if one.before.delegates != one.after.delegates]
    )
    await store.loosen(conn, crossing(found))
    for (halls, officials), alike in _alike(found).items():
        await hold_alike(conn, alike, halls=halls, officials=officials)
    await store.save_seats(conn, [one.after for one in found if one.holds])
    await store.save_conferences(conn, afters)
    await save_warnings(conn, ((one.id, one.version, one.warnings) for one in afters))
    await make_links_of(conn, other_sites, key)
    told = [
        (one.after, rules.difference(one.before, one.after) | rules.overridden(one.after))
        for one in found
    ]
    await record_changes(conn, told, "conference.amend", by=by)


def _alike(
    found: Iterable[Amendment],
) -> dict[tuple[tuple[Hall, ...], frozenset[OfficialId]], list[Conference]]:
    """Return the conferences that hold something else, by what they hold."""
    alike: dict[tuple[tuple[Hall, ...], frozenset[OfficialId]], list[Conference]] = {}
    for one in found:
        if one.holds and one.judged is not None:
            held = tuple(one.judged.halls.values()), rules.wish_of(one.after).officials
            alike.setdefault(held, []).append(one.after)
    return alike


async def cancel_many(
    conn: Connection, found: Sequence[Conference], *, reason: str, by: str, now: datetime
) -> None:
    """Call conferences off that have not begun; their sites are free at once.

    Raises:
        IllegalMove: one of them has begun or is over.
    """
    afters = [
        replace(rules.move(one, State.CANCELLED, now=now), cancel_reason=reason) for one in found
    ]
    await store.save_conferences(conn, afters)
    await store.release(conn, [one.id for one in afters])
    told = [(one, {"reason": reason}) for one in afters]
    await record_changes(conn, told, "conference.cancel", by=by)


async def give_many(
    conn: Connection, found: Sequence[Conference], host: UnitId, *, by: str, now: datetime
) -> None:
    """Let another host have conferences.

    Raises:
        UnitNotFound: the host is there no more when one of them is held.
    """
    unit = await unit_by_id(conn, host)
    if not all(unit.is_valid(local_day(one.period.start)) for one in found):
        raise UnitNotFound(unit.code)
    afters = [replace(one, host=host, version=one.version + 1, changed_at=now) for one in found]
    await store.save_conferences(conn, afters)
    told = [(one, {"host": host, "owner": one.owner or 0}) for one in afters]
    await record_changes(conn, told, "conference.hand-over", by=by)
