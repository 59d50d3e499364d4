"""A series under another rule or at another time, before anything is changed: found or shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from meetings.model import Conference
from meetings.rrules import BadRule
from meetings.seriesedits import Scope, SeriesChanges, changed, is_retimed
from meetings.seriesplan import Series
from meetings.store import Connection
from meetings.store.occurrences import list_held
from meetings.workdays import local_day
from web.booking import Desk
from web.errors import BadForm
from web.outcomes import Outcome
from web.reshaping import outcome_of
from web.seriesforms import ScopeQuery
from web.seriesscope import meant, required, rest_of


async def preview_dates(
    conn: Connection, desk: Desk, series: Series, changes: SeriesChanges, *, scope: ScopeQuery
) -> Outcome | None:
    """Return what another rule or time would make of the dates, None where it is the same one.

    Nothing is changed, and nobody is kept out: the change itself looks again.

    Raises:
        BadForm: one date alone is meant, or the rule cannot be followed.
        SeriesClash: no date could be held.
    """
    if scope.scope is Scope.ONE:
        raise BadForm({"scope": "not-a-choice"})
    held = await meant(conn, desk, series, scope)
    if scope.scope is Scope.FOLLOWING:
        series = await rest_of(conn, series, required(scope))
    after = changed_by(series, begun(series, changes, held, scope))
    return await turned(
        conn, desk, series, after, changes=replace(changes, whole=False), scope=scope
    )


async def turned(
    conn: Connection,
    desk: Desk,
    before: Series,
    after: Series,
    *,
    changes: SeriesChanges,
    scope: ScopeQuery,
) -> Outcome | None:
    """Return what becomes of the dates of a series under another rule or at another time."""
    if not (changes.repeats or is_retimed(before, after)):
        return None
    since = begins(changes, scope, desk)
    every = await list_held(conn, before.id)
    if scope.scope is Scope.FOLLOWING:
        every = {day: one for day, one in every.items() if day >= since}
    return await outcome_of(
        conn,
        desk,
        before,
        after,
        every,
        since=since,
        repeats=changes.repeats,
        whole=changes.whole,
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
