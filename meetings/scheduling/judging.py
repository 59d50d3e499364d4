"""Many wishes judged at once by the one conflict engine: each date of a series that changes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import compress

from meetings.conflicts import TURN_ROUND, Facts, Obstacle, judge, lines_of
from meetings.directory.finding import unit_by_id
from meetings.errors import UnitNotFound
from meetings.model import ConferenceId, Period, SiteId, Wish
from meetings.office.workdays import local_day
from meetings.scheduling.claiming import check_ground, in_the_way
from meetings.scheduling.reasons import HolderKind, Reason, Rule
from meetings.scheduling.refusing import rivals_in
from meetings.scheduling.resources import Hall
from meetings.series.plan import Skipped, SkipReason
from meetings.store import Connection, claims, holds
from meetings.store import facts as store


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is against one of many wishes, and how its halls are booked.

    `retired`: its host, or one of its halls or officials, is not there then.
    """

    halls: Mapping[SiteId, Hall]
    hard: tuple[Reason, ...] = ()
    soft: tuple[Reason, ...] = ()
    retired: bool = False

    @property
    def is_free(self) -> bool:
        """Tell whether it can be granted."""
        return not (self.hard or self.retired)


async def judge_many(
    conn: Connection, wishes: Sequence[Wish], *, own: Collection[ConferenceId], now: datetime
) -> list[Judged]:
    """Return what is against each wish; what these conferences of one's own hold is not.

    Neither the host's horizon nor its number is asked about, see `meetings.series.limits`, and
    seats are not looked at.  Only of the first it is told that it is far ahead: series reach for
    years.  It asks once for all wishes that need the same.

    Raises:
        SitesNotFound, OfficialsNotFound: some are not in use on the first day of all.
    """
    alike: dict[object, list[int]] = {}
    for place, wish in enumerate(wishes):
        alike.setdefault((wish.host, wish.sites, wish.officials), []).append(place)
    found: dict[int, Judged] = {}
    for places in alike.values():
        several = [wishes[place] for place in places]
        judged = await _judge_lasting(conn, several, own=own, now=now)
        found |= dict(zip(places, judged, strict=True))
    first = min(range(len(wishes)), key=lambda place: wishes[place].period.start, default=None)
    return [
        found[place] if place == first else without_far(found[place])
        for place in range(len(wishes))
    ]


async def _judge_lasting(
    conn: Connection, wishes: Sequence[Wish], *, own: Collection[ConferenceId], now: datetime
) -> list[Judged]:
    """Return what is against wishes of one host, which may begin only after the first of them."""
    try:
        return await _judge_alike(conn, wishes, own=own, now=now)
    except UnitNotFound:
        host = await unit_by_id(conn, wishes[0].host)
        there = [host.is_valid(local_day(one.period.start)) for one in wishes]
        if not any(there):
            raise
        held = list(compress(wishes, there))
        judged = iter(await _judge_alike(conn, held, own=own, now=now))
    known = [next(judged) if is_there else None for is_there in there]
    halls = next(one.halls for one in known if one)
    return [one or Judged(halls=halls, retired=True) for one in known]


async def _judge_alike(
    conn: Connection, wishes: Sequence[Wish], *, own: Collection[ConferenceId], now: datetime
) -> list[Judged]:
    first = min(wishes, key=lambda wish: wish.period.start)
    span = Period(first.period.start, max(wish.period.end for wish in wishes))
    ground = await check_ground(conn, first)
    halls = ground.halls
    _, gone = await claims.get_use(conn, first)
    wide = claims.widest(halls, span)
    obstacles = await store.list_obstacles(
        conn,
        Period(wide.start - TURN_ROUND, wide.end + TURN_ROUND),
        sites=first.sites,
        officials=first.officials,
        lines=lines_of(halls),
        own=holds.NOBODY,
    )
    facts = Facts(
        now=now,
        halls=halls,
        policy=replace(ground.policy, most_open=None),
        calendar=ground.calendar,
    )
    margin = max(wide.end - span.end, span.start - wide.start) + TURN_ROUND
    near = nearest([wish.period for wish in wishes], others(obstacles, own), margin=margin)
    return [
        _judged(wish, replace(facts, obstacles=around), gone)
        for wish, around in zip(wishes, near, strict=True)
    ]


def _judged(wish: Wish, facts: Facts, gone: date | None) -> Judged:
    verdict = judge(wish, facts)
    return Judged(
        halls=facts.halls,
        hard=tuple(one for one in in_the_way(verdict.hard) if one.rule is not Rule.HORIZON),
        soft=verdict.soft,
        retired=gone is not None and local_day(wish.period.start) >= gone,
    )


def without_far(judged: Judged) -> Judged:
    """Return it without the word that it lies far ahead."""
    kept = tuple(one for one in judged.soft if one.rule is not Rule.FAR_AHEAD)
    return judged if kept == judged.soft else replace(judged, soft=kept)


def skipped_for(day: date, judged: Judged) -> Skipped | None:
    """Return why a date is left out; None where it can be held."""
    if judged.is_free:
        return None
    if judged.retired:
        return Skipped(date=day, reason=SkipReason.NO_SITES)
    rivals = rivals_in(judged.hard, list(judged.halls))
    if rivals:
        return Skipped(date=day, reason=SkipReason.CLASH, rival=rivals[0])
    return Skipped(date=day, reason=SkipReason.NOT_FREE, why=judged.hard)


def others(obstacles: Sequence[Obstacle], own: Collection[ConferenceId]) -> list[Obstacle]:
    """Return what is not one's own."""
    mine = set(own)
    return [
        one
        for one in obstacles
        if one.holder.kind is not HolderKind.CONFERENCE or one.holder.id not in mine
    ]


def nearest(
    periods: Sequence[Period], obstacles: Sequence[Obstacle], *, margin: timedelta
) -> list[list[Obstacle]]:
    """Return for each period the obstacles that come as near as the margin, in their order."""
    order = sorted(range(len(periods)), key=lambda place: periods[place].start)
    starts = [periods[place].start for place in order]
    longest = max((one.end - one.start for one in periods), default=timedelta())
    found: list[list[Obstacle]] = [[] for _ in periods]
    for obstacle in obstacles:
        begin = bisect_left(starts, obstacle.reach.start - longest - margin)
        end = bisect_left(starts, obstacle.reach.end + margin)
        for place in order[begin:end]:
            found[place].append(obstacle)
    return found
