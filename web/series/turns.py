"""A series under another rule or at another time, before anything is changed: found or shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from meetings.model import Conference, ConferenceId
from meetings.office.workdays import local_day
from meetings.series.edits import Scope, SeriesChanges, changed, followed, is_open, is_retimed
from meetings.series.plan import Series
from meetings.series.reshaping import Reshaped
from meetings.series.rrules import BadRule
from meetings.store import Connection
from meetings.store.occurrences import list_held
from web.errors import BadForm
from web.scheduling.booking import Desk
from web.series.dates import weighed
from web.series.forms import ScopeQuery
from web.series.outcomes import Outcome, Turn
from web.series.reshaping import outcome_of, turn_of, wanted_of
from web.series.scope import meant, required, rest_of


async def preview_dates(
    conn: Connection,
    desk: Desk,
    series: Series,
    changes: SeriesChanges,
    *,
    scope: ScopeQuery,
    besides: ConferenceId | None = None,
) -> Outcome:
    """Return what a change would make of the dates, `besides` one that is changed by itself.

    Nothing is changed, and nobody is kept out: the change itself looks again.

    Raises:
        BadForm: one date alone is meant, or the rule cannot be followed.
        SeriesClash: no date could be held.
        SiteBusy: one cannot have what it is to hold, and keeps its time.
    """
    if scope.scope is Scope.ONE:
        raise BadForm({"scope": "not-a-choice"})
    before, after = await shaped(conn, desk, series, changes, scope)
    return await turned(conn, desk, before, after, changes=changes, scope=scope, besides=besides)


async def check_rule(
    conn: Connection, desk: Desk, series: Series, changes: SeriesChanges, *, scope: ScopeQuery
) -> None:
    """Refuse a rule that could not be carried out whole, before anybody is asked to agree to it.

    Raises:
        BadForm: it cannot be followed, or makes more dates than can be written at once.
    """
    before, after = await shaped(conn, desk, series, changes, scope)
    every = await dates_of(conn, before, changes, scope, desk)
    since = begins(changes, scope, desk)
    turn = turn_of(desk, before, after, every, since=since, repeats=True)
    await wanted_of(conn, desk, turn, every)


async def shaped(
    conn: Connection, desk: Desk, series: Series, changes: SeriesChanges, scope: ScopeQuery
) -> tuple[Series, Series]:
    """Return the series that is meant, cut where it would be, before and after the changes."""
    held = await meant(conn, desk, series, scope)
    if scope.scope is Scope.FOLLOWING:
        series = await rest_of(conn, series, required(scope))
    return series, changed_by(series, begun(series, changes, held, scope))


async def dates_of(
    conn: Connection,
    series: Series,
    changes: SeriesChanges,
    scope: ScopeQuery,
    desk: Desk,
    *,
    besides: ConferenceId | None = None,
) -> dict[date, Conference]:
    """Return the dates that a change says anything of, `besides` one."""
    since = begins(changes, scope, desk)
    every = await list_held(conn, series.id)
    if scope.scope is Scope.FOLLOWING:
        every = {day: one for day, one in every.items() if day >= since}
    return {day: one for day, one in every.items() if one.id != besides}


async def turned(
    conn: Connection,
    desk: Desk,
    before: Series,
    after: Series,
    *,
    changes: SeriesChanges,
    scope: ScopeQuery,
    besides: ConferenceId | None = None,
) -> Outcome:
    """Return what becomes of the dates of a series: by another rule or time, or on their days."""
    every = await dates_of(conn, before, changes, scope, desk, besides=besides)
    if not (changes.repeats or is_retimed(before, after)):
        return await steady(conn, desk, before, after, every)
    since = begins(changes, scope, desk)
    turn = turn_of(desk, before, after, every, since=since, repeats=changes.repeats)
    return await outcome_of(conn, desk, turn, every, whole=changes.whole)


async def steady(
    conn: Connection, desk: Desk, before: Series, after: Series, every: Mapping[date, Conference]
) -> Outcome:
    """Return what becomes of dates that keep their times."""
    days = {one.id: day for day, one in every.items() if is_open(one, desk.now)}
    held = {number: every[day] for number, day in days.items()}
    what = {number: followed(before, after, one) for number, one in held.items()}
    return Outcome(
        turn=Turn(before=before, after=after, held=held, days=days, repeats=False),
        found=Reshaped(dates=days, moving={}, gone=(), new=(), skipped=()),
        what=what,
        amended=await weighed(conn, desk, held, what),
        new_halls=(),
        bridges={},
        stayed={},
    )


def changed_by(series: Series, changes: SeriesChanges) -> Series:
    """Return the series after the changes.

    Raises:
        BadForm: the rule cannot be followed.
    """
    try:
        return changed(series, changes)
    except BadRule as error:
        raise BadForm({"rrule": error.code}) from error


def begun(
    series: Series, changes: SeriesChanges, held: Sequence[Conference], scope: ScopeQuery
) -> SeriesChanges:
    """Return the changes with the day on which another rule begins: the first date meant.

    Raises:
        BadForm: one date alone was to repeat.
    """
    if not changes.repeats or changes.first_day is not None:
        return changes
    zone = ZoneInfo(series.schedule.zone)
    days = [one.period.start.astimezone(zone).date() for one in held]
    return replace(changes, first_day=scope.date or min(days, default=series.schedule.first_day))


def begins(changes: SeriesChanges, scope: ScopeQuery, desk: Desk) -> date:
    """Return the first date that a change says anything of."""
    if scope.scope is Scope.FOLLOWING:
        return required(scope)
    return local_day(desk.now) if changes.repeats else date.min
