"""Planning what happens inside a conference: its agenda and its segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from meetings.audit import record_beside
from meetings.content.agenda import AgendaItem, Plan, Segment, check_segments
from meetings.content.secrecy import find_mark
from meetings.errors import IllegalMove, OfficialsNotFound, SecretContent, StaleVersion
from meetings.kinds import State
from meetings.model import Conference, ConferenceId
from meetings.office.workdays import local_day
from meetings.store import Connection
from meetings.store import agenda as store
from meetings.store.conferences import lock_conference
from meetings.store.officials import list_in_office, list_officials_by_ids

CHANGEABLE = frozenset({State.DRAFT, State.REQUESTED, State.CONFIRMED, State.LIVE})


async def plan_of(conn: Connection, conference: ConferenceId) -> Plan:
    """Return what is planned inside a conference."""
    return await store.get_plan(conn, conference)


async def plan_agenda(
    conn: Connection,
    conference: ConferenceId,
    items: Sequence[AgendaItem],
    *,
    version: int | None,
    by: str,
    now: datetime,
) -> int:
    """Write the agenda in place of the one before; return the conference's new version.

    Raises:
        StaleVersion: somebody else changed the conference first.
        IllegalMove: it is over.
        SecretContent: a point carries a mark of secrecy.
        OfficialsNotFound: a presenter is not in office on that day.
    """
    found = await lock_changeable(conn, conference, version)
    for item in items:
        if mark := find_mark(item.title) or find_mark(item.presenter):
            raise SecretContent("items", mark)
    named = await with_officials(conn, items, on=local_day(found.period.start))
    await store.save_items(conn, conference, named)
    return await tell_planned(conn, found, "agenda.plan", by=by, now=now, items=len(items))


async def with_officials(
    conn: Connection, items: Sequence[AgendaItem], *, on: date
) -> list[AgendaItem]:
    """Return the points with their presenters' titles where no words say who presents.

    Raises:
        OfficialsNotFound: one is not in office on that day.
    """
    wanted = {one.official for one in items if one.official is not None}
    missing = wanted - await list_in_office(conn, wanted, on=on)
    if missing:
        raise OfficialsNotFound(frozenset(missing))
    known = {one.id: one.label for one in await list_officials_by_ids(conn, wanted)}
    return [
        one
        if one.official is None or one.presenter
        else replace(one, presenter=known[one.official])
        for one in items
    ]


async def plan_segments(
    conn: Connection,
    conference: ConferenceId,
    segments: Sequence[Segment],
    *,
    version: int | None,
    by: str,
    now: datetime,
) -> int:
    """Write the segments in place of those before; return the conference's new version.

    Raises:
        StaleVersion, IllegalMove: as for the agenda.
        BadSegments: they leave a gap, overlap, or lie outside the conference.
    """
    found = await lock_changeable(conn, conference, version)
    check_segments(segments, found.period)
    await store.save_segments(conn, conference, segments)
    return await tell_planned(conn, found, "segments.plan", by=by, now=now, segments=len(segments))


async def lock_changeable(
    conn: Connection, conference: ConferenceId, version: int | None
) -> Conference:
    """Return a conference that is not over, locked until the transaction ends."""
    found = await lock_conference(conn, conference)
    if version is not None and version != found.version:
        raise StaleVersion(conference, found.version)
    if found.state not in CHANGEABLE:
        raise IllegalMove(conference, found.state, State.CONFIRMED)
    return found


async def tell_planned(
    conn: Connection, conference: Conference, action: str, *, by: str, now: datetime, **told: object
) -> int:
    """Tell of a plan of a locked conference; return its new version."""
    await store.raise_versions(conn, [conference.id], now)
    await record_beside(conn, conference, action, by=by, **told)
    return conference.version + 1
