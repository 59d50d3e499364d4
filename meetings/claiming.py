"""Claiming: all that a wish needs is locked and judged; a refusal says why, and what would do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from meetings.conflicts import HORIZON, TURN_ROUND, Facts, alternatives, judge, lines_of
from meetings.conflicts.seats import fits
from meetings.errors import OfficialsNotFound, SiteBusy, SitesNotFound
from meetings.model import Alternative, ConferenceId, Period, Rival, SiteId, Wish
from meetings.reasons import Reason, Rule, Verdict
from meetings.resources import Hall, SubjectKind
from meetings.store import Connection, claims, holds
from meetings.store import facts as store
from meetings.store.officials import list_in_office
from meetings.workdays import ZONE, local_day

UNHELPED = frozenset({Rule.QUOTA})
"""What no other time and no other hall helps against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What was claimed: the halls with how each is booked, and what was said against it."""

    halls: Mapping[SiteId, Hall]
    warnings: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A wish about to be judged; `own` is the conference that it changes."""

    wish: Wish
    halls: Mapping[SiteId, Hall]
    now: datetime
    own: ConferenceId


async def check_sites(conn: Connection, wish: Wish) -> Mapping[SiteId, Hall]:
    """Make sure that halls and officials are in use, and return the halls; others may hold them.

    Raises:
        SitesNotFound, OfficialsNotFound: some do not exist or are not in use on that day.
    """
    day = local_day(wish.period.start)
    halls = await claims.list_halls(conn, wish.sites, on=day)
    if halls.keys() != wish.sites:
        raise SitesNotFound(wish.sites - halls.keys())
    if wish.officials:
        missing = wish.officials - await list_in_office(conn, wish.officials, on=day)
        if missing:
            raise OfficialsNotFound(missing)
    return halls


async def judge_wish(
    conn: Connection, wish: Wish, now: datetime, own: ConferenceId = holds.NOBODY
) -> Verdict:
    """Return what is against a wish; a preview, nothing is locked or written.

    Raises:
        SitesNotFound, OfficialsNotFound: some do not exist or are not in use on that day.
    """
    case = Case(wish=wish, halls=await check_sites(conn, wish), now=now, own=own)
    facts = await _premises(conn, case)
    return judge(wish, await _whole(conn, case, facts))


async def claim_wish(
    conn: Connection, wish: Wish, *, now: datetime, own: ConferenceId, again: bool = False
) -> Claim:
    """Lock all that is wished for and make sure that it can be had; `again` if it was before.

    Raises:
        SitesNotFound, OfficialsNotFound: some do not exist or are not in use on that day.
        SiteBusy: with every reason, the rivals and three wishes that are free.
    """
    case = Case(wish=wish, halls=await check_sites(conn, wish), now=now, own=own)
    facts = await _premises(conn, case)
    if again:
        facts = replace(facts, policy=replace(facts.policy, most_open=None))
    counted = wish.host if facts.policy.most_open is not None else None
    await claims.lock(conn, wish, case.halls, host=counted)
    near = await claims.is_near(conn, wish, case.halls, own=own, margin=TURN_ROUND)
    facts = await (_whole(conn, case, facts) if near else _counted(conn, case, facts))
    verdict = judge(wish, facts)
    if in_the_way(verdict):
        whole = facts if near else await _whole(conn, case, facts)
        raise await _refused(conn, case, whole, in_the_way(judge(wish, whole)))
    return Claim(halls=case.halls, warnings=verdict.soft)


def in_the_way(verdict: Verdict) -> list[Reason]:
    """Return the hard reasons; whether it is too late was asked before anything was loaded."""
    return [reason for reason in verdict.hard if reason.rule is not Rule.PAST]


async def _premises(conn: Connection, case: Case) -> Facts:
    """Return what is known of a wish without looking at anybody else's."""
    policy, calendar = await store.get_standing(conn, case.wish.host)
    return Facts(now=case.now, halls=case.halls, policy=policy, calendar=calendar)


async def _counted(conn: Connection, case: Case, facts: Facts) -> Facts:
    """Return the facts with the host's open conferences, where their number is limited."""
    if facts.policy.most_open is None:
        return facts
    count = await store.count_open(conn, case.wish.host, case.now, own=case.own)
    return replace(facts, open_conferences=count)


async def _whole(conn: Connection, case: Case, facts: Facts) -> Facts:
    """Return the facts with everybody who is near, and the seats."""
    wish, reach = case.wish, claims.widest(case.halls, case.wish.period)
    obstacles = await store.list_obstacles(
        conn,
        Period(reach.start - TURN_ROUND, reach.end + TURN_ROUND),
        sites=wish.sites,
        officials=wish.officials,
        lines=lines_of(case.halls),
        own=case.own,
    )
    pools = await store.list_pools(conn, wish.period, own=case.own)
    counted = await _counted(conn, case, facts)
    return replace(counted, obstacles=obstacles, pools=pools)


async def refusal(conn: Connection, wish: Wish, *, now: datetime, own: ConferenceId) -> SiteBusy:
    """Return why a wish cannot be granted, with what else would be free; nothing is locked."""
    case = Case(wish=wish, halls=await check_sites(conn, wish), now=now, own=own)
    facts = await _whole(conn, case, await _premises(conn, case))
    return await _refused(conn, case, facts, judge(wish, facts).hard)


async def _refused(
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
    pools = await store.list_pools(conn, ahead, own=case.own)
    spares, there = await _spares(conn, case, facts, taken)

    def proven(one: Alternative) -> bool:
        other = replace(wish, main_site=one.main_site, sites=one.sites, period=one.period)
        if one.period == wish.period:
            return judge(other, there).is_free
        alone = replace(facts, obstacles=(), pools=())
        return judge(other, alone).is_free and fits(pools, one.period, len(one.sites))

    last_day = await holds.find_last_day(conn, wish.sites)
    gone = datetime.combine(last_day, time(), ZONE).astimezone(UTC) if last_day else ahead.end
    return alternatives(
        wish,
        busy,
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
