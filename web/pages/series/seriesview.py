"""What the pages of series show: dates with their states, and those left out with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from meetings.directory.finding import units_by_ids
from meetings.model import Conference, Period
from meetings.series.plan import Schedule, Series, Skipped
from meetings.store import Connection
from web.formats import clock_time, long_date
from web.i18n import N_
from web.pages.booking.repeating import FIELDS, REASONS
from web.pages.booking.wishing import LISTS, TEXTS
from web.pages.conference.conferences import chip_of, unit_name
from web.pages.looks import Chip
from web.pages.reading import Reader, Texts
from web.series.series import Draft
from web.wording.explaining import sentence
from web.wording.naming import read_names


@dataclass(frozen=True, slots=True, kw_only=True)
class DateLine:
    """A date that is held; without `url` it is not booked yet."""

    day: str
    time: str
    title: str = ""
    url: str = ""
    chip: Chip | None = None
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedLine:
    """A date that was left out, and why."""

    date: str
    day: str
    why: str
    free: bool


EVERY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "DAILY": (N_("Every day"), N_("Every %(n)s days")),
        "WEEKLY": (N_("Every week"), N_("Every %(n)s weeks")),
        "MONTHLY": (N_("Every month"), N_("Every %(n)s months")),
        "YEARLY": (N_("Every year"), N_("Every %(n)s years")),
    }
)
"""How often, said of one and of many; Vietnamese has a word of its own for one."""


def rule_words(series: Series, reader: Reader) -> str:
    """Say how a series repeats."""
    return rule_text(series.schedule, reader)


def rule_text(schedule: Schedule, reader: Reader) -> str:
    """Say how a schedule repeats: every two weeks, 08:00, from 30/11/2026."""
    rule, speech = schedule.rule, reader.speech
    once, many = EVERY[rule.frequency]
    every = speech.word(once) if rule.interval == 1 else speech.tell(many, n=rule.interval)
    first = long_date(schedule.first_day, speech.locale)
    at = f"{schedule.starts_at:%H:%M}"
    return speech.tell("%(every)s at %(at)s, from %(first)s", every=every, at=at, first=first)


async def planned_lines(conn: Connection, draft: Draft, reader: Reader) -> list[DateLine]:
    """Return the dates that would be booked, with what speaks against each."""
    names = await read_names(conn, reader.actor, draft.against)
    return [
        replace(
            period_line(one.period, reader),
            warnings=[
                sentence(reason, names, reader.speech)
                for reason in draft.warnings.get(one.date, ())
            ],
        )
        for one in draft.plan.booked
    ]


def period_line(period: Period, reader: Reader) -> DateLine:
    """Return a date that would be held in a period."""
    return DateLine(
        day=long_date(period.start, reader.speech.locale),
        time=reader.speech.hours(period),
    )


def held_lines(series: Series, held: Mapping[date, Conference], reader: Reader) -> list[DateLine]:
    """Return the dates with their conferences; a title only where it is its own."""
    return [
        replace(
            period_line(one.period, reader),
            title="" if one.title == series.wish.title else one.title,
            url=f"/conferences/{one.id}",
            chip=chip_of(one, reader),
        )
        for one in held.values()
    ]


async def skipped_lines(
    conn: Connection, skipped: Sequence[Skipped], reader: Reader
) -> list[SkippedLine]:
    """Return the dates that were left out, with who is in the way."""
    hosts = await units_by_ids(conn, {one.rival.host for one in skipped if one.rival})
    names = await read_names(conn, reader.actor, [each for one in skipped for each in one.why])
    speech = reader.speech
    lines = []
    for one in skipped:
        why = speech.word(REASONS[one.reason])
        if one.rival:
            host = unit_name(hosts[one.rival.host], speech)
            until = clock_time(one.rival.period.end)
            why += f": {host}, {clock_time(one.rival.period.start)} – {until}"
        if one.why:
            why = " ".join(sentence(each, names, speech) for each in one.why)
        lines.append(
            SkippedLine(
                date=one.date.isoformat(),
                day=long_date(one.date, speech.locale),
                why=why,
                free=one.free_since is not None and not one.why and one.date >= reader.day,
            )
        )
    return lines


def fields_of_form(form: Texts) -> list[tuple[str, str]]:
    """Return the posted form as hidden fields."""
    names = (*TEXTS, *FIELDS)
    texts = [(name, form.get(name)) for name in names if name in form]
    return texts + [(name, value) for name in LISTS for value in form.getall(name)]
