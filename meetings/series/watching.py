"""Watching the dates that series left out: which of them have become free."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime

from meetings.model import Period, UnitId, Wish
from meetings.office.workdays import local_day
from meetings.reforms.standing import standing_on_days
from meetings.series.plan import Occurrence, Series, SeriesId, Skipped, SkipReason, clashes
from meetings.store import Connection
from meetings.store.claims import get_use
from meetings.store.grounds import list_halls
from meetings.store.obstacles import list_obstacles
from meetings.store.occurrences import list_hosts, list_skips
from meetings.store.series import get_series
from meetings.store.seriesedits import list_watched, mark_free

MAY_COME_FREE = frozenset({SkipReason.CLASH, SkipReason.NOT_FREE, SkipReason.NO_SITES})


async def watch_skips(conn: Connection, now: datetime) -> None:
    """Mark every date to come that was left out and could be held now."""
    for series in await list_watched(conn, local_day(now), MAY_COME_FREE):
        await watch_series(conn, series, now)


async def watch_series(conn: Connection, identity: SeriesId, now: datetime) -> None:
    """Mark the dates of one series; those that are taken again are no longer marked."""
    series = await get_series(conn, identity)
    free = await free_now(conn, series, await list_skips(conn, identity), now=now)
    await mark_free(conn, identity, free, reasons=MAY_COME_FREE, now=now)


async def still_free(
    conn: Connection, series: Series, skipped: Sequence[Skipped], *, now: datetime
) -> list[Skipped]:
    """Return the same dates; those that were marked and are taken again by now are unmarked."""
    marked = [one for one in skipped if one.free_since is not None]
    free = await free_now(conn, series, marked, now=now)
    return [one if one.date in free else replace(one, free_since=None) for one in skipped]


async def free_now(
    conn: Connection, series: Series, skipped: Sequence[Skipped], *, now: datetime
) -> list[date]:
    """Return which of the dates that a series left out are to come and could be held."""
    wanted = [
        Occurrence(date=one.date, period=series.schedule.period_on(one.date))
        for one in skipped
        if one.reason in MAY_COME_FREE
    ]
    coming = [one for one in wanted if one.period.start > now]
    if not coming:
        return []
    return await list_free(conn, series.wish, coming, await list_hosts(conn, series.id))


async def list_free(
    conn: Connection, wish: Wish, coming: Sequence[Occurrence], hosts: Collection[UnitId]
) -> list[date]:
    """Return the dates on which all that a series needs is there, and nothing is in the way.

    Who stands in its host's place on a date holds it; of several, one of `hosts`.
    """
    days = {one.date: local_day(one.period.start) for one in coming}
    held_by = await standing_on_days(conn, wish.host, set(days.values()), rather=hosts)
    use = {
        host: await get_use(conn, replace(wish, host=host))
        for host in sorted(set(held_by.values()))
    }
    there = [one for one in coming if is_within(use[held_by[days[one.date]]], days[one.date])]
    if not there:
        return []
    halls = await list_halls(conn, wish.sites, on=local_day(there[0].period.start))
    span = Period(there[0].period.start, there[-1].period.end)
    obstacles = await list_obstacles(conn, wish, halls.values(), span)
    taken = {one.date for one in clashes(there, obstacles)}
    return [one.date for one in there if one.date not in taken]


def is_within(use: tuple[date | None, date | None], day: date) -> bool:
    """Tell whether a day lies in what all are there for, from the first day to before the last."""
    first, gone = use
    return (first or date.min) <= day < (gone or date.max)
