"""Series after they were booked: dates edited, called off and put back, one or many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from meetings.approval.submissions import Submission
from meetings.directory.finding import unit_by_code
from meetings.model import Changes, Conference, ConferenceId, Wish
from meetings.office.workdays import local_day
from meetings.reforms.standing import standing_on_days
from meetings.rules import check_secrecy
from meetings.scheduling.reasons import Reason
from meetings.series.edits import (
    Scope,
    SeriesChanges,
    as_changes,
    followed,
)
from meetings.series.errors import DateNotSkipped
from meetings.series.plan import Series, wish_on
from meetings.series.writing import series_by_id, tell
from meetings.store import Connection
from meetings.store.occurrences import list_hosts, list_skips, lock_gate
from meetings.store.series import lock_series
from meetings.store.seriesedits import adopt, lock_dates, save_series
from meetings.store.upstreams import copy_from_series
from web.approval.submitting import (
    CHANGES,
    follow_dates,
    submit_change,
    submit_date,
    submit_series_change,
)
from web.errors import BadForm
from web.scheduling.amending import cancel_conference
from web.scheduling.booking import Desk, allowed, book_at_once
from web.series.dates import amend_one, cancel_all, check_received, check_size
from web.series.forms import ScopeQuery, SeriesChangesBody
from web.series.moves import carry
from web.series.outcomes import OtherOutcome
from web.series.scope import locked, meant, required, split
from web.series.turns import begins, begun, changed_by, check_rule, turned


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """The date on which a change of several was made, and what is different about it."""

    conference: ConferenceId
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """The series whose dates were changed, and what speaks against what they hold now."""

    series: Series
    against: Sequence[Reason]


async def changes_in(conn: Connection, desk: Desk, body: SeriesChangesBody) -> SeriesChanges:
    """Return the changes; one who names another host books for it too.

    Raises:
        Forbidden, UnitNotFound: the host is not the actor's, or there is none.
    """
    changes = body.changes()
    if body.host is None:
        return changes
    host = allowed(desk.actor, await unit_by_code(conn, body.host, local_day(desk.now)))
    return replace(changes, host=host)


async def amend_series(
    conn: Connection,
    desk: Desk,
    found: Series,
    changes: SeriesChanges,
    *,
    scope: ScopeQuery,
    version: int | None,
    seen: str | None = None,
) -> Series | Submission:
    """Change dates of a series, or submit that as one request where a chain must agree to it.

    `seen` is the mark of the outcome that was looked at, if one was.

    Raises:
        OtherOutcome: at once it would come to something else than what was seen.
        StaleEntry: somebody else changed it first.
        SiteBusy, NotFree, NoSeats, SitesNotFound: as for a conference.
    """
    series = await locked(conn, found, version)
    submitted = await submit_dates(conn, desk, series, changes, scope=scope)
    if submitted:
        return submitted
    carried = await carry_dates(conn, desk, series, changes, scope=scope, seen=seen)
    return carried.series


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
    after = changed_by(series, changes)
    if scope.scope is Scope.ONE and changes.repeats:
        raise BadForm({"scope": "not-a-choice"})
    if scope.scope is Scope.ONE:
        what = followed(series, after, held[0])
        if "host" in what:
            raise BadForm({"host": "not-a-choice"})
        wanted = as_changes(what)
        return await submit_change(conn, held[0].id, wanted, version=None, by=by, now=now)
    by_id = {one.id: one for one in held}
    different = {one.id: followed(series, after, one) for one in held}
    check_size(by_id, different)
    await check_received(conn, desk, by_id, different, {})
    more: dict[str, Any] = {"scope": scope.model_dump(mode="json")}
    if first is not None:
        kept = CHANGES.dump_python(first.changes, mode="json")
        more["first"] = {"conference": first.conference, "changes": kept}
    submitted = await submit_series_change(
        conn, series, after, changes, more, meant=held, by=by, now=now
    )
    if submitted is not None and changes.repeats:
        await check_rule(conn, desk, series, changes, scope=scope)
    return submitted


async def carry_dates(
    conn: Connection,
    desk: Desk,
    series: Series,
    changes: SeriesChanges,
    *,
    scope: ScopeQuery,
    seen: str | None = None,
) -> Carried:
    """Change dates of a locked series, all that are meant or none; return the series they are of.

    To change the following dates makes a series of its own of them.
    """
    await lock_dates(conn, series.id)
    if changes.moves:
        await lock_gate(conn)
    if scope.scope is Scope.FOLLOWING:
        series = await split(conn, series, required(scope), by=desk.actor.name)
    held = await meant(conn, desk, series, scope)
    after = changed_by(series, begun(series, changes, held, scope))
    check_secrecy(title=changes.title, note=changes.note)
    against: Sequence[Reason] = ()
    if scope.scope is Scope.ONE:
        await amend_one(conn, desk, held[0], followed(series, after, held[0]))
    else:
        outcome = await turned(conn, desk, series, after, changes=changes, scope=scope)
        if seen not in {None, outcome.mark} and outcome.shows:
            raise OtherOutcome(outcome)
        await carry(conn, desk, outcome, since=begins(changes, scope, desk))
        await save_series(conn, after)
        against = outcome.against
    by, detail = desk.actor.name, {"scope": scope.scope.value, "conferences": len(held)}
    await tell(conn, series.id, "series.amend", unit=series.wish.host, by=by, **detail)
    now_is = await series_by_id(conn, series.id)
    await follow_dates(conn, now_is, by=by, now=desk.now)
    return Carried(series=now_is, against=against)


async def cancel_series(
    conn: Connection, desk: Desk, found: Series, *, scope: ScopeQuery, version: int | None
) -> Series:
    """Call dates of a series off; those that are over stay as they are."""
    series = await locked(conn, found, version)
    await lock_dates(conn, series.id)
    held = await meant(conn, desk, series, scope)
    if scope.scope is Scope.ONE:
        await cancel_conference(conn, desk, held[0].id, reason=scope.reason, version=None)
    else:
        await cancel_all(conn, desk, held, reason=scope.reason)
    await save_series(conn, replace(series, version=series.version + 1))
    detail = {"scope": scope.scope.value, "conferences": len(held), "reason": scope.reason}
    await tell(
        conn, series.id, "series.cancel", unit=series.wish.host, by=desk.actor.name, **detail
    )
    return await series_by_id(conn, series.id)


async def restore_date(
    conn: Connection, desk: Desk, found: Series, day: date
) -> Conference | Submission:
    """Put a date back that was left out, at the time the series has now.

    Where a chain must agree it is submitted, and stays left out until then.

    Raises:
        DateNotSkipped: it was not left out.
        SiteBusy, NotFree, NoSeats, TooLate: it still cannot be held.
    """
    series = await lock_series(conn, found.id)
    await check_skipped(conn, series, day)
    wish = await wish_for(conn, series, day)
    by, now = desk.actor.name, desk.now
    submitted = await submit_date(conn, series, wish, day, by=by, now=now)
    return submitted or await put_back(conn, desk, series, day)


async def put_back(
    conn: Connection, desk: Desk, series: Series, day: date, *, maker: str | None = None
) -> Conference:
    """Book a date of a locked series that was left out, for who asked for it.

    Raises:
        DateNotSkipped: it is left out no more.
        SiteBusy, NotFree, NoSeats, TooLate: it still cannot be held.
    """
    await check_skipped(conn, series, day)
    wish = await wish_for(conn, series, day)
    conference = await book_at_once(conn, desk, wish, bridge=None, maker=maker)
    await adopt(conn, conference.id, series.id, day)
    await copy_from_series(conn, series.id, [conference.id])
    detail = {"date": day.isoformat(), "conference": conference.id}
    await tell(conn, series.id, "series.restore", unit=wish.host, by=desk.actor.name, **detail)
    return conference


async def wish_for(conn: Connection, series: Series, day: date) -> Wish:
    """Return what a series asks for on a day; units become others, before and after that day."""
    wish = wish_on(series.wish, series.schedule.period_on(day))
    on, hosts = local_day(wish.period.start), await list_hosts(conn, series.id)
    held_by = await standing_on_days(conn, wish.host, [on], rather=hosts)
    return replace(wish, host=held_by[on])


async def check_skipped(conn: Connection, series: Series, day: date) -> None:
    """Raise DateNotSkipped when the series has no such date that was left out."""
    if day not in {one.date for one in await list_skips(conn, series.id)}:
        raise DateNotSkipped(day)
