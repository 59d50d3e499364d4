"""The plan of a conference as readers see it: points, parts and tiers with their times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from meetings.content.agenda import Plan, SegmentMode, timed
from meetings.content.tier_rules import Tier
from meetings.model import Conference
from web.formats import clock_time
from web.wording import content_phrases
from web.wording.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One point as readers see it."""

    when: str
    title: str
    second: str


def lines(plan: Plan, conference: Conference, speech: Speech) -> list[Line]:
    """Return the agenda as readers see it."""
    return [
        Line(
            when=f"{clock_time(one.period.start)} – {clock_time(one.period.end)}",
            title=one.item.title,
            second=" · ".join(
                filter(
                    None,
                    (
                        one.item.presenter,
                        mode_words(one.item.mode, speech),
                        tier_name(plan, one.item.tier),
                    ),
                )
            ),
        )
        for one in timed(plan.items, conference.period.start)
    ]


def part_lines(plan: Plan, conference: Conference, speech: Speech) -> list[Line]:
    """Return the segments as readers see them."""
    start = conference.period.start
    return [
        Line(
            when=f"{clock_time(start + timedelta(minutes=one.from_minute))} – "
            f"{clock_time(start + timedelta(minutes=one.to_minute))}",
            title=mode_words(one.mode, speech),
            second=" · ".join(filter(None, (one.upstream, tier_name(plan, one.tier)))),
        )
        for one in plan.segments
    ]


def tier_lines(plan: Plan, conference: Conference, speech: Speech) -> list[Line]:
    """Return the tiers of a plan."""
    return [
        Line(
            when=tier_time(tier, conference.period.start),
            title=tier.name,
            second=" · ".join(
                filter(
                    None,
                    (
                        tier.host,
                        tier.chair,
                        speech.tell_many("%(n)s hall", "%(n)s halls", len(tier.sites)),
                    ),
                )
            ),
        )
        for tier in plan.tiers
    ]


def tier_name(plan: Plan, level: int | None) -> str:
    """Return what the tier of a point is called; nothing for a point that is for all."""
    return next((tier.name for tier in plan.tiers if tier.level == level), "")


def tier_time(tier: Tier, start: datetime) -> str:
    """Write when a tier's own part is."""
    if tier.from_minute is None or tier.to_minute is None:
        return ""
    ends = start + timedelta(minutes=tier.to_minute)
    return f"{clock_time(start + timedelta(minutes=tier.from_minute))} – {clock_time(ends)}"


def mode_words(mode: SegmentMode | None, speech: Speech) -> str:
    """Return what a kind of segment is called, or nothing."""
    return speech.word(content_phrases.SEGMENTS[mode]) if mode else ""
