"""A series under another rule, carried out: dates move, are called off or are added, in one go."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from bridges.placing_series import find_bridges, place_all
from meetings.claiming import check_sites
from meetings.model import Conference, ConferenceId, Period, State
from meetings.office import load_calendar
from meetings.reshaping import Reshaped, coming, leaving, reshaped, to_check, without, words_of
from meetings.resources import Hall
from meetings.rrules import BadRule
from meetings.rules import PLANNED
from meetings.series import write_dates
from meetings.series_errors import SeriesClash
from meetings.seriesplan import (
    Plan,
    Series,
    Skipped,
    SkipReason,
    clashes,
    overlapping_itself,
    planned,
    retired,
    wish_on,
)
from meetings.store import Connection
from meetings.store.holds import find_last_day
from meetings.store.obstacles import list_obstacles
from meetings.store.occurrences import list_held
from meetings.store.seriesedits import detach, loosen, renumber, replace_skips
from web.amending import cancel_conference
from web.booking import Desk
from web.errors import BadForm
from web.seriesdates import amend_one

REASON = "Lịch họp định kỳ đã thay đổi"
STILL_OPEN = PLANNED | {State.CANCELLED}


async def reshape(
    conn: Connection, desk: Desk, before: Series, after: Series, *, since: date
) -> None:
    """Bring the coming dates of a locked series under another rule; the gate is held.

    A conference keeps its links when it moves; what somebody changed by hand stays; dates that
    clash or fall on a holiday are left out in sight.

    Raises:
        BadForm: the rule cannot be followed.
        SeriesClash: no date could be held; nothing has changed.
    """
    every = await list_held(conn, before.id)
    held = {
        day: one
        for day, one in every.items()
        if day >= since and one.state in STILL_OPEN and one.period.start > desk.now
    }
    plan = await plan_of(conn, desk, after, besides=every.keys() - held.keys())
    found = reshaped(before, after, held, plan)
    by_id = {one.id: one for one in held.values()}
    found, halls = await checked(conn, before, after, found, by_id)
    bridges = await find_bridges(conn, after.wish, [one.period for one in found.new], bridge=None)
    full = [
        Skipped(date=one.date, reason=SkipReason.NO_SEATS)
        for one in found.new
        if one.period not in bridges
    ]
    found = without(found, full, before, by_id)
    if not (found.moving or found.new):
        raise SeriesClash(found.skipped)
    await move(conn, desk, before, after, found=found, held=by_id)
    await replace_skips(conn, after.id, found.skipped, since=min(since, after.schedule.first_day))
    made = await write_dates(
        conn,
        after.id,
        after.wish,
        found.new,
        halls=halls,
        key=desk.link_key,
        by=desk.actor.name,
        owner=after.created_by,
        now=desk.now,
    )
    periods = {made[one.date]: one.period for one in found.new}
    seats = len(after.wish.sites)
    await place_all(conn, periods, bridges, kind=after.wish.kind, seats=seats)


async def plan_of(
    conn: Connection, desk: Desk, after: Series, *, besides: Collection[date]
) -> Plan:
    """Return the coming dates of the new rule, without those that were held already."""
    try:
        found = coming(planned(after.schedule, await load_calendar(conn), now=desk.now))
    except BadRule as error:
        raise BadForm({"rrule": error.code}) from error
    return Plan(
        booked=tuple(one for one in found.booked if one.date not in besides),
        skipped=tuple(one for one in found.skipped if one.date not in besides),
    )


async def checked(
    conn: Connection,
    before: Series,
    after: Series,
    found: Reshaped,
    held: Mapping[ConferenceId, Conference],
) -> tuple[Reshaped, Collection[Hall]]:
    """Return the same without the dates that cannot be had, and the halls."""
    wanted = to_check(found, held)
    if not wanted:
        return found, ()
    halls = (await check_sites(conn, wish_on(after.wish, wanted[0].period))).values()
    between = max(hall.set_up for hall in halls) + max(hall.tear_down for hall in halls)
    span = Period(wanted[0].period.start, max(one.period.end for one in wanted))
    own = [*leaving(found, held), *found.gone]
    in_way = await list_obstacles(conn, after.wish, halls, span, own=own)
    taken = [
        *overlapping_itself(wanted, between=between),
        *retired(wanted, await find_last_day(conn, after.wish.sites, after.wish.officials)),
        *clashes(wanted, in_way),
    ]
    first = {one.date: one for one in reversed(taken)}
    return without(found, list(first.values()), before, held), halls


async def move(
    conn: Connection,
    desk: Desk,
    before: Series,
    after: Series,
    *,
    found: Reshaped,
    held: Mapping[ConferenceId, Conference],
) -> None:
    """Call off what has no date any more and move the others; all let go before any holds again."""
    for number in found.gone:
        await cancel_conference(conn, desk, number, reason=REASON, version=None)
    await detach(conn, found.gone)
    moving = leaving(found, held)
    await loosen(conn, moving)
    await renumber(conn, found.dates)
    for number in found.dates:
        one = held[number]
        if one.state is State.CANCELLED:
            continue
        what = words_of(before, after, one)
        if number in moving:
            what["period"] = moving[number].period
        await amend_one(conn, desk, one, what)
