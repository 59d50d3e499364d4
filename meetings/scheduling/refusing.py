"""Refusing: who holds what was wished for, and what would be free instead."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from meetings.conflicts import (
    TURN_ROUND,
    Busy,
    Facts,
    Obstacle,
    PoolLoad,
    Unexplored,
    alternatives,
    free_halls,
    is_free,
    lines_of,
    most_free,
    soft_reasons,
    to_explore,
)
from meetings.errors import SiteBusy
from meetings.model import ConferenceId, OfficialId, Period, PoolId, Rival, SiteId, Wish
from meetings.office.workdays import local_day, midnight
from meetings.scheduling.reasons import Reason, Rule
from meetings.scheduling.resources import Hall, SubjectKind
from meetings.scheduling.ways import Alternative
from meetings.store import Connection, claims, grounds, holds, spares
from meetings.store import facts as store

UNHELPED = frozenset({Rule.QUOTA})
"""What no other time and no other hall helps against."""

PoolsAsked = Callable[[Connection], Awaitable[frozenset[PoolId]]]
"""Finds the seats of what was named, once they are looked at: most wishes are granted without."""

MOST_REPLACED = 50
"""If more halls than these are taken, nobody moves them all: only the main one is replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A wish about to be judged; `own` is the conference that it changes.

    `pools` finds the only seats that are asked for; all that are open to its kind where it is None.
    """

    wish: Wish
    halls: Mapping[SiteId, Hall]
    now: datetime
    own: ConferenceId
    pools: PoolsAsked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standby:
    """A free hall in place of each that is taken, and the facts with those halls."""

    spares: Mapping[SiteId, SiteId]
    facts: Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """When the wished halls and people are promised in the days ahead, and the seats."""

    busy: Busy
    pools: Sequence[PoolLoad]


async def pools_for(conn: Connection, case: Case, period: Period) -> list[PoolLoad]:
    """Return the seats that the case asks for, as they are promised to others."""
    kind, own = case.wish.kind, case.own
    only = None if case.pools is None else await case.pools(conn)
    return await store.list_pools(conn, period, kind=kind, own=own, only=only)


async def refused(
    conn: Connection, case: Case, facts: Facts, reasons: Collection[Reason]
) -> SiteBusy:
    """Return why the wish cannot be granted, with what else would be free."""
    taken = frozenset(
        SiteId(subject.id)
        for reason in reasons
        for subject in reason.subjects
        if subject.kind is SubjectKind.SITE
    )
    ways: tuple[Alternative, ...] = ()
    if not any(reason.rule in UNHELPED for reason in reasons):
        ways = await _ways(conn, case, facts, taken)
    return SiteBusy(rivals_in(reasons, list(case.halls)), ways, list(reasons))


def rivals_in(reasons: Iterable[Reason], order: Sequence[SiteId]) -> list[Rival]:
    """Return who holds each hall that is taken, the earliest first, then in the given order."""
    place = {site: number for number, site in enumerate(order)}
    found = [
        Rival(
            site=SiteId(subject.id),
            conference=ConferenceId(reason.holder.id),
            host=reason.holder.host,
            period=reason.period,
            title=reason.holder.words,
            kept=reason.kept,
        )
        for reason in reasons
        if reason.rule is Rule.SITE_TAKEN and reason.holder and reason.holder.host is not None
        for subject in reason.subjects
    ]
    return sorted(found, key=lambda rival: (rival.period.start, place[rival.site]))


async def _ways(
    conn: Connection, case: Case, facts: Facts, taken: frozenset[SiteId]
) -> tuple[Alternative, ...]:
    """Return three wishes that the same engine finds free; the days ahead mostly have them."""
    wish, last = case.wish, last_day_of(facts)
    near, far = to_explore(wish, case.now, facts.calendar, last=last)
    standby = await _standby(conn, case, facts, taken)
    first, gone = await claims.get_use(conn, wish)
    until = min(midnight(gone), far.end) if gone else far.end

    def found(outlook: Outlook) -> tuple[Alternative, ...]:
        return alternatives(
            wish,
            outlook.busy,
            taken=taken,
            now=max(case.now, midnight(first)) if first else case.now,
            until=until,
            last=last,
            room=most_free(facts.pools, wish.period) if facts.pools else None,
            most=max((pool.seats for pool in outlook.pools), default=None),
            spares=standby.spares,
            proven=partial(_is_proven, wish, standby.facts, outlook.pools),
            calendar=facts.calendar,
        )

    try:
        outlook = await _outlook(conn, case, near, explored=near.end)
        ways = found(outlook)
    except Unexplored:
        outlook = await _outlook(conn, case, far)
        ways = found(outlook)
    return tuple([await _warned(conn, case, one, standby.facts, outlook.busy) for one in ways])


def last_day_of(facts: Facts) -> date | None:
    """Return the last day that the host may book."""
    ahead = facts.policy.horizon_days
    return None if ahead is None else local_day(facts.now) + timedelta(days=ahead)


def changed(wish: Wish, one: Alternative) -> Wish:
    """Return the wish as the alternative has it."""
    return replace(wish, main_site=one.main_site, sites=one.sites, period=one.period)


def _is_proven(wish: Wish, facts: Facts, pools: Sequence[PoolLoad], one: Alternative) -> bool:
    """Tell whether the engine finds it free; at other times who is busy was looked up before."""
    if one.period == wish.period:
        return is_free(changed(wish, one), facts)
    return is_free(changed(wish, one), replace(facts, obstacles=(), pools=pools))


async def _warned(
    conn: Connection, case: Case, one: Alternative, facts: Facts, busy: Busy
) -> Alternative:
    """Return an alternative with what speaks against it; who is near is loaded if anybody is."""
    other = changed(case.wish, one)
    if one.period != case.wish.period:
        near: Sequence[Obstacle] = ()
        if busy.meets(one.period, margin=TURN_ROUND):
            near = await _near(conn, case, case.halls, one.period, people=case.wish.officials)
        facts = replace(facts, obstacles=near)
    return replace(one, warnings=tuple(soft_reasons(other, facts)))


async def _near(
    conn: Connection,
    case: Case,
    halls: Mapping[SiteId, Hall],
    period: Period,
    *,
    people: Collection[OfficialId] = (),
) -> Sequence[Obstacle]:
    """Return what is promised of halls and people around a period."""
    reach = claims.widest(halls, period)
    around = Period(reach.start - TURN_ROUND, reach.end + TURN_ROUND)
    return await store.list_obstacles(
        conn, around, sites=halls, officials=people, lines=lines_of(halls), own=case.own
    )


async def _outlook(
    conn: Connection, case: Case, ahead: Period, *, explored: datetime | None = None
) -> Outlook:
    """Return when a conference of these halls and officials cannot be, in the days ahead."""
    alike: dict[tuple[timedelta, timedelta], list[SiteId]] = {}
    for hall in case.halls.values():
        alike.setdefault((hall.set_up, hall.tear_down), []).append(hall.site)
    busy = await store.list_others_busy(
        conn, ahead, officials=case.wish.officials, lines=lines_of(case.halls), own=case.own
    )
    for (set_up, tear_down), sites in alike.items():
        reach = Period(ahead.start - set_up, ahead.end + tear_down)
        held = await holds.list_busy(conn, sites, reach, own=case.own)
        busy += [Period(one.start - tear_down, one.end + set_up) for one in held]
    pools = await pools_for(conn, case, ahead)
    ends = [held.end for pool in pools for held, _ in pool.promised]
    return Outlook(busy=Busy(busy, ends=ends, explored=explored), pools=pools)


async def _standby(conn: Connection, case: Case, facts: Facts, taken: frozenset[SiteId]) -> Standby:
    """Return a free hall in place of each that is taken, where there is one; the main one first."""
    wish, day = case.wish, local_day(case.wish.period.start)
    sought = taken if len(taken) <= MOST_REPLACED else taken & {wish.main_site}
    offered = await spares.list_spares(conn, sought, wish, on=day) if sought else {}
    several = {spare for found in offered.values() for spare in found}
    halls = await grounds.list_halls(conn, several, on=day) if several else {}
    if not halls:
        return Standby(spares={}, facts=facts)
    near = await _near(conn, case, halls, wish.period)
    free = free_halls(halls, wish.period, near)
    chosen: dict[SiteId, SiteId] = {}
    for site in sorted(offered, key=lambda one: (one != wish.main_site, one)):
        left = (one for one in offered[site] if one in free and one not in chosen.values())
        if (spare := next(left, None)) is not None:
            chosen[site] = spare
    there = replace(facts, halls={**case.halls, **halls}, obstacles=[*facts.obstacles, *near])
    return Standby(spares=chosen, facts=there)
