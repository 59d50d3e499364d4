"""Watching the dates that series left out: which of them have become free."""

from __future__ import annotations

from datetime import datetime

from meetings.claiming import check_sites
from meetings.errors import OfficialsNotFound, SitesNotFound
from meetings.model import Period
from meetings.seriesplan import Occurrence, SeriesId, SkipReason, clashes, wish_on
from meetings.store import Connection
from meetings.store.obstacles import list_obstacles
from meetings.store.occurrences import list_skips
from meetings.store.series import get_series
from meetings.store.seriesedits import list_watched, mark_free
from meetings.workdays import local_day

MAY_COME_FREE = frozenset({SkipReason.CLASH, SkipReason.NOT_FREE})


async def watch_skips(conn: Connection, now: datetime) -> None:
    """Mark every date to come that was left out and could be held now."""
    for series in await list_watched(conn, local_day(now), MAY_COME_FREE):
        await watch_series(conn, series, now)


async def watch_series(conn: Connection, identity: SeriesId, now: datetime) -> None:
    """Mark the dates of one series; those that are taken again are no longer marked."""
    series = await get_series(conn, identity)
    wanted = [
        Occurrence(date=one.date, period=series.schedule.period_on(one.date))
        for one in await list_skips(conn, identity)
        if one.reason in MAY_COME_FREE
    ]
    coming = [one for one in wanted if one.period.start > now]
    if not coming:
        return
    try:
        halls = (await check_sites(conn, wish_on(series.wish, coming[0].period))).values()
    except (SitesNotFound, OfficialsNotFound):
        return
    span = Period(coming[0].period.start, coming[-1].period.end)
    obstacles = await list_obstacles(conn, series.wish, halls, span)
    taken = {one.date for one in clashes(coming, obstacles)}
    free = [one.date for one in coming if one.date not in taken]
    await mark_free(conn, identity, free, reasons=MAY_COME_FREE, now=now)
