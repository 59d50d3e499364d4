"""A series under another rule or at another time: what becomes of its dates.  Nothing is written.

`web.series.moves` carries out what is found here, and a preview shows it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from bridges.model import Bridge
from bridges.placement.placing_series import find_bridges, find_full
from meetings.model import Conference, ConferenceId, Period, State
from meetings.office.keeping import load_calendar
from meetings.rules import PLANNED, wish_of
from meetings.scheduling.judging import judge_many
from meetings.series import reshaping
from meetings.series.errors import SeriesClash
from meetings.series.limits import beyond, limits_of
from meetings.series.plan import (
    Plan,
    Series,
    Skipped,
    SkipReason,
    planned,
    wish_on,
)
from meetings.series.reshaping import Reshaped, coming, without
from meetings.series.rrules import BadRule
from meetings.store import Connection
from web.errors import BadForm
from web.scheduling.booking import Desk
from web.series.dates import amended, check_free, check_received, check_size, warned
from web.series.outcomes import Asked, Outcome, Turn, settled, stayed_of, taken_by, why_stayed

STILL_OPEN = PLANNED | {State.CANCELLED}


async def outcome_of(
    conn: Connection,
    desk: Desk,
    turn: Turn,
    every: Mapping[date, Conference],
    *,
    whole: bool = False,
) -> Outcome:
    """Return what another rule or time makes of the dates that a series has.

    A conference keeps its links when it moves; what somebody changed by hand stays; dates that
    clash or fall on a holiday are left out in sight, or with `whole` refuse it all.

    Raises:
        BadForm: the rule cannot be followed.
        SeriesClash: no date could be held.
        SiteBusy: one clashes and it was to be all or nothing.
    """
    before, by_id = turn.before, turn.held
    asked = await ask(conn, desk, turn, await wanted_of(conn, desk, turn, every))
    taken = await limited(conn, desk, turn, asked)
    if whole and taken:
        await refuse(conn, desk, asked, taken)
    found = without(asked.found, taken, before, by_id)
    full, bridges = await seats_of(conn, turn, asked, found)
    found = without(found, full, before, by_id)
    found, left_out = settled(turn, asked, found, [*taken, *full])
    if (whole and full) or ((turn.repeats or left_out) and not (found.moving or found.new)):
        raise SeriesClash(found.skipped or left_out)
    stayed = why_stayed(asked, stayed_of(asked, found), left_out)
    return await rewarned(conn, desk, turn, asked, found, bridges=bridges, stayed=stayed)


def turn_of(
    desk: Desk,
    before: Series,
    after: Series,
    every: Mapping[date, Conference],
    *,
    since: date,
    repeats: bool,
) -> Turn:
    """Return the series before and after, with those of its dates that are still to come."""
    held = {day: one for day, one in every.items() if day >= since and is_coming(one, desk)}
    by_id = {one.id: one for one in held.values()}
    days = {one.id: day for day, one in held.items()}
    return Turn(before=before, after=after, held=by_id, days=days, repeats=repeats)


async def wanted_of(
    conn: Connection, desk: Desk, turn: Turn, every: Mapping[date, Conference]
) -> Reshaped:
    """Return what the rule or the time asks for, whatever stands in its way.

    Raises:
        BadForm: the rule cannot be followed, or makes more than can be written at once.
    """
    before, after = turn.before, turn.after
    held = {day: turn.held[number] for number, day in turn.days.items()}
    if turn.repeats:
        plan = await plan_of(conn, desk, after, besides=every.keys() - held.keys())
        found = reshaping.reshaped(before, after, held, plan)
    else:
        found = reshaping.retimed(before, after, held, now=desk.now)
    check_size(turn.held, reshaping.differences(before, after, turn.held, found, stayed=()))
    return found


def is_coming(one: Conference, desk: Desk) -> bool:
    """Tell whether another rule says anything of it; dates that were called off keep their day."""
    return one.state in STILL_OPEN and one.period.start > desk.now


async def plan_of(
    conn: Connection, desk: Desk, after: Series, *, besides: Collection[date]
) -> Plan:
    """Return the coming dates of the new rule, without those that were held already."""
    try:
        calendar, halls = await load_calendar(conn), len(after.wish.sites)
        found = coming(planned(after.schedule, calendar, now=desk.now, halls=halls))
    except BadRule as error:
        raise BadForm({"rrule": error.code}) from error
    return Plan(
        booked=tuple(one for one in found.booked if one.date not in besides),
        skipped=tuple(one for one in found.skipped if one.date not in besides),
    )


async def ask(conn: Connection, desk: Desk, turn: Turn, found: Reshaped) -> Asked:
    """Judge every conference that is to hold something else, and every new date."""
    what = reshaping.differences(turn.before, turn.after, turn.held, found, stayed=())
    changed = await amended(conn, desk, turn.held, what)
    going = [one for one in changed.values() if one.holds and one.before.id in found.moving]
    staying = [one for one in changed.values() if one.holds and one.before.id not in found.moving]
    own = [*(one.before.id for one in going), *found.gone]
    wishes = [wish_of(one.after) for one in going]
    wishes += [wish_on(turn.after.wish, one.period) for one in found.new]
    said = await judge_many(conn, wishes, own=own, now=desk.now)
    new = dict(zip((one.date for one in found.new), said[len(going) :], strict=True))
    judged = {one.before.id: it for one, it in zip(going, said, strict=False)}
    if staying:
        besides = [*own, *(one.before.id for one in staying)]
        wishes = [wish_of(one.after) for one in staying]
        more = await judge_many(conn, wishes, own=besides, now=desk.now)
        judged |= dict(zip((one.before.id for one in staying), more, strict=True))
        await check_free(conn, desk, staying, judged)
    return Asked(found=found, changed=changed, own=own, judged=judged, new=new)


async def limited(conn: Connection, desk: Desk, turn: Turn, asked: Asked) -> list[Skipped]:
    """Return the dates that cannot be held, and the new ones that the host may not book."""
    taken = taken_by(asked)
    out = {one.date for one in taken}
    new = [one for one in asked.found.new if one.date not in out]
    if not new:
        return taken
    limits = await limits_of(conn, turn.after.wish.host, desk.now)
    if limits.room is not None:
        more = len(asked.found.gone) if same_host(turn) else -len(received(turn, asked.found))
        limits = replace(limits, room=max(0, limits.room + more))
    return sorted([*taken, *beyond(limits, new)], key=lambda one: one.date)


def same_host(turn: Turn) -> bool:
    """Tell whether the dates stay with their host."""
    return turn.before.wish.host == turn.after.wish.host


def received(turn: Turn, found: Reshaped) -> list[ConferenceId]:
    """Return the promised dates that another host would get with the series."""
    return [
        number
        for number in found.dates
        if turn.held[number].state is State.CONFIRMED
        and turn.held[number].host == turn.before.wish.host
    ]


async def refuse(conn: Connection, desk: Desk, asked: Asked, taken: Sequence[Skipped]) -> None:
    """Raise why the first date cannot be held that cannot, with what else would be free.

    Raises:
        SiteBusy: others hold what it needs.
        SeriesClash: it is in the way of the series itself, or something is no more by then.
    """
    days = {one.date for one in taken}
    lost = [
        asked.changed[number]
        for number, one in asked.found.moving.items()
        if one.date in days and number in asked.judged and asked.judged[number].hard
    ]
    await check_free(conn, desk, lost[:1], asked.judged)
    raise SeriesClash(taken)


async def seats_of(
    conn: Connection, turn: Turn, asked: Asked, found: Reshaped
) -> tuple[list[Skipped], dict[Period, Bridge]]:
    """Return the dates for which no seats are left, and the bridges that carry the new ones."""
    moving = [asked.changed[number].after for number in asked.judged if number in found.moving]
    full = await find_full(conn, moving, own=asked.own)
    periods = [one.period for one in found.new]
    bridges = await find_bridges(conn, turn.after.wish, periods, bridge=None, own=asked.own)
    days = [found.moving[number].date for number in full]
    days += [one.date for one in found.new if one.period not in bridges]
    return [Skipped(date=day, reason=SkipReason.NO_SEATS) for day in sorted(days)], bridges


async def rewarned(
    conn: Connection,
    desk: Desk,
    turn: Turn,
    asked: Asked,
    found: Reshaped,
    *,
    bridges: Mapping[Period, Bridge],
    stayed: Mapping[ConferenceId, Skipped],
) -> Outcome:
    """Return the outcome, with what was said against each date that moves."""
    what = reshaping.differences(turn.before, turn.after, turn.held, found, stayed)
    changed = {number: one for number, one in asked.changed.items() if number in what}
    if stayed:
        less = {number: what[number] for number in stayed}
        changed = {number: one for number, one in changed.items() if number not in stayed}
        changed |= await amended(conn, desk, turn.held, less)
    await check_received(conn, desk, turn.held, what, changed)
    said = next(iter(asked.new.values()), None)
    return Outcome(
        turn=turn,
        found=found,
        what=what,
        amended=warned(changed, asked.judged),
        new_halls=said.halls.values() if said else (),
        bridges=bridges,
        stayed=stayed,
        new_warnings={one.date: asked.new[one.date].soft for one in found.new},
    )
