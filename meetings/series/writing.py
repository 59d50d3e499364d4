"""Series: many conferences from one rule in one transaction; no date is left out in silence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

from meetings import rules
from meetings.audit import record, record_each
from meetings.links.invitations import link_hash, link_secret
from meetings.model import ConferenceId, Period, UnitId, Wish
from meetings.office.workdays import OfficeCalendar
from meetings.scheduling.claiming import check_sites
from meetings.scheduling.reasons import Reason
from meetings.scheduling.resources import Hall
from meetings.series.errors import SeriesClash
from meetings.series.explaining import explained
from meetings.series.limits import beyond, limits_of
from meetings.series.plan import (
    Occurrence,
    Plan,
    Schedule,
    Series,
    SeriesId,
    SkipReason,
    clashes,
    overlapping_itself,
    planned,
    retired,
    wish_on,
)
from meetings.store import Connection, obstacles, occurrences
from meetings.store import series as store
from meetings.store.claims import get_use
from meetings.store.invitations import insert_links
from meetings.store.upstreams import copy_from_series
from meetings.store.warnings import save_warnings

NOTHING_SAID: Mapping[date, Sequence[Reason]] = MappingProxyType({})
REFUSING = frozenset(
    {
        SkipReason.CLASH,
        SkipReason.NOT_FREE,
        SkipReason.NO_SEATS,
        SkipReason.NO_SITES,
        SkipReason.HORIZON,
        SkipReason.QUOTA,
    }
)
"""Reasons that refuse a series which is to be booked whole."""


async def plan(
    conn: Connection, wish: Wish, schedule: Schedule, calendar: OfficeCalendar, *, now: datetime
) -> tuple[Plan, Collection[Hall]]:
    """Return which dates would be booked and which left out, and the halls; nothing is changed.

    Inside a booking the gate is locked first, so what is free stays free.

    Raises:
        BadRule: the rule cannot be followed.
        SecretContent: the words carry a mark of secrecy.
        SitesNotFound, OfficialsNotFound: some are not in use on the first day.
    """
    rules.check_secrecy(title=wish.title, note=wish.note, waiver=wish.waiver)
    found = planned(schedule, calendar, now=now, halls=len(wish.sites))
    if not found.booked:
        return found, ()
    span = Period(found.booked[0].period.start, max(one.period.end for one in found.booked))
    halls = (await check_sites(conn, wish_on(wish, found.booked[0].period))).values()
    between = max(hall.set_up for hall in halls) + max(hall.tear_down for hall in halls)
    found = found.without(overlapping_itself(found.booked, between=between))
    _, gone = await get_use(conn, wish)
    found = found.without(retired(found.booked, gone))
    found_in_way = await obstacles.list_obstacles(conn, wish, halls, span)
    periods = {one.date: one.period for one in found.booked}
    taken = clashes(found.booked, found_in_way)
    found = found.without(await explained(conn, wish, taken, periods, now=now))
    return found.without(beyond(await limits_of(conn, wish.host, now), found.booked)), halls


def check_plan(found: Plan, *, whole: bool) -> None:
    """Raise SeriesClash when no date is left, or when it was to be all or nothing and is not."""
    refused = [one for one in found.skipped if one.reason in REFUSING]
    if not found.booked or (whole and refused):
        raise SeriesClash(found.skipped)


async def write(
    conn: Connection,
    wish: Wish,
    schedule: Schedule,
    found: Plan,
    *,
    halls: Collection[Hall],
    key: bytes,
    by: str,
    owner: str,
    now: datetime,
    warnings: Mapping[date, Sequence[Reason]] = NOTHING_SAID,
) -> tuple[SeriesId, dict[datetime, ConferenceId]]:
    """Write a planned series: conferences, invitations, holds, links and the dates left out.

    What speaks against a date is kept with its conference.  Returns the series' id, and the
    conference that begins at each moment.
    """
    series = await store.insert_series(conn, wish, schedule, by=owner)
    await occurrences.insert_skips(conn, series, found.skipped)
    made = await write_dates(
        conn, series, wish, found.booked, halls=halls, key=key, by=by, owner=owner, now=now
    )
    await save_warnings(conn, ((made[day], 1, said) for day, said in warnings.items()))
    detail: dict[str, object] = {"conferences": len(made), "skipped": len(found.skipped)}
    if against := {one.rule.value for said in warnings.values() for one in said}:
        detail["overridden"] = sorted(against)
    await tell(conn, series, "series.book", unit=wish.host, by=by, **detail)
    return series, {one.period.start: made[one.date] for one in found.booked}


async def write_dates(
    conn: Connection,
    series: SeriesId,
    wish: Wish,
    booked: Sequence[Occurrence],
    *,
    halls: Collection[Hall],
    key: bytes,
    by: str,
    owner: str,
    now: datetime,
) -> dict[date, ConferenceId]:
    """Write the conferences of dates that are free, with their links; they are the owner's."""
    made = await occurrences.insert_conferences(
        conn, series, wish, booked, halls=halls, by=owner, now=now
    )
    await insert_links(
        conn,
        [
            (conference, site, 1, link_hash(link_secret(key, conference, site, 1)))
            for conference in made.values()
            for site in sorted(wish.sites)
        ],
    )
    await copy_from_series(conn, series, made.values())
    await record_each(
        conn,
        [f"conference:{conference}" for conference in made.values()],
        actor=by,
        action="conference.book",
        unit=wish.host,
        detail={"series": series, "sites": len(wish.sites)},
    )
    return made


async def tell(
    conn: Connection, series: SeriesId, action: str, *, unit: UnitId, by: str, **detail: object
) -> None:
    """Write the one audit row of a change and let the other processes know."""
    subject = f"series:{series}"
    await record(
        conn,
        actor=by,
        action=action,
        subject=subject,
        unit=unit,
        detail=detail,
        news=(subject, "snapshot"),
    )


async def series_by_id(conn: Connection, series: SeriesId) -> Series:
    """Return a series, or raise SeriesNotFound."""
    return await store.get_series(conn, series)


async def list_series(
    conn: Connection, units: Collection[UnitId], *, before: SeriesId | None = None, limit: int = 100
) -> list[Series]:
    """Return the series hosted in these subtrees, the newest first."""
    return await store.list_series(conn, units, before=before, limit=limit)
