"""What every view of the schedule shares: the day it stands on, the switch, and the ways out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from aiohttp import web

from meetings.directory.finding import list_units, unit_by_code
from meetings.errors import UnitNotFound
from meetings.model import COMMUNE_KINDS, SiteId, Unit, UnitId, UnitKind
from meetings.office.workdays import OfficeCalendar, day_period
from meetings.period import Period
from meetings.store import Connection
from meetings.store.schedule import Entry, list_entries
from web.access.tier_sight import told_of
from web.errors import TooManyToShow
from web.formats import short_date
from web.i18n import N_
from web.pages.conference.conferences import unit_name
from web.pages.days import DayField, day_field
from web.pages.looks import Tab
from web.pages.reading import Reader
from web.pages.views.lanes import week_of, weeks_of_month
from web.permissions import Permission
from web.render import url
from web.scheduling.remembering import office_calendar
from web.wording.speech import Speech

MOST = 5000
MOST_UNITS = 4000
LONGEST_CODE = 64
LAST_WORKDAY = 4

WEEKLY = "weekly"
LIST, DAY, WEEK, MONTH, HALLS, LEADERS = "list", "day", "week", "month", "halls", "leaders"
VIEWS: Mapping[str, str] = MappingProxyType(
    {
        LIST: N_("List"),
        DAY: N_("Day"),
        WEEK: N_("Week"),
        MONTH: N_("Month"),
        HALLS: N_("By hall"),
        LEADERS: N_("By leader"),
    }
)
DAY_MARKS: Mapping[str, str] = MappingProxyType(
    {"off": N_("Day off"), "made-up": N_("Make-up working day"), "weekend": N_("Weekend")}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayHead:
    """A day above its column: its name, and what is particular about it."""

    day: date
    url: str
    mark: str
    mark_words: str
    today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where a view stands: `asked` is the day as it was typed, `days` are all that is shown.

    `more` is what its address says besides day and unit.
    """

    view: str
    span: str
    more: Mapping[str, str]
    asked: DayField
    days: tuple[date, ...]
    unit: Unit | None
    units: Sequence[tuple[str, str]]
    heading: str
    tabs: Sequence[Tab]
    before: str
    after: str
    today: str
    office: OfficeCalendar

    @property
    def on(self) -> date:
        """Return the day it stands on."""
        return self.asked.day

    @property
    def period(self) -> Period:
        """Return all time that the view shows."""
        return day_period(self.days[0], self.days[-1])

    @property
    def code(self) -> str | None:
        """Return the unit's code as addresses carry it."""
        return self.unit.code if self.unit else None


STANDS = web.RequestKey("schedule-frame", Frame)
"""Where a request keeps the frame of its view, for the page that says that it holds too many."""


async def frame_of(
    conn: Connection,
    request: web.Request,
    reader: Reader,
    *,
    view: str,
    span: str,
    more: Mapping[str, str | None] = MappingProxyType({}),
) -> Frame:
    """Return the frame of a view whose `span` is a day, a week or a month.

    `more` is what its address says besides day and unit, and keeps when one turns to another day.

    Raises:
        UnitNotFound: the address names no unit of today.
    """
    asked = day_field(request, reader)
    on = asked.day
    code = request.query.get("unit", "")
    unit = await unit_by_code(conn, known(code), reader.day) if code else None
    days, before, after = days_of(on, span)

    def at(day: date) -> str:
        return address(view, day, code or None, **more)

    frame = Frame(
        view=view,
        span=span,
        more={name: word for name, word in more.items() if word is not None},
        asked=asked,
        days=days,
        unit=unit,
        units=await units_to_choose(conn, reader),
        heading=heading(on, days, span, reader.speech),
        tabs=tabs(view, on, code or None, reader),
        before=at(before),
        after=at(after),
        today=at(reader.day),
        office=office_calendar(request),
    )
    request[STANDS] = frame
    return frame


