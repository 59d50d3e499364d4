"""Claiming: all that a wish needs is locked and judged, or refused with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from meetings.conflicts import TURN_ROUND, Facts, judge, lines_of, over_limits, refusals
from meetings.errors import OfficialsNotFound, SiteBusy, SitesNotFound
from meetings.model import ConferenceId, Period, SiteId, Wish
from meetings.office.workdays import local_day
from meetings.scheduling.reasons import Reason, Rule, Verdict
from meetings.scheduling.refusing import Case, PoolsAsked, pools_for, refused
from meetings.scheduling.resources import Hall
from meetings.store import Connection, claims, holds
from meetings.store import facts as store
from meetings.store.grounds import Ground, get_ground, get_standing
from meetings.store.officials import list_in_office


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What was claimed: the halls with how each is booked, and what was said against it.

    `number` is for the conference that is written now, if it is a new one.
    """

    halls: Mapping[SiteId, Hall]
    warnings: tuple[Reason, ...] = ()
    number: ConferenceId = holds.NOBODY


async def check_sites(conn: Connection, wish: Wish) -> Mapping[SiteId, Hall]:
    """Make sure that host, halls and officials are in use; return the halls, others may hold them.

    Raises:
        UnitNotFound, SitesNotFound, OfficialsNotFound: as for the ground.
    """
    return (await check_ground(conn, wish)).halls


async def check_ground(conn: Connection, wish: Wish) -> Ground:
    """Make sure that host, halls and officials are in use; return what the wish stands on.

    The officials stay in office until the transaction ends.

    Raises:
        UnitNotFound: the host is not there on that day.
        SitesNotFound, OfficialsNotFound: some do not exist or are not in use on that day.
    """
    day = local_day(wish.period.start)
    ground = await get_ground(conn, wish.sites, host=wish.host, on=day)
    if ground.halls.keys() != wish.sites:
        raise SitesNotFound(wish.sites - ground.halls.keys())
    if wish.officials:
        missing = wish.officials - await list_in_office(conn, wish.officials, on=day)
        if missing:
            raise OfficialsNotFound(missing)
    return ground


async def judge_wish(
    conn: Connection, wish: Wish, now: datetime, own: ConferenceId = holds.NOBODY
) -> Verdict:
    """Return what is against a wish; a preview, no promise is locked or written.

    Raises:
        SitesNotFound, OfficialsNotFound: some do not exist or are not in use on that day.
    """
    ground = await check_ground(conn, wish)
    case = Case(wish=wish, halls=ground.halls, now=now, own=own)
    facts = _premises(ground, case)
    return judge(wish, await _whole(conn, case, facts))


async def claim_wish(
    conn: Connection,
    wish: Wish,
    *,
    now: datetime,
    own: ConferenceId,
    again: bool = False,
    pools: PoolsAsked | None = None,
) -> Claim:
    """Lock all that is wished for and make sure that it can be had; `again` if it was before.

    `pools` finds the only seats that are asked for.  Whether they are enough is made sure of by who
    holds them.

    Raises:
        SitesNotFound, OfficialsNotFound: some do not exist or are not in use on that day.
        SiteBusy: with every reason, the rivals and three wishes that are free.
    """
    ground = await check_ground(conn, wish)
    case = Case(wish=wish, halls=ground.halls, now=now, own=own, pools=pools)
    facts = _premises(ground, case, again=again)
    counted = wish.host if facts.policy.most_open is not None else None
    near, number = await claims.lock_and_look(
        conn, wish, case.halls, own=own, margin=TURN_ROUND, host=counted
    )
    facts = await (_whole(conn, case, facts) if near else _counted(conn, case, facts))
    verdict = judge(wish, facts)
    if in_the_way(verdict.hard):
        whole = facts if near else await _whole(conn, case, facts)
        raise await refused(conn, case, whole, in_the_way(refusals(wish, whole)))
    return Claim(halls=case.halls, warnings=verdict.soft, number=number)


async def check_limits(conn: Connection, wishes: Sequence[Wish], *, now: datetime) -> None:
    """Make sure that a host may hold these too, and so far ahead: they come from other hosts.

    Locks the host until the transaction ends, where its conferences are counted.

    Raises:
        SiteBusy: with what the host's policy refuses.
    """
    last = max(wishes, key=lambda wish: wish.period.start)
    policy, calendar = await get_standing(conn, last.host)
    if policy.most_open is not None:
        await claims.lock_host(conn, last.host)
    case = Case(wish=last, halls={}, now=now, own=holds.NOBODY)
    facts = await _counted(conn, case, Facts(now=now, policy=policy, calendar=calendar))
    if reasons := over_limits(wishes, facts):
        raise SiteBusy([], (), reasons)


def in_the_way(hard: Iterable[Reason]) -> list[Reason]:
    """Return the hard reasons; whether it is too late was asked before anything was loaded."""
    return [reason for reason in hard if reason.rule is not Rule.PAST]


def _premises(ground: Ground, case: Case, *, again: bool = False) -> Facts:
    """Return what is known of a wish without looking at anybody else's.

    What is changed `again` was counted already.
    """
    policy = replace(ground.policy, most_open=None) if again else ground.policy
    return Facts(now=case.now, halls=case.halls, policy=policy, calendar=ground.calendar)


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
    pools = await pools_for(conn, case, wish.period)
    counted = await _counted(conn, case, facts)
    return replace(counted, obstacles=obstacles, pools=pools)


async def refusal(
    conn: Connection,
    wish: Wish,
    *,
    now: datetime,
    own: ConferenceId,
    again: bool = False,
    pools: PoolsAsked | None = None,
) -> SiteBusy:
    """Return why a wish cannot be granted, with what else would be free; no promise is locked."""
    ground = await check_ground(conn, wish)
    case = Case(wish=wish, halls=ground.halls, now=now, own=own, pools=pools)
    facts = _premises(ground, case, again=again)
    facts = await _whole(conn, case, facts)
    return await refused(conn, case, facts, in_the_way(refusals(wish, facts)))
