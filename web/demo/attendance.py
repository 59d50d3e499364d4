"""Who came to a conference that is over: mostly on time, with the troubles a province knows."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from meetings.model import Period, SiteId

MISSING = 0.03
LATE = 0.08
DROPPED = 0.06
LEFT_EARLY = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One stretch of one site in a room, in whole seconds."""

    site: SiteId
    stay: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnout:
    """What happened: the stretches, and how many people sat in each hall."""

    visits: tuple[Visit, ...]
    headcounts: tuple[tuple[SiteId, int], ...]


def turnout(sites: Sequence[SiteId], period: Period, *, main: SiteId, seed: int) -> Turnout:
    """Return who came; the same seed gives the same answer, and the main site is always there."""
    luck = random.Random(seed)  # noqa: S311 - a made-up attendance may be guessed
    came = [site for site in sites if site == main or luck.random() >= MISSING]
    visits = [visit for site in came for visit in visits_of(site, period, luck, host=site == main)]
    return Turnout(
        visits=tuple(visits),
        headcounts=tuple((site, luck.randint(18, 95)) for site in came),
    )


def visits_of(site: SiteId, period: Period, luck: random.Random, *, host: bool) -> Iterator[Visit]:
    """Yield one stretch of a site, or two around a break in its line."""
    start = period.start - timedelta(seconds=luck.randint(60, 15 * 60))
    end = period.end + timedelta(seconds=luck.randint(5, 240))
    if not host and luck.random() < LATE:
        start = period.start + timedelta(seconds=luck.randint(6 * 60, 25 * 60))
    if not host and luck.random() < LEFT_EARLY:
        end = period.end - timedelta(seconds=luck.randint(6 * 60, 20 * 60))
    if host or luck.random() >= DROPPED:
        yield Visit(site=site, stay=Period(start, end))
        return
    cut = period.start + (period.end - period.start) * luck.uniform(0.3, 0.6)
    cut = cut.replace(microsecond=0)
    back = min(cut + timedelta(seconds=luck.randint(120, 20 * 60)), end - timedelta(seconds=60))
    yield Visit(site=site, stay=Period(start, cut))
    yield Visit(site=site, stay=Period(back, end))
