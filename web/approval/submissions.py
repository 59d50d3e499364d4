"""Submissions from end to end: seen, answered, and carried out by the last yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from meetings.approval import hosting, submitting
from meetings.approval.submissions import Submission, What
from meetings.errors import IllegalMove
from meetings.model import Conference, ConferenceId, State
from meetings.office.days import StaleEntry
from meetings.office.workdays import OfficeCalendar
from meetings.scheduling.reasons import Reason
from meetings.series.plan import SeriesId
from meetings.store import Connection
from meetings.store.conferences import lock_conference
from meetings.store.occurrences import lock_gate
from meetings.store.series import lock_series
from meetings.store.seriesedits import lock_dates
from web.approval.approving import decider_of
from web.approval.submission_sight import see_submission
from web.approval.submitting import CHANGES, is_as_agreed, series_changes_in, wish_in
from web.errors import Forbidden
from web.permissions import Permission
from web.scheduling.amending import carry_change
from web.scheduling.booking import Desk
from web.series.changes import carry_dates, put_back
from web.series.forms import ScopeQuery, SeriesBody
from web.series.series import carry_series


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was carried out: the series that it booked, if any, and what speaks against it."""

    series: SeriesId | None = None
    against: Sequence[Reason] = ()


async def approve(
    conn: Connection, desk: Desk, number: int, calendar: OfficeCalendar
) -> tuple[Submission, list[Reason]]:
    """Say yes; the last yes carries it out.  Return what speaks against what is carried out."""
    await see_submission(conn, desk.actor, number)
    against: list[Reason] = []

    async def carried(conn: Connection, found: Submission) -> SeriesId | None:
        done = await carry_out(conn, found, desk=desk, calendar=calendar)
        against.extend(done.against)
        return done.series

    decider, now = decider_of(desk.actor), desk.now
    after = await submitting.approve(conn, number, decider=decider, now=now, carry_out=carried)
    return after, against


async def refuse(conn: Connection, desk: Desk, number: int, *, reason: str) -> Submission:
    """Say no, with a reason."""
    await see_submission(conn, desk.actor, number)
    decider, now = decider_of(desk.actor), desk.now
    return await submitting.refuse(conn, number, reason=reason, decider=decider, now=now)


async def withdraw(conn: Connection, desk: Desk, number: int) -> Submission:
    """Take it back.

    Raises:
        Forbidden: it is somebody else's.
    """
    seen = await see_submission(conn, desk.actor, number)
    if seen.submission.turn is not None and not seen.may_withdraw:
        raise Forbidden(Permission.BOOK.value)
    return await submitting.withdraw(conn, number, by=desk.actor.name, now=desk.now)


async def carry_out(
    conn: Connection, found: Submission, *, desk: Desk, calendar: OfficeCalendar
) -> Done:
    """Do what was submitted, checked again as if it were asked for now.

    Raises:
        IllegalMove: the conference is confirmed no more.
        SiteBusy, NoSeats, SeriesClash and the like: it cannot be had any more.
    """
    payload, conference = found.subject.payload, found.subject.conference
    if found.subject.what is What.SERIES:
        return await book_submitted(conn, desk, found, calendar)
    if found.subject.what is What.SERIES_CHANGE:
        return await change_series(conn, desk, found)
    if found.subject.what is What.SERIES_DATE:
        return await restore(conn, desk, found)
    if conference is None:
        raise ValueError(f"submission {found.id} is of no conference")
    if found.subject.what is What.HOST:
        await hosting.carry(conn, conference, found.subject, by=desk.actor.name, now=desk.now)
        return Done()
    after = await change_one(conn, desk, conference, payload["changes"])
    return Done(against=after.warnings)


async def change_one(
    conn: Connection, desk: Desk, conference: ConferenceId, kept: object
) -> Conference:
    """Change a conference that is still confirmed."""
    before = await lock_conference(conn, conference)
    if before.state is not State.CONFIRMED:
        raise IllegalMove(conference, before.state, State.CONFIRMED)
    return await carry_change(conn, desk, before, CHANGES.validate_python(kept), version=None)


async def book_submitted(
    conn: Connection, desk: Desk, found: Submission, calendar: OfficeCalendar
) -> Done:
    """Book the series for who asked for it; dates that clash now are left out in sight."""
    body = SeriesBody.model_validate(found.subject.payload["body"])
    wish = wish_in(found.subject)
    made, draft = await carry_series(conn, desk, wish, body, calendar, owner=found.asked_by)
    return Done(series=made.id, against=draft.against)


async def restore(conn: Connection, desk: Desk, found: Submission) -> Done:
    """Put a date back for who asked for it, if it is still what was agreed to.

    Raises:
        StaleEntry: the series has another time or other halls by now.
        DateNotSkipped: it has the date no more, or holds it already.
    """
    subject, day = found.subject, date.fromisoformat(found.subject.payload["date"])
    if subject.series is None:
        raise ValueError(f"submission {found.id} is of no series")
    series = await lock_series(conn, subject.series)
    if not is_as_agreed(subject, series, day):
        raise StaleEntry(f"series {series.id}", series.version)
    made = await put_back(conn, desk, series, day, maker=found.asked_by)
    return Done(against=made.warnings)


async def change_series(conn: Connection, desk: Desk, found: Submission) -> Done:
    """Change the dates that were meant; what was typed for one of them counts for that one."""
    payload, number = found.subject.payload, found.subject.series
    if number is None:
        raise ValueError(f"submission {found.id} is of no series")
    series = await lock_series(conn, number)
    against: Sequence[Reason] = ()
    if first := payload.get("first"):
        await lock_dates(conn, number)
        await lock_gate(conn)
        after = await change_one(conn, desk, first["conference"], first["changes"])
        against = after.warnings
    scope = ScopeQuery.model_validate(payload["scope"])
    changes = series_changes_in(found.subject)
    carried = await carry_dates(conn, desk, series, changes, scope=scope)
    return Done(against=[*against, *carried.against])
