"""Submissions from end to end: seen, answered, and carried out by the last yes."""

from __future__ import annotations

from datetime import date
from functools import partial

from meetings import hosting, submitting
from meetings.errors import IllegalMove
from meetings.model import ConferenceId, State
from meetings.officedays import StaleEntry
from meetings.seriesplan import SeriesId
from meetings.store import Connection
from meetings.store.conferences import lock_conference
from meetings.store.occurrences import lock_gate
from meetings.store.series import lock_series
from meetings.store.seriesedits import lock_dates
from meetings.submissions import Submission, What
from meetings.workdays import OfficeCalendar
from web.amending import carry_change
from web.approving import decider_of
from web.booking import Desk
from web.errors import Forbidden
from web.permissions import Permission
from web.series import carry_series
from web.serieschanges import carry_dates, put_back
from web.seriesforms import ScopeQuery, SeriesBody
from web.submission_sight import see_submission
from web.submitting import CHANGES, is_as_agreed, series_changes_in, wish_in


async def approve(
    conn: Connection, desk: Desk, number: int, calendar: OfficeCalendar
) -> Submission:
    """Say yes; the last yes carries it out."""
    await see_submission(conn, desk.actor, number)
    return await submitting.approve(
        conn,
        number,
        decider=decider_of(desk.actor),
        now=desk.now,
        carry_out=partial(carry_out, desk=desk, calendar=calendar),
    )


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
) -> SeriesId | None:
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
        await restore(conn, desk, found)
        return None
    if conference is None:
        raise ValueError(f"submission {found.id} is of no conference")
    if found.subject.what is What.HOST:
        await hosting.carry(conn, conference, found.subject, by=desk.actor.name, now=desk.now)
    else:
        await change_one(conn, desk, conference, payload["changes"])
    return None


async def change_one(conn: Connection, desk: Desk, conference: ConferenceId, kept: object) -> None:
    """Change a conference that is still confirmed."""
    before = await lock_conference(conn, conference)
    if before.state is not State.CONFIRMED:
        raise IllegalMove(conference, before.state, State.CONFIRMED)
    await carry_change(conn, desk, before, CHANGES.validate_python(kept), version=None)


async def book_submitted(
    conn: Connection, desk: Desk, found: Submission, calendar: OfficeCalendar
) -> SeriesId:
    """Book the series for who asked for it; dates that clash now are left out in sight."""
    body = SeriesBody.model_validate(found.subject.payload["body"])
    wish = wish_in(found.subject)
    made, _ = await carry_series(conn, desk, wish, body, calendar, owner=found.asked_by)
    return made.id


async def restore(conn: Connection, desk: Desk, found: Submission) -> None:
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
    await put_back(conn, desk, series, day, maker=found.asked_by)


async def change_series(conn: Connection, desk: Desk, found: Submission) -> SeriesId | None:
    """Change the dates that were meant; what was typed for one of them counts for that one."""
    payload, number = found.subject.payload, found.subject.series
    if number is None:
        raise ValueError(f"submission {found.id} is of no series")
    series = await lock_series(conn, number)
    if first := payload.get("first"):
        await lock_dates(conn, number)
        await lock_gate(conn)
        await change_one(conn, desk, first["conference"], first["changes"])
    scope = ScopeQuery.model_validate(payload["scope"])
    await carry_dates(conn, desk, series, series_changes_in(found.subject), scope=scope)
    return None
