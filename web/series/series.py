"""Series from end to end: the dates, their rooms and links, all in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bridges.errors import BridgeNotFound
from bridges.model import Bridge
from bridges.placement.placing_series import find_bridges, place_all
from meetings.approval.asking import steps_for
from meetings.approval.submissions import Submission
from meetings.model import Period, Wish
from meetings.office.workdays import OfficeCalendar
from meetings.scheduling.judging import judge_many
from meetings.scheduling.reasons import Reason
from meetings.scheduling.resources import Hall
from meetings.series import writing as series
from meetings.series.plan import Plan, Schedule, Series, Skipped, SkipReason, schedule_of, wish_on
from meetings.series.rrules import BadRule
from meetings.store import Connection
from meetings.store.occurrences import lock_gate
from web.approval.submitting import submit_series
from web.errors import BadForm
from web.scheduling.booking import Desk, find_wish
from web.series.forms import SeriesBody


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A series before it is written: what is wished for, when, and what came of it."""

    wish: Wish
    schedule: Schedule
    plan: Plan
    halls: Collection[Hall]
    bridges: dict[Period, Bridge]
    warnings: Mapping[date, tuple[Reason, ...]]

    @property
    def against(self) -> list[Reason]:
        """Return all that speaks against its dates."""
        return [reason for said in self.warnings.values() for reason in said]


async def plan_series(
    conn: Connection, desk: Desk, body: SeriesBody, calendar: OfficeCalendar
) -> Draft:
    """Return what a booking of the series would come to; seats are looked at too.

    Raises:
        BadForm: the rule cannot be followed, or there is no bridge of that name.
        Forbidden, UnitNotFound, GroupNotFound, SitesNotFound: as for a booking.
    """
    return await plan_wish(conn, await find_wish(conn, desk, body), body, calendar, now=desk.now)


async def plan_wish(
    conn: Connection, wish: Wish, body: SeriesBody, calendar: OfficeCalendar, *, now: datetime
) -> Draft:
    """Return what a booking of a wish on the dates of the body would come to."""
    try:
        schedule = schedule_of(
            body.rrule, body.start, body.end, zone=body.zone, on_holidays=body.on_holidays
        )
        plan, halls = await series.plan(conn, wish, schedule, calendar, now=now)
    except BadRule as error:
        raise BadForm({"rrule": error.code}) from error
    bridges = await seats_for(conn, wish, plan, bridge=body.bridge)
    full = [
        Skipped(date=one.date, reason=SkipReason.NO_SEATS)
        for one in plan.booked
        if one.period not in bridges
    ]
    plan = plan.without(full)
    warnings = await warnings_for(conn, wish, plan, now=now)
    return Draft(
        wish=wish, schedule=schedule, plan=plan, halls=halls, bridges=bridges, warnings=warnings
    )


async def warnings_for(
    conn: Connection, wish: Wish, plan: Plan, *, now: datetime
) -> dict[date, tuple[Reason, ...]]:
    """Return what speaks against each date that would be booked, without forbidding it."""
    wishes = [wish_on(wish, one.period) for one in plan.booked]
    judged = await judge_many(conn, wishes, own=(), now=now)
    found = zip(plan.booked, judged, strict=True)
    return {one.date: said.soft for one, said in found if said.soft}


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
) -> tuple[Series, Draft] | Submission:
    """Book a series, or submit it as one request where a chain must agree to it.

    Raises:
        SeriesClash: no date is left, or some clash and it was to be all or nothing.
    """
    wish = await find_wish(conn, desk, body)
    if await steps_for(conn, wish.host, wish.kind):
        draft = await plan_wish(conn, wish, body, calendar, now=desk.now)
        series.check_plan(draft.plan, whole=body.all_or_nothing)
        kept = body.model_dump(mode="json", by_alias=True)
        by, now = desk.actor.name, desk.now
        submitted = await submit_series(conn, wish, draft.plan, kept, by=by, now=now)
        if submitted:
            return submitted
    return await carry_series(conn, desk, wish, body, calendar, owner=desk.actor.name)


async def carry_series(
    conn: Connection,
    desk: Desk,
    wish: Wish,
    body: SeriesBody,
    calendar: OfficeCalendar,
    *,
    owner: str,
) -> tuple[Series, Draft]:
    """Book a series for who wished for it; others who want any hall wait until the commit."""
    await lock_gate(conn)
    draft = await plan_wish(conn, wish, body, calendar, now=desk.now)
    series.check_plan(draft.plan, whole=body.all_or_nothing)
    identity, made = await series.write(
        conn,
        draft.wish,
        draft.schedule,
        draft.plan,
        halls=draft.halls,
        key=desk.link_key,
        by=desk.actor.name,
        owner=owner,
        now=desk.now,
        warnings=draft.warnings,
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
