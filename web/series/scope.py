"""Which dates of a series are meant: one, those after it, or all; and a series cut in two."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from meetings.model import Conference
from meetings.office.days import StaleEntry
from meetings.series.edits import Scope, cut_at, is_open
from meetings.series.plan import Series
from meetings.store import Connection
from meetings.store.occurrences import list_held, list_skips
from meetings.store.series import insert_series, lock_series
from meetings.store.seriesedits import move_dates, save_series
from meetings.store.submissions import move_waiting_dates
from meetings.store.upstreams import copy_to_series
from web.errors import BadForm
from web.scheduling.booking import Desk
from web.series.forms import ScopeQuery


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
    days = await days_of(conn, series, day)
    if day <= min(days):
        return series
    kept, rest = cut_at(series.schedule, days, day)
    made = await insert_series(conn, series.wish, rest, by=by)
    await move_dates(conn, series.id, made, since=day)
    await move_waiting_dates(conn, series.id, made, since=day)
    await copy_to_series(conn, series.id, made)
    await save_series(conn, replace(series, schedule=kept, version=series.version + 1))
    return await lock_series(conn, made)


async def rest_of(conn: Connection, series: Series, day: date) -> Series:
    """Return the series that its dates from a day on would be; nothing is changed."""
    days = await days_of(conn, series, day)
    if day <= min(days):
        return series
    _, rest = cut_at(series.schedule, days, day)
    return replace(series, schedule=rest)


async def days_of(conn: Connection, series: Series, day: date) -> list[date]:
    """Return every date of a series, held or left out; raise BadForm when a day is after all."""
    days = [
        *await list_held(conn, series.id),
        *(one.date for one in await list_skips(conn, series.id)),
    ]
    if day > max(days):
        raise BadForm({"date": "not-a-choice"})
    return days
