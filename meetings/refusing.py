"""Refusing: who holds what was wished for, and what would be free instead."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from meetings.conflicts import (
    Busy,
    Facts,
    PoolLoad,
    Unexplored,
    alternatives,
    free_halls,
    is_free,
    lines_of,
    to_explore,
)
from meetings.errors import SiteBusy
from meetings.model import Alternative, ConferenceId, Period, PoolId, Rival, SiteId, Wish
from meetings.reasons import Reason, Rule
from meetings.resources import Hall, SubjectKind
from meetings.store import Connection, claims, holds
from meetings.store import facts as store
from meetings.workdays import local_day, midnight

UNHELPED = frozenset({Rule.QUOTA})
"""What no other time and no other hall helps against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A wish about to be judged; `own` is the conference that it changes.

    `pools` are the only seats that are asked for, None are all that are open to its kind.
    """

    wish: Wish
    halls: Mapping[SiteId, Hall]
    now: datetime
    own: ConferenceId
    pools: frozenset[PoolId] | None = None


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
    return await store.list_pools(conn, period, kind=kind, own=own, only=case.pools)


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
    near, far = to_explore(case.wish, case.now, facts.calendar)
    standby = await _standby(conn, case, facts, taken)
    last_day = await holds.find_last_day(conn, case.wish.sites, case.wish.officials)
    gone = midnight(last_day) if last_day else far.end

    def found(outlook: Outlook) -> tuple[Alternative, ...]:
        seats = [pool.seats for pool in outlook.pools]
        if seats and max(seats) < len(case.wish.sites):
            return ()
        return alternatives(
            case.wish,
            outlook.busy,
            taken=taken,
            now=case.now,
            until=min(gone, far.end),
            spares=standby.spares,
            proven=partial(_is_proven, case.wish, standby.facts, outlook.pools),
            calendar=facts.calendar,
        )

    try:
        return found(await _outlook(conn, case, near, explored=near.end))
    except Unexplored:
        return found(await _outlook(conn, case, far))


def _is_proven(wish: Wish, facts: Facts, pools: Sequence[PoolLoad], one: Alternative) -> bool:
    """Tell whether the engine finds it free; at other times who is busy was looked up before."""
    other = replace(wish, main_site=one.main_site, sites=one.sites, period=one.period)
    if one.period == wish.period:
        return is_free(other, facts)
    return is_free(other, replace(facts, obstacles=(), pools=pools))


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
    """Return a free hall in place of each that is taken; none where one of them has none."""
    wish, day = case.wish, local_day(case.wish.period.start)
    offered = await store.list_spares(
        conn, taken, sites=wish.sites, main=wish.main_site, host=wish.host, on=day
    )
    if not taken or offered.keys() != taken:
        return Standby(spares={}, facts=facts)
    several = {spare for spares in offered.values() for spare in spares}
    halls = await claims.list_halls(conn, several, on=day)
    reach = claims.widest(halls, wish.period) if halls else wish.period
    near = await store.list_obstacles(
        conn, reach, sites=several, officials=(), lines=lines_of(halls), own=case.own
    )
    free = free_halls(halls, wish.period, near)
    chosen: dict[SiteId, SiteId] = {}
    for site in sorted(offered):
        left = (one for one in offered[site] if one in free and one not in chosen.values())
        if (spare := next(left, None)) is not None:
            chosen[site] = spare
    there = replace(facts, halls={**case.halls, **halls}, obstacles=[*facts.obstacles, *near])
    return Standby(spares=chosen, facts=there)
