"""Refusing: why a wish cannot be granted, who is in the way, and what else would be free."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from meetings.conflicts import HORIZON, Facts, PoolLoad, alternatives, judge, lines_of
from meetings.conflicts.seats import fits
from meetings.errors import SiteBusy
from meetings.model import Alternative, ConferenceId, Period, PoolId, Rival, SiteId, Wish
from meetings.reasons import Reason, Rule
from meetings.resources import Hall, SubjectKind
from meetings.store import Connection, claims, holds
from meetings.store import facts as store
from meetings.workdays import ZONE, local_day

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
    return SiteBusy(await _rivals(conn, case, reasons), ways, list(reasons))


async def _rivals(conn: Connection, case: Case, reasons: Collection[Reason]) -> list[Rival]:
    """Return who holds each hall that is taken, the earliest first, in Vietnamese order."""
    pairs = {
        (subject.id, reason.holder.id)
        for reason in reasons
        if reason.rule is Rule.SITE_TAKEN and reason.holder
        for subject in reason.subjects
    }
    if not pairs:
        return []
    reach = claims.widest(case.halls, case.wish.period)
    found = await holds.list_rivals(conn, case.wish.sites, reach, own=case.own)
    return [rival for rival in found if (rival.site, rival.conference) in pairs]


async def _ways(
    conn: Connection, case: Case, facts: Facts, taken: frozenset[SiteId]
) -> tuple[Alternative, ...]:
    """Return three wishes that the same engine finds free."""
    wish = case.wish
    ahead = Period(case.now, max(case.now, wish.period.end) + HORIZON + timedelta(days=1))
    busy = await _busy(conn, case, ahead)
    pools = await pools_for(conn, case, ahead)
    if pools and max(pool.seats for pool in pools) < len(wish.sites):
        return ()
    spares, there = await _spares(conn, case, facts, taken)

    def proven(one: Alternative) -> bool:
        other = replace(wish, main_site=one.main_site, sites=one.sites, period=one.period)
        if one.period == wish.period:
            return judge(other, there).is_free
        alone = replace(facts, obstacles=(), pools=())
        return judge(other, alone).is_free and fits(pools, one.period, len(one.sites))

    last_day = await holds.find_last_day(conn, wish.sites, wish.officials)
    gone = datetime.combine(last_day, time(), ZONE).astimezone(UTC) if last_day else ahead.end
    return alternatives(
        wish,
        busy,
        ends=[held.end for pool in pools for held, _ in pool.promised],
        taken=taken,
        now=case.now,
        until=min(gone, ahead.end),
        spares=spares,
        proven=proven,
        calendar=facts.calendar,
    )


async def _busy(conn: Connection, case: Case, ahead: Period) -> list[Period]:
    """Return when a conference of these halls and officials cannot be, up to a moment."""
    alike: dict[tuple[timedelta, timedelta], list[SiteId]] = {}
    for hall in case.halls.values():
        alike.setdefault((hall.set_up, hall.tear_down), []).append(hall.site)
    found = await store.list_others_busy(
        conn, ahead, officials=case.wish.officials, lines=lines_of(case.halls), own=case.own
    )
    for (set_up, tear_down), sites in alike.items():
        reach = Period(ahead.start - set_up, ahead.end + tear_down)
        held = await holds.list_busy(conn, sites, reach, own=case.own)
        found += [Period(one.start - tear_down, one.end + set_up) for one in held]
    return found


async def _spares(
    conn: Connection, case: Case, facts: Facts, taken: frozenset[SiteId]
) -> tuple[dict[SiteId, SiteId], Facts]:
    """Return a free hall in place of each that is taken, and the facts with those halls."""
    wish, day = case.wish, local_day(case.wish.period.start)
    offered = await store.list_spares(
        conn, taken, sites=wish.sites, main=wish.main_site, host=wish.host, on=day
    )
    several = {spare for spares in offered.values() for spare in spares}
    if not several or offered.keys() != taken:
        return {}, facts
    halls = await claims.list_halls(conn, several, on=day)
    reach = claims.widest(halls, wish.period) if halls else wish.period
    near = await store.list_obstacles(
        conn, reach, sites=several, officials=(), lines=lines_of(halls), own=case.own
    )
    there = replace(facts, halls={**case.halls, **halls}, obstacles=[*facts.obstacles, *near])
    chosen: dict[SiteId, SiteId] = {}
    for site in sorted(offered):
        for spare in offered[site]:
            alone = replace(
                wish,
                main_site=spare,
                sites=frozenset({spare}),
                chair_id=None,
                delegates=frozenset(),
            )
            if spare in halls and spare not in chosen.values() and judge(alone, there).is_free:
                chosen[site] = spare
                break
    return chosen, there
