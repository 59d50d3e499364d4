"""Series after they were booked: dates edited, called off and put back, one or many."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from meetings.model import Changes, Conference, ConferenceId
from meetings.officedays import StaleEntry
from meetings.series import series_by_id, tell
from meetings.series_errors import DateNotSkipped
from meetings.seriesedits import (
    Scope,
    SeriesChanges,
    as_changes,
    changed,
    cut_before,
    cut_from,
    followed,
    in_order,
    is_open,
)
from meetings.seriesplan import Series, wish_on
from meetings.store import Connection
from meetings.store.occurrences import list_held, list_skips, lock_gate
from meetings.store.series import insert_series, lock_series
from meetings.store.seriesedits import adopt, lock_dates, move_dates, save_series
from meetings.submissions import Submission
from web.booking import Desk, book_wish, cancel_conference, carry_change
from web.errors import BadForm
from web.seriesforms import ScopeQuery
from web.submitting import CHANGES, submit_change, submit_series_change


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """The date on which a change of several was made, and what is different about it."""

    conference: ConferenceId
    changes: Changes


async def amend_series(
    conn: Connection,
    desk: Desk,
    found: Series,
    changes: SeriesChanges,
    *,
    scope: ScopeQuery,
    version: int | None,
) -> Series | Submission:
    """Change dates of a series, or submit that as one request where a chain must agree to it.

    Raises:
        StaleEntry: somebody else changed it first.
        SiteBusy, NotFree, NoSeats, SitesNotFound: as for a conference.
    """
    series = await locked(conn, found, version)
    submitted = await submit_dates(conn, desk, series, changes, scope=scope)
    return submitted or await carry_dates(conn, desk, series, changes, scope=scope)


async def submit_dates(
    conn: Connection,
    desk: Desk,
    series: Series,
    changes: SeriesChanges,
    *,
    scope: ScopeQuery,
    first: First | None = None,
) -> Submission | None:
    """Submit a change of dates; None where it may be made at once."""
    by, now = desk.actor.name, desk.now
    held = await meant(conn, desk, series, scope)
    if scope.scope is Scope.ONE:
        what = as_changes(followed(series, changed(series, changes), held[0]))
        return await submit_change(conn, held[0].id, what, version=None, by=by, now=now)
    more: dict[str, Any] = {"scope": scope.model_dump(mode="json")}
    if first is not None:
        kept = CHANGES.dump_python(first.changes, mode="json")
        more["first"] = {"conference": first.conference, "changes": kept}
    return await submit_series_change(
        conn,
        series,
        changed(series, changes),
        changes,
        more,
        meant=held,
        by=by,
        now=now,
    )


async def carry_dates(
    conn: Connection, desk: Desk, series: Series, changes: SeriesChanges, *, scope: ScopeQuery
) -> Series:
    """Change dates of a locked series, all that are meant or none; return the series they are of.

    To change the following dates makes a series of its own of them.
    """
    await lock_dates(conn, series.id)
    if changes.moves:
        await lock_gate(conn)
    if scope.scope is Scope.FOLLOWING:
        series = await split(conn, series, required(scope), by=desk.actor.name)
    after = changed(series, changes)
    held = await meant(conn, desk, series, scope)
    for conference in in_order(held, series, after):
        await amend_one(conn, desk, conference, followed(series, after, conference))
    if scope.scope is not Scope.ONE:
        await save_series(conn, after)
    detail = {"scope": scope.scope.value, "conferences": len(held)}
    await tell(conn, series.id, "series.amend", unit=series.wish.host, by=desk.actor.name, **detail)
    return await series_by_id(conn, series.id)


async def locked(conn: Connection, found: Series, version: int | None) -> Series:
    """Return the series, locked until the transaction ends, or raise StaleEntry."""
    series = await lock_series(conn, found.id)
    if version is not None and version != series.version:
        raise StaleEntry(f"series {series.id}", series.version)
    return series


def required(scope: ScopeQuery) -> date:
    """Return the date that a scope of one or the following names, or raise BadForm."""
    if scope.date is None:
        raise BadForm({"date": "required"})
    return scope.date


async def meant(
    conn: Connection, desk: Desk, series: Series, scope: ScopeQuery
) -> list[Conference]:
    """Return the conferences that are meant and not over; one that is meant alone must be."""
    held = await list_held(conn, series.id)
    if scope.scope is Scope.ONE:
        day = required(scope)
        if day not in held:
            raise BadForm({"date": "not-a-choice"})
        return [held[day]]
    first = scope.date if scope.scope is Scope.FOLLOWING else None
    return [
        one
        for day, one in held.items()
        if is_open(one, desk.now) and (first is None or day >= first)
    ]


async def split(conn: Connection, series: Series, day: date, *, by: str) -> Series:
    """Make a series of its own of the dates from a day on."""
    days = [
        *await list_held(conn, series.id),
        *(one.date for one in await list_skips(conn, series.id)),
    ]
    if day <= min(days):
        return series
    if day > max(days):
        raise BadForm({"date": "not-a-choice"})
    rule = series.schedule.rule
    rest = replace(series.schedule, rule=cut_from(rule, max(days)), first_day=day)
    made = await insert_series(conn, series.wish, rest, by=by)
    await move_dates(conn, series.id, made, since=day)
    kept = replace(series.schedule, rule=cut_before(rule, day))
    await save_series(conn, replace(series, schedule=kept, version=series.version + 1))
    return await lock_series(conn, made)


async def amend_one(
    conn: Connection, desk: Desk, conference: Conference, what: dict[str, Any]
) -> None:
    """Change one conference as its series says."""
    if what:
        await carry_change(conn, desk, conference, as_changes(what), version=None)


async def cancel_series(
    conn: Connection, desk: Desk, found: Series, *, scope: ScopeQuery, version: int | None
) -> Series:
    """Call dates of a series off; those that are over stay as they are."""
    series = await locked(conn, found, version)
    held = await meant(conn, desk, series, scope)
    for conference in held:
        await cancel_conference(conn, desk, conference.id, reason=scope.reason, version=None)
    await save_series(conn, replace(series, version=series.version + 1))
    detail = {"scope": scope.scope.value, "conferences": len(held), "reason": scope.reason}
    await tell(
        conn, series.id, "series.cancel", unit=series.wish.host, by=desk.actor.name, **detail
    )
    return await series_by_id(conn, series.id)


async def restore_date(conn: Connection, desk: Desk, found: Series, day: date) -> Conference:
    """Put a date back that was left out, at the time the series has now.

    Raises:
        DateNotSkipped: it was not left out.
        SiteBusy, NotFree, NoSeats, TooLate: it still cannot be held.
    """
    series = await lock_series(conn, found.id)
    if day not in {one.date for one in await list_skips(conn, series.id)}:
        raise DateNotSkipped(day)
    wish = wish_on(series.wish, series.schedule.period_on(day))
    conference = await book_wish(conn, desk, wish, bridge=None)
    await adopt(conn, conference.id, series.id, day)
    detail = {"date": day.isoformat(), "conference": conference.id}
    await tell(conn, series.id, "series.restore", unit=wish.host, by=desk.actor.name, **detail)
    return conference
