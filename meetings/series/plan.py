"""Series as values, and which of their dates become conferences: pure, from rule to plan."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NewType
from zoneinfo import ZoneInfo

from meetings.model import Period, Rival, Wish
from meetings.office.workdays import OfficeCalendar, local_day
from meetings.scheduling.reasons import Reason
from meetings.series.recurrence import expand, on_the_wall
from meetings.series.rrules import MOST_PLACES, BadRule, Rule, parse_rule

SeriesId = NewType("SeriesId", int)


class OnHolidays(StrEnum):
    """What becomes of a date on which offices do not work."""

    SKIP = "skip"
    NEXT_WORKING_DAY = "next-working-day"
    KEEP = "keep"


class SkipReason(StrEnum):
    """Why a date of the rule became no conference."""

    HOLIDAY = "holiday"
    DAY_OFF = "day-off"
    CLASH = "clash"
    NOT_FREE = "not-free"
    NO_SEATS = "no-seats"
    PAST = "in-the-past"
    NO_SITES = "sites-not-found"
    HORIZON = "beyond-horizon"
    QUOTA = "quota-reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a series is held: its rule, and the wall clock of its zone."""

    rule: Rule
    zone: str
    first_day: date
    starts_at: time
    minutes: int
    on_holidays: OnHolidays = OnHolidays.SKIP

    def period_on(self, day: date) -> Period:
        """Return when the conference of that day is held."""
        start = on_the_wall(day, self.starts_at, ZoneInfo(self.zone))
        return Period(start, start + timedelta(minutes=self.minutes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """A date of the rule and when it is held; the two differ when it moved off a holiday."""

    date: date
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A date of the rule without a conference; `rival`, or `why`, stands in its way."""

    date: date
    reason: SkipReason
    rival: Rival | None = None
    free_since: datetime | None = None
    why: tuple[Reason, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """A stretch in which a series cannot be held, buffers of its halls counted in."""

    period: Period
    reason: SkipReason
    rival: Rival | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a rule comes to: the dates to book and those left out, each in order."""

    booked: tuple[Occurrence, ...]
    skipped: tuple[Skipped, ...]

    def without(self, left_out: Collection[Skipped]) -> Plan:
        """Return the plan with more dates left out."""
        gone = {one.date for one in left_out}
        booked = tuple(one for one in self.booked if one.date not in gone)
        skipped = sorted([*self.skipped, *left_out], key=lambda one: one.date)
        return Plan(booked=booked, skipped=tuple(skipped))


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series as it is stored; `wish` is what its next date would ask for."""

    id: SeriesId
    wish: Wish
    schedule: Schedule
    version: int
    created_by: str


def follows(schedule: Schedule, period: Period) -> bool:
    """Tell whether a conference keeps the series' time of day and length, on whatever day."""
    day = period.start.astimezone(ZoneInfo(schedule.zone)).date()
    return schedule.period_on(day) == period


def schedule_of(
    rule: str, start: datetime, end: datetime, *, zone: str, on_holidays: OnHolidays
) -> Schedule:
    """Return the schedule of a series whose first conference is held from start to end.

    Raises:
        BadRule: the rule cannot be followed.
    """
    clock = ZoneInfo(zone)
    local = start.astimezone(clock)
    return Schedule(
        rule=parse_rule(rule, clock),
        zone=zone,
        first_day=local.date(),
        starts_at=local.time(),
        minutes=int((end - start) / timedelta(minutes=1)),
        on_holidays=on_holidays,
    )


def planned(schedule: Schedule, calendar: OfficeCalendar, *, now: datetime, halls: int = 1) -> Plan:
    """Return the dates of the rule as the office calendar lets them stand.

    Raises:
        BadRule: the rule gives no dates, or too many for that number of halls.
    """
    dates = expand(schedule.rule, schedule.first_day)
    booked: list[Occurrence] = []
    skipped: list[Skipped] = []
    taken = set(dates)
    for day in dates:
        held = _held_on(day, schedule, calendar, taken)
        if held is None:
            named = local_day(schedule.period_on(day).start) in calendar.off
            why = SkipReason.HOLIDAY if named else SkipReason.DAY_OFF
            skipped.append(Skipped(date=day, reason=why))
            continue
        taken.add(held)
        period = schedule.period_on(held)
        if period.start < now:
            skipped.append(Skipped(date=day, reason=SkipReason.PAST))
        else:
            booked.append(Occurrence(date=day, period=period))
    if len(booked) * halls > MOST_PLACES:
        raise BadRule("series-too-large")
    return Plan(booked=tuple(booked), skipped=tuple(skipped))


def _held_on(
    day: date, schedule: Schedule, calendar: OfficeCalendar, taken: Collection[date]
) -> date | None:
    """Return the day on which a date of the rule is held, None if it is left out.

    Somebody who named Saturdays or Sundays means them; only days off of the calendar count then.
    """
    here = local_day(schedule.period_on(day).start)
    if schedule.rule.names_weekends:
        works = here not in calendar.off
    else:
        works = calendar.is_working_day(here)
    if works or schedule.on_holidays is OnHolidays.KEEP:
        return day
    if schedule.on_holidays is OnHolidays.SKIP:
        return None
    moved = day + (calendar.next_working_day(here) - here)
    return None if moved in taken else moved


def clashes(booked: Sequence[Occurrence], obstacles: Sequence[Obstacle]) -> list[Skipped]:
    """Return the dates whose period touches an obstacle, with the first one of each."""
    ordered = sorted(booked, key=lambda one: one.period.start)
    starts = [one.period.start for one in ordered]
    longest = max((one.period.end - one.period.start for one in ordered), default=timedelta())
    found: dict[date, Obstacle] = {}
    for obstacle in sorted(obstacles, key=lambda one: one.period.start):
        begin = bisect_left(starts, obstacle.period.start - longest)
        end = bisect_left(starts, obstacle.period.end)
        for one in ordered[begin:end]:
            if one.period.overlaps(obstacle.period):
                found.setdefault(one.date, obstacle)
    return [
        Skipped(date=day, reason=obstacle.reason, rival=obstacle.rival)
        for day, obstacle in sorted(found.items())
    ]


def overlapping_itself(booked: Sequence[Occurrence], *, between: timedelta) -> list[Skipped]:
    """Return the dates that begin before the last one is over and the halls are ready again."""
    found = []
    last: Occurrence | None = None
    for one in sorted(booked, key=lambda one: one.period.start):
        if last is not None and one.period.start < last.period.end + between:
            found.append(Skipped(date=one.date, reason=SkipReason.CLASH))
        else:
            last = one
    return found


def retired(booked: Sequence[Occurrence], last_day: date | None) -> list[Skipped]:
    """Return the dates on which the host, or one of the sites or officials, is no more."""
    if last_day is None:
        return []
    return [
        Skipped(date=one.date, reason=SkipReason.NO_SITES)
        for one in booked
        if local_day(one.period.start) >= last_day
    ]


def wish_on(series: Wish, period: Period) -> Wish:
    """Return what a series asks for in one period."""
    return replace(series, period=period)
