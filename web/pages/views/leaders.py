"""The week of each leader: who chairs what on which day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiohttp import web

from meetings.office.workdays import day_period
from meetings.store.schedule import Entry
from web.pages.reading import reader_of
from web.pages.views.narrowing import narrowed
from web.pages.views.schedule import Block, block
from web.pages.views.spans import LEADERS, WEEK, DayHead, day_head, entries_of, frame_of
from web.pages.views.week_leaders import Leaders, in_order, leader_of, leaders_of
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.transactions import connection
from web.wording.speech import Speech

routes = Routes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One leader's week: blocks for each day."""

    name: str
    days: Sequence[Sequence[Block]]


@routes.get("/schedule/leaders", allow=Permission.READ_CONFERENCES)
@narrowed
async def show(request: web.Request) -> web.Response:
    """Show who chairs what in one week."""
    reader = reader_of(request)
    async with connection(request) as conn:
        frame = await frame_of(conn, request, reader, view=LEADERS, span=WEEK)
        entries = await entries_of(conn, frame, reader)
        leaders = await leaders_of(conn, entries)
    heads = [day_head(day, frame, reader) for day in frame.days]
    rows = rows_of(entries, leaders, heads, reader.speech)
    return render(
        request,
        "schedule-leaders.html",
        frame=frame,
        heads=heads,
        rows=rows,
        sentence=reader.speech.tell_many("%(n)s leader", "%(n)s leaders", len(rows)),
        may_book=reader.holds(Permission.BOOK),
    )


def rows_of(
    entries: Iterable[Entry], leaders: Leaders, heads: Sequence[DayHead], speech: Speech
) -> list[Row]:
    """Return a row for each leader who chairs something, in Vietnamese order."""
    chaired: dict[str, list[Entry]] = {}
    for entry in entries:
        if leader := leader_of(entry, leaders):
            chaired.setdefault(leader.key, []).append(entry)
    return [
        Row(name=one.name, days=[on_day(chaired[one.key], head, speech) for head in heads])
        for one in in_order(leaders.values())
    ]


def on_day(entries: Iterable[Entry], head: DayHead, speech: Speech) -> list[Block]:
    """Return what touches one day."""
    whole = day_period(head.day)
    return [block(entry, head.day, speech) for entry in entries if entry.period.overlaps(whole)]
