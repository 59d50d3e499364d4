"""What stands in the way of dates that were left out, where it is no conference in a hall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from meetings.errors import OfficialsNotFound, SitesNotFound, UnitNotFound
from meetings.model import Period, Wish
from meetings.scheduling.judging import judge_many
from meetings.series.plan import Series, Skipped, SkipReason, wish_on
from meetings.series.watching import still_free
from meetings.store import Connection
from meetings.store.occurrences import list_skips


async def skips_of(conn: Connection, series: Series, *, now: datetime) -> list[Skipped]:
    """Return the dates of a series that were left out, with what stands in their way by now."""
    skipped = await still_free(conn, series, await list_skips(conn, series.id), now=now)
    periods = {one.date: series.schedule.period_on(one.date) for one in skipped}
    return await explained(conn, series.wish, skipped, periods, now=now)


async def explained(
    conn: Connection,
    wish: Wish,
    skipped: Sequence[Skipped],
    periods: Mapping[date, Period],
    *,
    now: datetime,
) -> list[Skipped]:
    """Return the same with who or what has an official or a line, or keeps a hall closed."""
    asked = [one.date for one in skipped if one.reason is SkipReason.NOT_FREE]
    if not asked:
        return list(skipped)
    wishes = [wish_on(wish, periods[day]) for day in asked]
    try:
        judged = await judge_many(conn, wishes, own=(), now=now)
    except (UnitNotFound, SitesNotFound, OfficialsNotFound):
        return list(skipped)
    why = {day: said.hard for day, said in zip(asked, judged, strict=True)}
    return [replace(one, why=why.get(one.date, ())) for one in skipped]