def known(code: str) -> str:
    """Return a code that the store can be asked for.

    Raises:
        UnitNotFound: it is longer than any, or no text at all.
    """
    if len(code) > LONGEST_CODE or not code.isprintable():
        raise UnitNotFound(code[:LONGEST_CODE])
    return code


def address(view: str, on: date, code: str | None, **more: str | None) -> str:
    """Return the address of a view on a day; it can be shared."""
    if view == LIST:
        return "/conferences"
    return url(f"/schedule/{view}", on=on.isoformat(), unit=code, **more)


def days_of(on: date, span: str) -> tuple[tuple[date, ...], date, date]:
    """Return the days shown, and the days on which the span before and after it stand."""
    if span == DAY:
        return (on,), on - timedelta(days=1), on + timedelta(days=1)
    if span == WEEK:
        return week_of(on), on - timedelta(weeks=1), on + timedelta(weeks=1)
    days = tuple(day for week in weeks_of_month(on) for day in week)
    first = on.replace(day=1)
    return days, first - timedelta(days=1), (first + timedelta(days=31)).replace(day=1)


def heading(on: date, days: Sequence[date], span: str, speech: Speech) -> str:
    """Return what stands above: a day, a week with its number, a month."""
    if span == DAY:
        return speech.day(on)
    if span == WEEK:
        first, last = short_date(days[0]), short_date(days[-1])
        number = days[0].isocalendar().week
        return speech.tell(
            "Week %(number)s, %(first)s – %(last)s", number=number, first=first[:5], last=last
        )
    return speech.tell("Month %(month)s", month=f"{on:%m/%Y}")


def tabs(view: str, on: date, code: str | None, reader: Reader) -> list[Tab]:
    """Return the switch between views; halls are for those who may see them."""
    return [
        Tab(url=address(name, on, code), words=reader.speech.word(words), current=name == view)
        for name, words in VIEWS.items()
        if name != HALLS or reader.holds(Permission.READ_SITES)
    ]


async def units_to_choose(conn: Connection, reader: Reader) -> list[tuple[str, str]]:
    """Return the units to narrow by: offices first, then communes while they are not too many."""
    units = [
        unit for unit in await list_units(conn, on=reader.day) if unit.kind is not UnitKind.PROVINCE
    ]
    units.sort(key=lambda unit: unit.kind in COMMUNE_KINDS)
    return [(unit.code, unit_name(unit, reader.speech)) for unit in units[:MOST_UNITS]]


async def entries_of(
    conn: Connection,
    frame: Frame,
    reader: Reader,
    *,
    by_hall: bool = False,
    site: SiteId | None = None,
) -> list[Entry]:
    """Return what is held in the frame as far as the reader may know, or each hall `by_hall`.

    Raises:
        TooManyToShow: a part would pass for all of it, on paper too.
    """
    units = reader.units(Permission.READ_CONFERENCES)
    unit: UnitId | None = frame.unit.id if frame.unit else None
    found = await list_entries(conn, units, frame.period, unit=unit, site=site, limit=MOST + 1)
    if len(found) > MOST:
        raise TooManyToShow
    return await told_of(conn, reader.actor, found, by_hall=by_hall, unit=unit, site=site)


def day_head(day: date, frame: Frame, reader: Reader) -> DayHead:
    """Return the head of a day's column."""
    mark = mark_of(day, frame.office)
    return DayHead(
        day=day,
        url=address(DAY, day, frame.code),
        mark=mark,
        mark_words=reader.speech.word(DAY_MARKS[mark]) if mark else "",
        today=day == reader.day,
    )


def mark_of(day: date, office: OfficeCalendar) -> str:
    """Return what is particular about a day: a day off, a weekend, a weekend that is worked."""
    working = office.is_working_day(day)
    if day.weekday() > LAST_WORKDAY:
        return "made-up" if working else "weekend"
    return "" if working else "off"
