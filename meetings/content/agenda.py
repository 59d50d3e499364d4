"""The plan inside a conference: what is said when, and which parts are relayed from above.

Times are kept as minutes from the start, so that the plan moves along with its conference.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from meetings.content.agenda_errors import BadSegments
from meetings.content.tier_rules import Tier, sees_tier
from meetings.ids import OfficialId
from meetings.period import Period


class SegmentMode(StrEnum):
    """How halls take part in a stretch: they follow a higher conference, or speak themselves."""

    RELAY = "relay"
    INTERACTIVE = "interactive"


class Oddity(StrEnum):
    """What is odd about a plan, and may still be meant."""

    OVERRUNS = "overruns"
    OVERLAPS = "overlaps"
    BEFORE_START = "before-start"
    SEGMENT_OUTSIDE = "segment-outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """One point; `at_minute` fixes its beginning, else it follows the one before.

    `presenter` says in words who presents it; `official` is set where that is one of ours.
    """

    title: str
    minutes: int
    at_minute: int | None = None
    presenter: str = ""
    official: OfficialId | None = None
    mode: SegmentMode | None = None
    tier: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch `[from, to)` of a conference, in minutes from its start."""

    mode: SegmentMode
    from_minute: int
    to_minute: int
    upstream: str = ""
    tier: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Agenda, segments and tiers of one conference, at the conference's version.

    A point or segment that names a tier is for those who see that tier's part.
    """

    items: tuple[AgendaItem, ...] = ()
    segments: tuple[Segment, ...] = ()
    tiers: tuple[Tier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedItem:
    """A point with the time that follows from the points before it."""

    item: AgendaItem
    period: Period


def timed(items: Sequence[AgendaItem], start: datetime) -> list[TimedItem]:
    """Return each point with its time: its own, or the end of the one before."""
    return [
        TimedItem(
            item=item,
            period=Period(
                start + timedelta(minutes=begins), start + timedelta(minutes=begins + item.minutes)
            ),
        )
        for begins, item in _beginnings(items)
    ]


def _beginnings(items: Sequence[AgendaItem]) -> Iterator[tuple[int, AgendaItem]]:
    cursor = 0
    for item in items:
        begins = cursor if item.at_minute is None else item.at_minute
        yield begins, item
        cursor = begins + item.minutes


def seen_from(level: int, plan: Plan) -> Plan:
    """Return what a level sees of a plan; a point that followed a hidden one keeps its time."""
    items = []
    follows = False
    for begins, item in _beginnings(plan.items):
        if not sees_tier(level, item.tier):
            follows = True
            continue
        items.append(replace(item, at_minute=begins) if follows else item)
        follows = False
    return Plan(
        items=tuple(items),
        segments=tuple(one for one in plan.segments if sees_tier(level, one.tier)),
        tiers=tuple(one for one in plan.tiers if sees_tier(level, one.level)),
    )


def warnings(plan: Plan, period: Period) -> list[Oddity]:
    """Return what is odd about a plan in this period, each once."""
    length = length_minutes(period)
    found = set()
    cursor = 0
    for begins, item in _beginnings(plan.items):
        if begins < 0:
            found.add(Oddity.BEFORE_START)
        if begins < cursor:
            found.add(Oddity.OVERLAPS)
        cursor = begins + item.minutes
        if cursor > length:
            found.add(Oddity.OVERRUNS)
    if any(one.to_minute > length or one.from_minute < 0 for one in plan.segments):
        found.add(Oddity.SEGMENT_OUTSIDE)
    return sorted(found)


def length_minutes(period: Period) -> int:
    """Return how many whole minutes a period has."""
    return int((period.end - period.start) / timedelta(minutes=1))


def check_segments(segments: Sequence[Segment], period: Period) -> None:
    """Raise BadSegments unless they follow each other without a gap, inside the period."""
    if not segments:
        return
    if segments[0].from_minute < 0 or segments[-1].to_minute > length_minutes(period):
        raise BadSegments("outside")
    if any(one.to_minute <= one.from_minute for one in segments):
        raise BadSegments("empty")
    if any(a.to_minute != b.from_minute for a, b in itertools.pairwise(segments)):
        raise BadSegments("gap")
