"""Series from end to end: the dates, their rooms and links, all in one transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bridges.errors import BridgeNotFound
from bridges.model import Bridge
from bridges.placing_series import find_bridges, place_all
from meetings import series
from meetings.asking import steps_for
from meetings.model import Period, Wish
from meetings.resources import Hall
from meetings.rrules import BadRule
from meetings.series_errors import NeedsApproval
from meetings.seriesplan import Plan, Schedule, Series, Skipped, SkipReason, schedule_of
from meetings.store import Connection
from meetings.store.occurrences import lock_gate
from meetings.workdays import OfficeCalendar
from web.booking import Desk, find_wish
from web.errors import BadForm
from web.seriesforms import SeriesBody


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A series before it is written: what is wished for, when, and what came of it."""

    wish: Wish
    schedule: Schedule
    plan: Plan
    halls: Collection[Hall]
    bridges: dict[Period, Bridge]


async def plan_series(
    conn: Connection, desk: Desk, body: SeriesBody, calendar: OfficeCalendar
) -> Draft:
    """Return what a booking of the series would come to; seats are looked at too.

    Raises:
        BadForm: the rule cannot be followed, or there is no bridge of that name.
        Forbidden, UnitNotFound, GroupNotFound, SitesNotFound: as for a booking.
    """
    wish = await find_wish(conn, desk, body)
    try:
        schedule = schedule_of(
            body.rrule, body.start, body.end, zone=body.zone, on_holidays=body.on_holidays
        )
        plan, halls = await series.plan(conn, wish, schedule, calendar, now=desk.now)
    except BadRule as error:
        raise BadForm({"rrule": error.code}) from error
    bridges = await seats_for(conn, wish, plan, bridge=body.bridge)
    full = [
        Skipped(date=one.date, reason=SkipReason.NO_SEATS)
        for one in plan.booked
        if one.period not in bridges
    ]
    return Draft(
        wish=wish, schedule=schedule, plan=plan.without(full), halls=halls, bridges=bridges
    )


async def seats_for(
    conn: Connection, wish: Wish, plan: Plan, *, bridge: str | None
) -> dict[Period, Bridge]:
    """Return which bridge carries each date."""
    periods = [one.period for one in plan.booked]
    try:
        return await find_bridges(conn, wish, periods, bridge=bridge)
    except BridgeNotFound as error:
        raise BadForm({"bridge": error.code}) from error


async def book_series(
    conn: Connection, desk: Desk, body: SeriesBody, calendar: OfficeCalendar
) -> tuple[Series, Draft]:
    """Book a series; others who want any hall wait from here until the commit.

    Raises:
        SeriesClash: no date is left, or some clash and it was to be all or nothing.
        NeedsApproval: conferences of that host and kind are asked for.
    """
    await lock_gate(conn)
    draft = await plan_series(conn, desk, body, calendar)
    if await steps_for(conn, draft.wish.host, draft.wish.kind):
        raise NeedsApproval
    series.check_plan(draft.plan, whole=body.all_or_nothing)
    identity, made = await series.write(
        conn,
        draft.wish,
        draft.schedule,
        draft.plan,
        halls=draft.halls,
        key=desk.link_key,
        by=desk.actor.name,
        now=desk.now,
    )
    periods = {one.period.start: one.period for one in draft.plan.booked}
    await place_all(
        conn,
        {conference: periods[start] for start, conference in made.items()},
        draft.bridges,
        kind=draft.wish.kind,
        seats=len(draft.wish.sites),
    )
    return await series.series_by_id(conn, identity), draft
