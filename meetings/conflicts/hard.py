"""Hard reasons: what a wish cannot be granted against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from meetings.conflicts.facts import Facts, Obstacle, lines_of
from meetings.conflicts.seats import fits, most_free, users
from meetings.ids import SiteId
from meetings.model import Wish
from meetings.office.workdays import local_day
from meetings.period import Period
from meetings.scheduling.reasons import TAKEN, HolderKind, Reason, Rule
from meetings.scheduling.resources import Hall, Subject, SubjectKind

MOST_USERS = 5
"""So many of those who use the seats are named."""

LATEST_START = timedelta(minutes=15)
"""How far in the past an urgent call may have begun when it is booked."""


def hard_reasons(wish: Wish, facts: Facts) -> Iterator[Reason]:
    """Yield what refuses the wish: first what no other time helps, then who stands in the way."""
    period = wish.period
    if period.start < facts.now - LATEST_START or period.end <= facts.now:
        yield Reason(rule=Rule.PAST, period=period, until=facts.now)
    yield from limits(wish, facts)
    wanted = wanted_of(wish, facts.halls) if facts.obstacles else {}
    for obstacle in facts.obstacles:
        yield from clashes(obstacle, wanted, period)
    if not fits(facts.pools, period, len(wish.sites)):
        yield from seat_reasons(wish, facts)


def seat_reasons(wish: Wish, facts: Facts) -> Iterator[Reason]:
    """Yield that seats are short, then who uses the most of them, each from when until when."""
    free = max(0, most_free(facts.pools, wish.period))
    yield Reason(rule=Rule.NO_SEATS, period=wish.period, limit=free, given=len(wish.sites))
    for holder, held, seats in users(facts.pools, wish.period)[:MOST_USERS]:
        yield Reason(rule=Rule.NO_SEATS, period=held, holder=holder, limit=free, given=seats)


def limits(wish: Wish, facts: Facts) -> Iterator[Reason]:
    """Yield what the host's own policy refuses."""
    policy, host = facts.policy, (Subject(SubjectKind.HOST, wish.host),)
    ahead = (local_day(wish.period.start) - local_day(facts.now)).days
    if policy.horizon_days is not None and ahead > policy.horizon_days:
        yield Reason(
            rule=Rule.HORIZON,
            period=wish.period,
            subjects=host,
            limit=policy.horizon_days,
            given=ahead,
        )
    if policy.most_open is not None and facts.open_conferences >= policy.most_open:
        yield Reason(
            rule=Rule.QUOTA,
            period=wish.period,
            subjects=host,
            limit=policy.most_open,
            given=facts.open_conferences,
        )


def over_limits(wishes: Sequence[Wish], facts: Facts) -> list[Reason]:
    """Return what one host's own policy refuses of several wishes at once.

    The last of them stands for all: none is further ahead, and by then all others are there.
    """
    last = max(wishes, key=lambda wish: wish.period.start)
    others = facts.open_conferences + len(wishes) - 1
    return list(limits(last, replace(facts, open_conferences=others)))


def wanted_of(wish: Wish, halls: Mapping[SiteId, Hall]) -> dict[Subject, Period]:
    """Return what the wish needs, each from when until when; halls need time before and after."""
    mine = {site: halls.get(site) or Hall(site=site) for site in wish.sites}
    people = {Subject(SubjectKind.OFFICIAL, one): wish.period for one in wish.officials}
    return reaches_of(mine, wish.period) | people


def reaches_of(halls: Mapping[SiteId, Hall], period: Period) -> dict[Subject, Period]:
    """Return from when until when halls and their lines are needed for a period."""
    reaches = {Subject(SubjectKind.SITE, one): hall.reach(period) for one, hall in halls.items()}
    return reaches | {Subject(SubjectKind.LINE, line): period for line in lines_of(halls)}


def free_halls(
    halls: Mapping[SiteId, Hall], period: Period, obstacles: Sequence[Obstacle]
) -> frozenset[SiteId]:
    """Return the halls that nothing stands in the way of, their lines included."""
    wanted = reaches_of(halls, period)
    taken = {
        subject
        for obstacle in obstacles
        for reason in clashes(obstacle, wanted, period)
        for subject in reason.subjects
    }
    return frozenset(
        site
        for site, hall in halls.items()
        if Subject(SubjectKind.SITE, site) not in taken
        and (hall.line is None or Subject(SubjectKind.LINE, hall.line) not in taken)
    )


def clashes(
    obstacle: Obstacle, wanted: Mapping[Subject, Period], period: Period
) -> Iterator[Reason]:
    """Yield a reason for each kind of subject that the obstacle takes away from a wished period."""
    hit: dict[SubjectKind, list[Subject]] = {}
    theirs = obstacle.reach
    for subject in obstacle.subjects:
        mine = wanted.get(subject)
        if mine is not None and theirs.overlaps(mine):
            hit.setdefault(subject.kind, []).append(subject)
    black = obstacle.holder.kind is HolderKind.BLACK_OUT
    apart = not obstacle.period.overlaps(period)
    for kind in sorted(hit):
        yield Reason(
            rule=Rule.BLACK_OUT if black else TAKEN[kind],
            period=obstacle.period,
            subjects=tuple(sorted(hit[kind])),
            holder=obstacle.holder,
            limit=max(minutes_between(obstacle, wanted[one], period) for one in hit[kind])
            if apart
            else 0,
            kept=obstacle.kept,
        )


def minutes_between(obstacle: Obstacle, reach: Period, wished: Period) -> int:
    """Return how many minutes are needed between two periods that keep apart."""
    theirs, kept = obstacle.period, obstacle.reach
    if theirs.start >= wished.end:
        needed = (theirs.start - kept.start) + (reach.end - wished.end)
    else:
        needed = (kept.end - theirs.end) + (wished.start - reach.start)
    return round(needed.total_seconds() / 60)
