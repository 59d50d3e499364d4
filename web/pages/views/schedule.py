"""The schedule as a day, a week or a month: conferences side by side in their columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from meetings.model import State
from meetings.office.workdays import day_period
from meetings.store.schedule import Entry
from web.pages.looks import STATE_LOOKS, Chip
from web.pages.reading import Reader, reader_of
from web.pages.views.lanes import (
    DAYS_A_WEEK,
    MINUTES_AN_HOUR,
    Grid,
    Place,
    grid_for,
    now_slot,
    place,
    side_by_side,
)
from web.pages.views.narrowing import narrowed
from web.pages.views.spans import DAY, MONTH, WEEK, DayHead, Frame, day_head, entries_of, frame_of
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.transactions import connection
from web.wording import phrases
from web.wording.speech import Speech

routes = Routes()

MINUTES = 15
SMALLEST_SLOTS = 2
MOST_IN_CELL = 4
WIDEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A conference in a column: row and rows it takes, and where among its neighbours."""

    row: int
    rows: int
    column: int
    time: str
    title: str
    host: str
    second: str
    url: str
    look: str
    chip: Chip


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Blocks that stand side by side."""

    row: int
    rows: int
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A day of the grid; `now` is the row of the present moment."""

    head: DayHead
    groups: Sequence[Group]
    count: int
    lanes: int
    now: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A day of the month; `more` counts what does not fit."""

    head: DayHead
    outside: bool
    blocks: Sequence[Block]
    more: int


@routes.get("/schedule/day", allow=Permission.READ_CONFERENCES)
@narrowed
async def show_day(request: web.Request) -> web.Response:
    """Show one day by the hour."""
    return await show_columns(request, DAY)


@routes.get("/schedule/week", allow=Permission.READ_CONFERENCES)
@narrowed
async def show_week(request: web.Request) -> web.Response:
    """Show one week by the hour."""
    return await show_columns(request, WEEK)


async def show_columns(request: web.Request, span: str) -> web.Response:
    """Show days beside each other."""
    reader = reader_of(request)
    async with connection(request) as conn:
        frame = await frame_of(conn, request, reader, view=span, span=span)
        entries = await entries_of(conn, frame, reader)
    grid = grid_for(frame.days, (one.period for one in entries), minutes=MINUTES)
    return render(
        request,
        "schedule.html",
        frame=frame,
        columns=[column(day, entries, grid, frame, reader) for day in frame.days],
        hours=hours(grid),
        total=len(entries),
        sentence=counted(entries, reader.speech),
        may_book=reader.holds(Permission.BOOK),
    )


@routes.get("/schedule/month", allow=Permission.READ_CONFERENCES)
@narrowed
async def show_month(request: web.Request) -> web.Response:
    """Show one month in whole weeks."""
    reader = reader_of(request)
    async with connection(request) as conn:
        frame = await frame_of(conn, request, reader, view=MONTH, span=MONTH)
        entries = await entries_of(conn, frame, reader)
    cells = [cell(day, entries, frame, reader) for day in frame.days]
    month = day_period(frame.on.replace(day=1), max(d for d in frame.days if same(d, frame.on)))
    inside = [one for one in entries if one.period.overlaps(month)]
    return render(
        request,
        "schedule-month.html",
        frame=frame,
        weeks=[cells[at : at + DAYS_A_WEEK] for at in range(0, len(cells), DAYS_A_WEEK)],
        sentence=counted(inside, reader.speech),
        may_book=reader.holds(Permission.BOOK),
    )


def same(day: date, other: date) -> bool:
    """Tell whether two days lie in one month."""
    return (day.year, day.month) == (other.year, other.month)


def counted(entries: Sequence[Entry], speech: Speech) -> str:
    """Say how many conferences there are."""
    return speech.tell_many("%(n)s conference", "%(n)s conferences", len(entries))


def hours(grid: Grid) -> list[tuple[int, int, str]]:
    """Return each hour's first row, its rows, and its words."""
    rows = MINUTES_AN_HOUR // grid.minutes
    return [(number * rows, rows, f"{hour:02d}:00") for number, hour in enumerate(grid.hours)]


def column(day: date, entries: Iterable[Entry], grid: Grid, frame: Frame, reader: Reader) -> Column:
    """Return one day's column, which has the hours of the whole grid."""
    own = Grid(days=(day,), first=grid.first, last=grid.last, minutes=grid.minutes)
    places = place(entries, own, period_of=lambda one: one.period)
    groups = [group(one, day, reader.speech) for one in side_by_side(places)]
    return Column(
        head=day_head(day, frame, reader),
        groups=groups,
        count=len(places),
        lanes=min(
            WIDEST, max((block.column + 1 for one in groups for block in one.blocks), default=0)
        ),
        now=now_slot(reader.now, own),
    )


def group(places: Sequence[Place[Entry]], day: date, speech: Speech) -> Group:
    """Return neighbours as they stand side by side; rows count from the group's own first."""
    start = places[0].start
    blocks = [
        block(one.item, day, speech, row=one.start - start, rows=one.span, column=one.lane)
        for one in places
    ]
    return Group(row=start, rows=max(one.end for one in places) - start, blocks=blocks)


def block(
    entry: Entry,
    day: date,
    speech: Speech,
    *,
    row: int = 0,
    rows: int = SMALLEST_SLOTS,
    column: int = 0,
) -> Block:
    """Return one conference as it stands on a day; of others' only holder and period."""
    host = host_of(entry, speech)
    return Block(
        row=row,
        rows=rows,
        column=column,
        time=speech.hours(entry.period, on=day),
        title=entry.title if entry.told else host,
        host=host if entry.told else speech.tell("Already booked"),
        second=entry.chair,
        url=f"/conferences/{entry.id}" if entry.visible else "",
        look=look_of(entry),
        chip=Chip(state=STATE_LOOKS[entry.state], words=speech.word(phrases.STATES[entry.state])),
    )


def look_of(entry: Entry) -> str:
    """Return how a bar looks: by its state, or as somebody else's."""
    if not entry.told:
        return "other"
    if entry.state in {State.ENDED, State.CLOSED}:
        return "done"
    return {State.LIVE: "live", State.REQUESTED: "asked"}.get(entry.state, "plan")


def host_of(entry: Entry, speech: Speech) -> str:
    """Return the host's name in the reader's language."""
    english = speech.locale == "en" and entry.host_name_en
    return entry.host_name_en if english else entry.host_name


def cell(day: date, entries: Sequence[Entry], frame: Frame, reader: Reader) -> Cell:
    """Return one day of the month."""
    whole = day_period(day)
    found = [one for one in entries if one.period.overlaps(whole)]
    most = MOST_IN_CELL if len(found) <= MOST_IN_CELL else MOST_IN_CELL - 1
    return Cell(
        head=day_head(day, frame, reader),
        outside=not same(day, frame.on),
        blocks=[block(one, day, reader.speech) for one in found[:most]],
        more=len(found) - len(found[:most]),
    )
