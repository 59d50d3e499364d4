"""The sheet: what the record says of each site, and never more than it knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from meetings.attendance.presence import seconds_within, within
from meetings.model import (
    Attendance,
    BlindSpot,
    Conference,
    ConferenceId,
    Interval,
    SheetRow,
    SiteId,
    State,
)
from meetings.office.workdays import local_day
from meetings.store import Connection
from meetings.store import presences as store
from meetings.store.conferences import get_conference
from meetings.store.directory import list_sites_by_ids
from meetings.store.invitations import list_headcounts

TOLERANCE = timedelta(minutes=5)
"""Who is in by then is on time, and who leaves no earlier before the end did not leave early."""

LONGEST_BLINK = timedelta(seconds=120)
"""A hall that came only while we could not see for no longer than this was not there."""

OVER = frozenset({State.ENDED, State.CLOSED})


async def sheet_of(
    conn: Connection, conference: ConferenceId, now: datetime
) -> tuple[SheetRow, ...]:
    """Return a conference's sheet in Vietnamese order of the sites as they were called on its day.

    Raises:
        ConferenceNotFound: there is none of that id.
    """
    found = await get_conference(conn, conference)
    rows = {
        row.site: row
        for row in sheet(
            found,
            await store.list_presences(conn, conference),
            await store.list_blind_spots(conn, conference),
            await list_headcounts(conn, conference),
            now,
        )
    }
    day = local_day(found.period.start)
    return tuple(rows[site.id] for site in await list_sites_by_ids(conn, found.sites, on=day))


def sheet(
    conference: Conference,
    presences: Mapping[SiteId, Sequence[Interval]],
    blind_spots: Sequence[BlindSpot],
    headcounts: Mapping[SiteId, int],
    now: datetime,
) -> tuple[SheetRow, ...]:
    """Return a row for each site, in the conference's order.

    A hall that was never seen is expected while the conference may still see it; afterwards it is
    absent when we looked all the time, else unknown.
    """
    blind = sum((_shared(conference, spot, now) for spot in blind_spots), timedelta())
    return tuple(
        _row(
            conference,
            site,
            tuple(presences.get(site, ())),
            headcount=headcounts.get(site),
            unseen=_unseen(conference, blind),
            now=now,
        )
        for site in conference.sites
    )


def told_by(row: SheetRow) -> tuple[str, str]:
    """Return what tells of a hall's first coming and of its last going."""
    came = (one.start_evidence for one in row.intervals if one.start == row.first_in)
    went = (one.end_evidence for one in row.intervals if one.end == row.last_out)
    return next(came, ""), next(went, "")


def last_moment(conference: Conference, now: datetime) -> datetime:
    """Return until when somebody could come: the real end, or as long as it goes on."""
    if conference.ended_at is not None:
        return conference.ended_at
    return (
        max(conference.period.end, now) if conference.state is State.LIVE else conference.period.end
    )


def _shared(conference: Conference, spot: BlindSpot, now: datetime) -> timedelta:
    until = last_moment(conference, now)
    return max(
        min(spot.period.end, until) - max(spot.period.start, conference.period.start), timedelta()
    )


def _unseen(conference: Conference, blind: timedelta) -> Attendance:
    """Return what to say of a hall that nobody saw."""
    if conference.state not in OVER:
        return Attendance.EXPECTED
    return Attendance.UNKNOWN if blind > LONGEST_BLINK else Attendance.ABSENT


def _row(
    conference: Conference,
    site: SiteId,
    intervals: tuple[Interval, ...],
    *,
    headcount: int | None,
    unseen: Attendance,
    now: datetime,
) -> SheetRow:
    start = conference.period.start
    seen = within(intervals, start, last_moment(conference, now))
    if not seen:
        return SheetRow(site=site, state=unseen, intervals=intervals, headcount=headcount)
    first_in, last_out = seen[0].start, seen[-1].end
    late = first_in > start + TOLERANCE
    return SheetRow(
        site=site,
        state=Attendance.LATE if late else Attendance.PRESENT,
        intervals=intervals,
        present_seconds=seconds_within(seen, start, min(_real_end(conference), now)),
        first_in=first_in,
        last_out=last_out,
        late_minutes=_minutes(first_in - start) if late else 0,
        left_early_minutes=_left_early(conference, last_out),
        headcount=headcount,
        means=frozenset().union(*(one.means for one in seen)),
    )


def _left_early(conference: Conference, last_out: datetime | None) -> int:
    """Return how many minutes before the end a hall was gone for good, beyond the tolerance."""
    if conference.state not in OVER or last_out is None:
        return 0
    end = _real_end(conference)
    return _minutes(end - last_out) if last_out < end - TOLERANCE else 0


def _real_end(conference: Conference) -> datetime:
    """Return when the conference was over within its period."""
    return min(conference.period.end, conference.ended_at or conference.period.end)


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)
