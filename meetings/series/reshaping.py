"""A series under another rule: which date becomes which, what is called off, what is new.  Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from meetings.model import Conference, ConferenceId, Period, Rival, State
from meetings.rules import owner_in
from meetings.series.edits import followed, same_day
from meetings.series.plan import (
    Obstacle,
    Occurrence,
    Plan,
    Series,
    Skipped,
    SkipReason,
    clashes,
    follows,
)

REACH: Mapping[str, timedelta] = MappingProxyType(
    {
        "DAILY": timedelta(),
        "WEEKLY": timedelta(days=6),
        "MONTHLY": timedelta(days=27),
        "YEARLY": timedelta(days=200),
    }
)
"""How far a date goes to stay the same conference: never as far as the next date of its rule."""

AS_IT_WAS = (
    "title",
    "kind",
    "host",
    "chair",
    "chair_id",
    "secretary",
    "visibility",
    "note",
    "urgency",
    "call_systems",
    "main_site",
)


HELD = ("main_site", "sites", "chair_id", "delegates")
"""What of a conference is promised to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reshaped:
    """What becomes of each date.

    `dates` says of which date of the rule a conference is from now on, `moving` when it is held;
    what was moved by hand is in `dates` only, and what nobody changed and has no date is `gone`.
    """

    dates: Mapping[ConferenceId, date]
    moving: Mapping[ConferenceId, Occurrence]
    gone: tuple[ConferenceId, ...]
    new: tuple[Occurrence, ...]
    skipped: tuple[Skipped, ...]


def paired(old: Sequence[date], new: Sequence[date], reach: timedelta) -> dict[date, date]:
    """Return which new date an old one becomes: the same, else the next of those left in reach."""
    pairs = {day: day for day in old if day in set(new)}
    left = [day for day in sorted(old) if day not in pairs]
    free = [day for day in sorted(new) if day not in pairs]
    while left and free:
        if abs(left[0] - free[0]) <= reach:
            pairs[left.pop(0)] = free.pop(0)
        elif left[0] < free[0]:
            left.pop(0)
        else:
            free.pop(0)
    return pairs


def is_plain(series: Series, conference: Conference) -> bool:
    """Tell whether a conference is as its series made it, so that nothing is lost with it."""
    wish = series.wish
    words = all(getattr(conference, name) == getattr(wish, name) for name in AS_IT_WAS)
    sites = frozenset(conference.sites) == wish.sites
    people = frozenset(conference.delegates) == wish.delegates
    own = conference.owner == owner_in(conference.created_by)
    return words and sites and people and own and follows(series.schedule, conference.period)


def reshaped(
    before: Series, after: Series, held: Mapping[date, Conference], plan: Plan
) -> Reshaped:
    """Return what becomes of the coming dates of a series under another rule."""
    wanted = {one.date: one for one in plan.booked}
    every = sorted([*wanted, *(one.date for one in plan.skipped)])
    pairs = paired(sorted(held), every, REACH[after.schedule.rule.frequency])
    dates: dict[ConferenceId, date] = {}
    moving: dict[ConferenceId, Occurrence] = {}
    gone: list[ConferenceId] = []
    for day, one in held.items():
        new = pairs.get(day)
        stays = one.state is State.CANCELLED or not follows(before.schedule, one.period)
        if new in wanted and not stays:
            moving[one.id] = wanted[new]
        elif stays or not is_plain(before, one):
            dates[one.id] = new or day
        else:
            gone.append(one.id)
    dates |= {number: one.date for number, one in moving.items()}
    taken = set(dates.values())
    return Reshaped(
        dates=dates,
        moving=moving,
        gone=tuple(gone),
        new=tuple(one for one in plan.booked if one.date not in taken),
        skipped=tuple(one for one in plan.skipped if one.date not in taken),
    )


def retimed(
    before: Series, after: Series, held: Mapping[date, Conference], *, now: datetime
) -> Reshaped:
    """Return what becomes of dates that stay on their days, at another time of day or length.

    Where that time is over already, a date stays as it is.
    """
    ahead = {
        day: one for day, one in held.items() if same_day(after.schedule, one.period).start > now
    }
    booked = tuple(
        Occurrence(date=day, period=same_day(after.schedule, one.period))
        for day, one in ahead.items()
    )
    found = reshaped(before, after, ahead, Plan(booked=booked, skipped=()))
    late = {one.id: day for day, one in held.items() if day not in ahead}
    return replace(found, dates={**found.dates, **late})


def stayed_in_the_way(
    found: Reshaped,
    held: Mapping[ConferenceId, Conference],
    stayed: Collection[ConferenceId],
    *,
    between: timedelta,
) -> list[Skipped]:
    """Return the dates that would be held where one of the same series stays after all."""
    in_the_way = [
        Obstacle(
            period=Period(there.period.start - between, there.period.end + between),
            reason=SkipReason.CLASH,
            rival=Rival(
                site=there.main_site,
                conference=there.id,
                host=there.host,
                period=there.period,
                title=there.title,
            ),
        )
        for there in (held[number] for number in stayed)
    ]
    return clashes([*found.new, *found.moving.values()], in_the_way)


def without(
    found: Reshaped,
    taken: Collection[Skipped],
    series: Series,
    held: Mapping[ConferenceId, Conference],
) -> Reshaped:
    """Return the same with more dates left out; a conference changed by hand stays where it was."""
    out = {one.date for one in taken}
    lost = [number for number, one in found.moving.items() if one.date in out]
    gone = [number for number in lost if is_plain(series, held[number])]
    kept = {found.moving[number].date for number in lost if number not in gone}
    return replace(
        found,
        dates={number: day for number, day in found.dates.items() if number not in gone},
        moving={number: one for number, one in found.moving.items() if number not in lost},
        gone=(*found.gone, *gone),
        new=tuple(one for one in found.new if one.date not in out),
        skipped=tuple(
            sorted(
                [*found.skipped, *(one for one in taken if one.date not in kept)],
                key=lambda one: one.date,
            )
        ),
    )


def coming(plan: Plan) -> Plan:
    """Return a plan without the dates that are over: a new rule says nothing of them."""
    left = tuple(one for one in plan.skipped if one.reason is not SkipReason.PAST)
    return replace(plan, skipped=left)


def differences(
    before: Series,
    after: Series,
    held: Mapping[ConferenceId, Conference],
    found: Reshaped,
    stayed: Collection[ConferenceId],
) -> dict[ConferenceId, dict[str, Any]]:
    """Return what becomes different about each conference that goes on.

    One that `stayed` where it was since something clashes keeps its halls and people too.
    """
    every: dict[ConferenceId, dict[str, Any]] = {}
    for number in found.dates:
        one = held[number]
        if one.state is State.CANCELLED:
            continue
        what = followed(before, after, one)
        what.pop("period", None)
        if number in stayed:
            what = {name: value for name, value in what.items() if name not in HELD}
        elif number in found.moving and found.moving[number].period != one.period:
            what["period"] = found.moving[number].period
        every[number] = what
    return every
