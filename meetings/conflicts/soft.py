"""Soft reasons: what people should know before they insist; none of them refuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from types import MappingProxyType

from meetings.conflicts.facts import Facts
from meetings.conflicts.hard import wanted_of
from meetings.kinds import Kind, Urgency
from meetings.model import Wish
from meetings.office.workdays import ZONE, OfficeCalendar, local_day, midnight
from meetings.period import Period
from meetings.scheduling.reasons import HolderKind, Reason, Rule
from meetings.scheduling.resources import SubjectKind

TURN_ROUND = timedelta(minutes=15)
"""Less than this between two conferences is tight for a hall or an official."""

FAR_AHEAD = timedelta(days=365)
"""So far ahead the year may be a slip, where nobody has said how far ahead one books.

A slip of the year is off by a whole year at least, and what is meant lies ahead; yearly plans are
made for less.
"""

HALF_A_DAY, A_DAY = timedelta(hours=4), timedelta(hours=8)
USUAL_LENGTH: Mapping[Kind, timedelta] = MappingProxyType(
    {
        Kind.BRIEFING: HALF_A_DAY,
        Kind.ADVISORY: HALF_A_DAY,
        Kind.WORKING: HALF_A_DAY,
        Kind.PROFESSIONAL: HALF_A_DAY,
        Kind.URGENT: HALF_A_DAY,
        Kind.REHEARSAL: timedelta(hours=2),
        Kind.REVIEW: A_DAY,
        Kind.DEPLOYMENT: A_DAY,
        Kind.TRAINING: A_DAY + timedelta(hours=2),
        Kind.OTHER: A_DAY,
    }
)


def soft_reasons(wish: Wish, facts: Facts) -> Iterator[Reason]:
    """Yield what is unusual about the wish."""
    yield from far_reasons(wish, facts)
    yield from calendar_reasons(wish.period, facts.calendar)
    yield from notice_reasons(wish, facts)
    usual = USUAL_LENGTH[wish.kind]
    length = wish.period.end - wish.period.start
    if length > usual:
        yield Reason(
            rule=Rule.LONG,
            period=wish.period,
            limit=round(usual.total_seconds() / 60),
            given=round(length.total_seconds() / 60),
        )
    yield from tight_reasons(wish, facts)


def far_reasons(wish: Wish, facts: Facts) -> Iterator[Reason]:
    """Yield that it begins a year ahead or later, where the host's policy sets no horizon."""
    ahead = local_day(wish.period.start) - local_day(facts.now)
    if facts.policy.horizon_days is None and ahead >= FAR_AHEAD:
        yield Reason(
            rule=Rule.FAR_AHEAD, period=wish.period, limit=FAR_AHEAD.days, given=ahead.days
        )


def calendar_reasons(period: Period, calendar: OfficeCalendar) -> Iterator[Reason]:
    """Yield what the office calendar says against the time."""
    first, last = local_day(period.start), local_day(period.end - timedelta.resolution)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    off = next((day for day in days if not calendar.is_working_day(day)), None)
    if off is not None:
        yield Reason(rule=Rule.DAY_OFF, period=period, until=midnight(off))
    hours = calendar.hours_on(first)
    opens = datetime.combine(first, hours.opens, ZONE)
    closes = datetime.combine(first, hours.closes, ZONE)
    if period.start < opens or period.end > closes:
        yield Reason(rule=Rule.OUT_OF_HOURS, period=Period(opens, closes))
    for day in days:
        hours = calendar.hours_on(day)
        if hours.lunch_begins < hours.lunch_ends:
            begins = datetime.combine(day, hours.lunch_begins, ZONE)
            lunch = Period(begins, datetime.combine(day, hours.lunch_ends, ZONE))
            if period.overlaps(lunch):
                yield Reason(rule=Rule.LUNCH, period=lunch)


def notice_reasons(wish: Wish, facts: Facts) -> Iterator[Reason]:
    """Yield that the invitation comes later than it must."""
    lead = facts.policy.invite_lead_days
    if is_without_notice(wish) or not lead:
        return
    latest = facts.calendar.add_working_days(local_day(wish.period.start), -lead)
    if local_day(facts.now) > latest:
        until = datetime.combine(latest, time(), ZONE)
        yield Reason(rule=Rule.SHORT_NOTICE, period=wish.period, limit=lead, until=until)


def is_without_notice(wish: Wish) -> bool:
    """Tell whether QĐ 45/2018 lets it be called at once: urgent for a reason, or a line test.

    Without the reason the short notice is told like any other.
    """
    urgent = wish.kind is Kind.URGENT or wish.urgency is not Urgency.NORMAL
    return wish.kind is Kind.REHEARSAL or (urgent and bool(wish.waiver.strip()))


def tight_reasons(wish: Wish, facts: Facts) -> Iterator[Reason]:
    """Yield the conferences that end shortly before, or begin shortly after."""
    wanted = wanted_of(wish, facts.halls) if facts.obstacles else {}
    for obstacle in facts.obstacles:
        if obstacle.holder.kind is not HolderKind.CONFERENCE:
            continue
        near = [
            subject
            for subject in obstacle.subjects
            if subject.kind is not SubjectKind.LINE
            and subject in wanted
            and is_tight(wanted[subject], obstacle.reach)
        ]
        if near:
            yield Reason(
                rule=Rule.TIGHT,
                period=obstacle.period,
                subjects=tuple(sorted(near)),
                holder=obstacle.holder,
                limit=round(TURN_ROUND.total_seconds() / 60),
            )


def is_tight(mine: Period, other: Period) -> bool:
    """Tell whether two periods keep apart, though hardly."""
    gap = max(other.start - mine.end, mine.start - other.end)
    return timedelta() <= gap < TURN_ROUND
