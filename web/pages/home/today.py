"""Today: what needs me now?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from aiohttp import web

from meetings.attendance.rollcall import sheet_of
from meetings.model import State
from meetings.office.workdays import day_period
from meetings.store import Connection
from meetings.store.overview import Whose, count_communes, list_overlapping
from web.access.visibility import see
from web.formats import long_date
from web.live import stream
from web.pages.booking.gaveway import gave_way_for
from web.pages.booking.waiting import MOST_OFFERED, offers_for
from web.pages.conference import attending
from web.pages.conference.attending import Hall, Standing
from web.pages.conference.conferences import OPEN, Found, chip_of, with_sites
from web.pages.door.answering import answer
from web.pages.home.mine import mine_of
from web.pages.home.timeline import draw
from web.pages.home.todo import list_todos
from web.pages.home.watching import health_of
from web.pages.looks import Chip, Figure, Slice, slices
from web.pages.reading import Reader, reader_of
from web.pages.views.calendar import title_of
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.transactions import connection

routes = Routes()

AHEAD = timedelta(days=7)
MOST = 200
SHOWN = frozenset(State) - {State.CANCELLED}
TROUBLES = 6
CARE = frozenset({Standing.DROPPED, Standing.CUT, Standing.MISSING, Standing.LATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A hall that needs care, and whom to call."""

    label: str
    state: str
    words: str
    why: str
    phone: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """The conference that needs care first."""

    title: str
    url: str
    chip: Chip
    figures: Sequence[Figure]
    bar: Sequence[Slice]
    bar_words: str
    troubles: Sequence[Trouble]
    more: int


@routes.get("/", allow=Permission.READ_CONFERENCES)
async def show(request: web.Request) -> web.Response:
    """Show the day, the next conference, and what is to do."""
    reader = reader_of(request)
    units = reader.units(Permission.READ_CONFERENCES)
    whole = day_period(reader.day)
    async with connection(request) as conn:
        day, all_day = await list_overlapping(
            conn, units, start=whole.start, end=whole.end, states=SHOWN, limit=MOST
        )
        upcoming = await find_next(conn, reader)
        todos = await list_todos(conn, reader)
        offers = await offers_for(conn, reader)
        gave_way = await gave_way_for(conn, reader)
        mine = await mine_of(conn, reader, until=whole.start + AHEAD)
        halls = await count_communes(conn, on=reader.day)
    return render(
        request,
        "today.html",
        day=long_date(reader.now, reader.speech.locale),
        conferences=day,
        all_conferences=all_day,
        halls=halls,
        line=draw(
            day,
            reader.day,
            now=reader.now,
            title_of=partial(title_of, speech=reader.speech),
            clock=partial(reader.speech.clock, on=reader.day),
        ),
        next=upcoming,
        todos=todos,
        mine=mine,
        offers=offers[:MOST_OFFERED],
        more_offers=len(offers) > MOST_OFFERED,
        gave_way=gave_way,
        topics=" ".join(["board", "snapshot", *(f"conference:{one.id}" for one in day)]),
        may_book=reader.holds(Permission.BOOK),
    )


@routes.get("/stream", allow=Permission.READ_CONFERENCES)
async def live(request: web.Request) -> web.StreamResponse:
    """Tell the page of each change while it is open."""
    reader = reader_of(request)
    whole = day_period(reader.day)
    async with connection(request) as conn:
        units = reader.units(Permission.READ_CONFERENCES)
        day, _ = await list_overlapping(
            conn, units, start=whole.start, end=whole.end, states=SHOWN, limit=MOST
        )
    return await stream(
        request, ["board", "snapshot", *(f"conference:{one.id}" for one in day if one.visible)]
    )


async def find_next(conn: Connection, reader: Reader) -> Next | None:
    """Return the first open conference of the reader's, with what is wrong about its halls."""
    coming, _ = await list_overlapping(
        conn,
        reader.units(Permission.READ_CONFERENCES),
        start=reader.now,
        end=day_period(reader.day).start + AHEAD,
        states=OPEN,
        whose=Whose.VISIBLE,
        limit=1,
    )
    if not coming:
        return None
    first = coming[0]
    found = await with_sites(conn, await see(conn, reader.actor, first.id))
    sites = found.sites_for(reader)
    rows = [row for row in await sheet_of(conn, first.id, reader.now) if row.site in sites]
    health = await health_of(conn, found.sites, now=reader.now)
    halls = attending.halls(found.conference, rows, sites, health, now=reader.now)
    return next_of(found, halls, reader)


def next_of(found: Found, halls: Sequence[Hall], reader: Reader) -> Next:
    """Return the card of the conference that needs care first."""
    troubled = [hall for hall in halls if hall.standing in CARE]
    troubled.sort(key=lambda hall: list(Standing).index(hall.standing))
    return Next(
        title=found.conference.title,
        url=f"/conferences/{found.conference.id}",
        chip=chip_of(found.conference, reader),
        figures=attending.figures(halls, reader.speech),
        bar=slices(attending.parts(halls)),
        bar_words=answer(found.conference, halls, reader.speech, now=reader.now),
        troubles=[trouble(hall, reader) for hall in troubled[:TROUBLES]],
        more=max(0, len(troubled) - TROUBLES),
    )


def trouble(hall: Hall, reader: Reader) -> Trouble:
    """Return a line of the table of halls that need care."""
    links = reader.holds(Permission.READ_SITES)
    return Trouble(
        label=hall.site.label,
        state=attending.LOOKS[hall.standing],
        words=reader.speech.word(attending.COUNTED[hall.standing]).capitalize(),
        why=reader.speech.tell("since %(at)s", at=reader.speech.moment(hall.at, today=reader.now))
        if hall.at
        else "",
        phone=hall.site.phone,
        url=f"/sites/{hall.site.id}" if links else "",
    )
