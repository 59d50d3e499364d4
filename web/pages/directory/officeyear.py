"""A year of the office calendar as it is drawn: twelve small months and a list of days."""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from babel.dates import format_date

from meetings.office.days import DayKind, OfficeDay, SeasonHours, SeasonName
from meetings.office.workdays import OfficeCalendar
from web.formats import long_date
from web.pages.looks import Chip, Tab
from web.pages.reading import Reader

LOOKS: Mapping[DayKind, str] = {
    DayKind.HOLIDAY: "bad",
    DayKind.SWAP_OFF: "warn",
    DayKind.MAKE_UP: "live",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A day of a small month; `look` is its state, `words` say what is special."""

    number: int
    look: str
    words: str
    today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month in weeks that begin on Monday; a day of another month is None."""

    name: str
    weeks: Sequence[Sequence[Cell | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry of the calendar; `planned` says how many conferences lie on that day off."""

    id: int
    version: int
    day: str
    name: str
    source: str
    note: str
    chip: Chip
    confirmed: bool
    planned: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """Everything the page shows of a year."""

    number: int
    sentence: str
    next_off: str
    tabs: Sequence[Tab]
    weekdays: Sequence[str]
    months: Sequence[Month]
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursLine:
    """A season's hours."""

    season: str
    name: str
    since: str
    opens: str
    lunch_begins: str
    lunch_ends: str
    closes: str
    version: int
    current: bool


def year_view(
    year: int,
    days: Sequence[OfficeDay],
    calendar: OfficeCalendar,
    reader: Reader,
    kinds: Mapping[DayKind, str],
    *,
    planned: Mapping[date, int],
) -> Year:
    """Return a year with how many days are worked in it."""
    speech = reader.speech
    worked = sum(map(calendar.is_working_day, all_days(year)))
    special = {entry.what.day: entry for entry in days}
    return Year(
        number=year,
        sentence=speech.tell_many(
            "%(n)s working day in %(year)s", "%(n)s working days in %(year)s", worked, year=year
        ),
        next_off=next_off(calendar, reader, special),
        tabs=[
            Tab(url=f"/office-calendar?year={one}", words=str(one), current=one == year)
            for one in range(year - 1, year + 3)
        ],
        weekdays=[short_weekday(number, speech.locale) for number in range(7)],
        months=[
            Month(
                name=format_date(date(year, month, 1), "LLLL", locale=speech.locale).capitalize(),
                weeks=weeks(year, month, special, reader),
            )
            for month in range(1, 13)
        ],
        lines=[line(entry, reader, kinds, planned.get(entry.what.day, 0)) for entry in days],
    )


def all_days(year: int) -> list[date]:
    """Return every day of a year."""
    first = date(year, 1, 1)
    return [first + timedelta(days=number) for number in range(366 if months.isleap(year) else 365)]


def next_off(calendar: OfficeCalendar, reader: Reader, special: Mapping[date, OfficeDay]) -> str:
    """Say which weekday is off next, in the year that is shown."""
    coming = min((day for day in special if day > reader.day and day in calendar.off), default=None)
    if coming is None:
        return ""
    return reader.speech.tell(
        "Next day off: %(day)s (%(name)s)",
        day=long_date(coming, reader.speech.locale),
        name=name_of(special[coming], reader),
    )


def name_of(entry: OfficeDay, reader: Reader) -> str:
    """Return what the day is called in the reader's language."""
    what = entry.what
    return what.name_en if reader.speech.locale == "en" and what.name_en else what.name


def short_weekday(number: int, locale: str) -> str:
    """Write T2 to T7 and CN, or Mo to Su."""
    return format_date(date(2024, 1, 1) + timedelta(days=number), "EEEEEE", locale=locale)


def weeks(
    year: int, month: int, special: Mapping[date, OfficeDay], reader: Reader
) -> list[list[Cell | None]]:
    """Return the month's weeks."""
    return [
        [cell(day, special.get(day), reader) if day.month == month else None for day in week]
        for week in months.Calendar().monthdatescalendar(year, month)
    ]


def cell(day: date, entry: OfficeDay | None, reader: Reader) -> Cell:
    """Return one day; a day in doubt is grey."""
    weekend = day.weekday() >= months.SATURDAY
    look = "weekend" if weekend else ""
    if entry is not None:
        look = LOOKS[entry.what.kind] if entry.what.confirmed else "dim"
    return Cell(
        number=day.day,
        look=look,
        words=name_of(entry, reader) if entry else "",
        today=day == reader.day,
    )


def line(entry: OfficeDay, reader: Reader, kinds: Mapping[DayKind, str], planned: int) -> Line:
    """Return an entry of the list."""
    what, speech = entry.what, reader.speech
    words = speech.word(kinds[what.kind])
    chip = Chip(state=LOOKS[what.kind], words=words)
    if not what.confirmed:
        chip = Chip(state="dim", words=speech.tell("Not confirmed, does not count"))
    return Line(
        id=entry.id,
        version=entry.version,
        day=long_date(what.day, speech.locale),
        name=name_of(entry, reader),
        source=what.source,
        note=what.note,
        chip=chip,
        confirmed=what.confirmed,
        planned=speech.tell_many(
            "%(n)s conference is planned on this day",
            "%(n)s conferences are planned on this day",
            planned,
        )
        if planned
        else "",
        url=f"/schedule/day?on={what.day.isoformat()}",
    )


def hours_lines(
    stored: Sequence[SeasonHours],
    calendar: OfficeCalendar,
    reader: Reader,
    names: Mapping[SeasonName, str],
) -> list[HoursLine]:
    """Return the hours of both seasons; the one that holds today is marked."""
    today = calendar.hours_on(reader.day)
    return [
        HoursLine(
            season=one.name.value,
            name=reader.speech.word(names[one.name]),
            since=f"{one.hours.day:02}/{one.hours.month:02}",
            opens=clock(one.hours.opens),
            lunch_begins=clock(one.hours.lunch_begins),
            lunch_ends=clock(one.hours.lunch_ends),
            closes=clock(one.hours.closes),
            version=one.version,
            current=one.hours == today,
        )
        for one in stored
    ]


def clock(at: time) -> str:
    """Write 07:30."""
    return f"{at:%H:%M}"
