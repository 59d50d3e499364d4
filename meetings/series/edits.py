"""Editing many dates at once: what changes on each, and what somebody changed by hand stays."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from meetings.kinds import Urgency, Visibility
from meetings.model import Changes, Conference, Kind, OfficialId, Period, SiteId, UnitId
from meetings.rules import PLANNED
from meetings.series.plan import OnHolidays, Schedule, Series, follows
from meetings.series.rrules import Rule, parse_rule

WORDS = (
    "title",
    "kind",
    "chair",
    "secretary",
    "visibility",
    "urgency",
    "call_systems",
    "note",
    "main_site",
    "host",
)


class Scope(StrEnum):
    """Which dates of a series are meant."""

    ONE = "one"
    FOLLOWING = "following"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesChanges:
    """What is to be different about a series; None leaves it as it is.

    Dates that clash at another time are left out, or with `whole` refuse it all.
    """

    title: str | None = None
    kind: Kind | None = None
    chair: str | None = None
    note: str | None = None
    main_site: SiteId | None = None
    sites: frozenset[SiteId] | None = None
    starts_at: time | None = None
    minutes: int | None = None
    chair_id: OfficialId | None = None
    no_chair: bool = False
    delegates: frozenset[OfficialId] | None = None
    host: UnitId | None = None
    secretary: str | None = None
    visibility: Visibility | None = None
    urgency: Urgency | None = None
    call_systems: bool | None = None
    rrule: str | None = None
    first_day: date | None = None
    on_holidays: OnHolidays | None = None
    whole: bool = False

    @property
    def repeats(self) -> bool:
        """Tell whether the dates come by another rule."""
        return any(one is not None for one in (self.rrule, self.first_day, self.on_holidays))

    @property
    def moves(self) -> bool:
        """Tell whether halls, times or people change, so that others are kept out meanwhile."""
        held = (self.main_site, self.sites, self.chair_id, self.delegates)
        times = (self.starts_at, self.minutes)
        return self.repeats or any(one is not None for one in (*held, *times))


def is_open(conference: Conference, now: datetime) -> bool:
    """Tell whether a series may still change the conference."""
    return conference.state in PLANNED and conference.period.start > now


def changed(series: Series, changes: SeriesChanges) -> Series:
    """Return the series as it is after the changes.

    Raises:
        BadRule: the rule cannot be followed.
    """
    given = {name: value for name in WORDS if (value := getattr(changes, name)) is not None}
    main = changes.main_site or series.wish.main_site
    sites = (series.wish.sites if changes.sites is None else changes.sites) | {main}
    schedule = replace(
        series.schedule,
        starts_at=changes.starts_at or series.schedule.starts_at,
        minutes=changes.minutes or series.schedule.minutes,
        rule=new_rule(series.schedule, changes.rrule),
        first_day=changes.first_day or series.schedule.first_day,
        on_holidays=changes.on_holidays or series.schedule.on_holidays,
    )
    chair = None if changes.no_chair else changes.chair_id or series.wish.chair_id
    people = series.wish.delegates if changes.delegates is None else changes.delegates
    period = schedule.period_on(schedule.first_day)
    wish = replace(
        series.wish, **given, sites=sites, period=period, chair_id=chair, delegates=people
    )
    return replace(series, wish=wish, schedule=schedule, version=series.version + 1)


def is_large(before: Series, after: Series, changes: SeriesChanges) -> bool:
    """Tell whether what was approved changes, and not only words about it.

    What is as the series says already may still change a date that was changed by hand.
    """
    given = (changes.kind, changes.host, changes.sites, changes.starts_at, changes.minutes)
    said = changes.repeats or any(one is not None for one in given)
    return said or before.wish.sites != after.wish.sites


def new_rule(schedule: Schedule, rrule: str | None) -> Rule:
    """Return the rule that was typed, or the one there is."""
    return schedule.rule if rrule is None else parse_rule(rrule, ZoneInfo(schedule.zone))


def followed(before: Series, after: Series, conference: Conference) -> dict[str, Any]:
    """Return what becomes different about one conference of an edited series.

    A field that no longer was as the series said was changed by hand, and stays.
    """
    found: dict[str, Any] = {
        name: getattr(after.wish, name)
        for name in (*WORDS, "chair_id")
        if getattr(conference, name) == getattr(before.wish, name)
        and getattr(after.wish, name) != getattr(before.wish, name)
    }
    if frozenset(conference.sites) == before.wish.sites != after.wish.sites:
        found["sites"] = after.wish.sites
    if frozenset(conference.delegates) == before.wish.delegates != after.wish.delegates:
        found["delegates"] = after.wish.delegates
    if follows(before.schedule, conference.period):
        period = same_day(after.schedule, conference.period)
        if period != conference.period:
            found["period"] = period
    return found


def as_changes(followed: dict[str, Any]) -> Changes:
    """Return what becomes different about one conference as a change to it; not its host."""
    no_chair = followed.get("chair_id", 0) is None
    given = {name: value for name, value in followed.items() if name != "host"}
    return Changes(**given, no_chair=no_chair)


def same_day(schedule: Schedule, period: Period) -> Period:
    """Return when a conference of that day is held by the schedule."""
    return schedule.period_on(period.start.astimezone(ZoneInfo(schedule.zone)).date())


def is_retimed(before: Series, after: Series) -> bool:
    """Tell whether its dates are held at another time of day, or for longer or shorter."""
    old, new = before.schedule, after.schedule
    return (old.starts_at, old.minutes) != (new.starts_at, new.minutes)


def cut_at(schedule: Schedule, days: Collection[date], day: date) -> tuple[Schedule, Schedule]:
    """Return the schedules of the dates before a day, and of those from it on."""
    rule = schedule.rule
    rest = replace(schedule, rule=cut_from(rule, max(days)), first_day=day)
    return replace(schedule, rule=cut_before(rule, day)), rest


def cut_before(rule: Rule, day: date) -> Rule:
    """Return the rule that ends before a day."""
    return replace(rule, count=None, until=day - timedelta(days=1))


def cut_from(rule: Rule, last: date) -> Rule:
    """Return the rule that ends with its last date, however often it came before."""
    return replace(rule, count=None, until=last)


def changes_between(before: Conference, after: Conference, zone: ZoneInfo) -> SeriesChanges:
    """Return what became different about one date, as a change to its series."""
    words = {
        name: new
        for name in WORDS
        if (new := getattr(after, name)) is not None and new != getattr(before, name)
    }
    start = after.period.start.astimezone(zone).time()
    length = after.period.end - after.period.start
    same_people = set(after.delegates) == set(before.delegates)
    same_length = length == before.period.end - before.period.start
    return SeriesChanges(
        **words,
        sites=None if set(after.sites) == set(before.sites) else frozenset(after.sites),
        starts_at=None if start == before.period.start.astimezone(zone).time() else start,
        minutes=None if same_length else length // timedelta(minutes=1),
        chair_id=None if after.chair_id == before.chair_id else after.chair_id,
        no_chair=after.chair_id is None and before.chair_id is not None,
        delegates=None if same_people else frozenset(after.delegates),
    )
