"""Halls × hours: who holds which hall when, for a day or a week, in one table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from aiohttp import web

from meetings.directory.finding import find_sites
from meetings.model import COMMUNE_KINDS, Site, SiteId, State
from meetings.names import sort_key
from meetings.store.schedule import Entry
from web.formats import clock_time, iso
from web.i18n import N_
from web.pages.looks import Tab
from web.pages.reading import Reader, reader_of, word_in
from web.pages.views.lanes import HOURS_A_DAY, Grid, Place, grid_for, now_slot, place
from web.pages.views.narrowing import narrowed
from web.pages.views.schedule import host_of, look_of
from web.pages.views.spans import DAY, HALLS, WEEK, Frame, address, day_head, entries_of, frame_of
from web.permissions import Permission, may
from web.render import render
from web.routes import Routes
from web.transactions import connection

routes = Routes()

MOST_HALLS = 400
DAY_MINUTES = 5
WEEK_MINUTES = 15
NARROW_SLOTS = 12
"""In a week, a bar of less than three hours is too narrow for words."""
LOOKS: Mapping[str, str] = MappingProxyType(
    {
        "plan": N_("Booked"),
        "live": N_("In session"),
        "asked": N_("Asked for"),
        "done": N_("Ended"),
        "other": N_("Held by others"),
    }
)
MOVABLE = frozenset({State.CONFIRMED, State.REQUESTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A conference in one hall; `key` finds what there is to move, and is 0 where nothing is."""

    start: int
    span: int
    lane: int
    look: str
    url: str
    words: str
    tip: str
    key: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A hall; `lanes` is more than one only where requests overlap."""

    id: SiteId
    label: str
    second: str
    bars: Sequence[Bar]
    lanes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Halls of like kind."""

    words: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Movable:
    """A conference that the reader may move, as its change must name it."""

    id: int
    version: int
    start: str
    end: str
    slot: int
    span: int
    title: str


@routes.get("/schedule/halls", allow=Permission.READ_SITES)
@narrowed
async def show(request: web.Request) -> web.Response:
    """Show who holds which hall when."""
    reader = reader_of(request)
    span = WEEK if request.query.get("span") == WEEK else DAY
    q = word_in(request)
    more = {"span": WEEK if span == WEEK else None, "q": q or None}
    async with connection(request) as conn:
        frame = await frame_of(conn, request, reader, view=HALLS, span=span, more=more)
        below = frame.unit.id if frame.unit else None
        sites = await find_sites(conn, q, on=frame.on, below=below, limit=MOST_HALLS + 1)
        entries = await entries_of(conn, frame, reader, by_hall=True)
    cut, sites = len(sites) > MOST_HALLS, sites[:MOST_HALLS]
    minutes = DAY_MINUTES if span == DAY else WEEK_MINUTES
    grid = grid_for(frame.days, (one.period for one in entries), minutes=minutes)
    movable = [move for one in entries for move in movables(one, grid, reader)]
    return render(
        request,
        "schedule-halls.html",
        frame=frame,
        span=span,
        q=q,
        spans=spans(frame, span, reader),
        grid=grid,
        heads=[day_head(day, frame, reader) for day in frame.days],
        ticks=ticks(grid),
        now_at=now_slot(reader.now, grid),
        parts=parts(sites, bars_by_hall(entries, grid, reader, movable), reader),
        movable=movable,
        looks=[(look, reader.speech.word(words)) for look, words in LOOKS.items()],
        sentence=sentence(sites, entries, reader),
        cut=cut,
        may_book=reader.holds(Permission.BOOK),
    )


def spans(frame: Frame, span: str, reader: Reader) -> list[Tab]:
    """Return the switch between one day and one week; what was searched for is kept."""
    speech, kept = reader.speech, frame.more.get("q")
    day = address(HALLS, frame.on, frame.code, q=kept)
    week = address(HALLS, frame.on, frame.code, span=WEEK, q=kept)
    return [
        Tab(url=day, words=speech.tell("Day"), current=span == DAY),
        Tab(url=week, words=speech.tell("Week"), current=span == WEEK),
    ]


def sentence(sites: Sequence[Site], entries: Iterable[Entry], reader: Reader) -> str:
    """Say how many halls there are and how many of them are held by somebody."""
    held = {site for entry in entries for site in entry.sites}
    taken = sum(site.id in held for site in sites)
    return reader.speech.tell_many(
        "%(n)s hall, %(taken)s with a conference",
        "%(n)s halls, %(taken)s with a conference",
        len(sites),
        taken=taken,
    )


def bars_by_hall(
    entries: Sequence[Entry], grid: Grid, reader: Reader, movable: Collection[Movable]
) -> Mapping[SiteId, list[Bar]]:
    """Return the bars of each hall, by start."""
    keys = {move.id for move in movable}
    by_hall: dict[SiteId, list[Entry]] = {}
    for entry in entries:
        for site in entry.sites:
            by_hall.setdefault(site, []).append(entry)
    return {
        site: [
            bar(one, grid, reader, keys) for one in place(held, grid, period_of=lambda e: e.period)
        ]
        for site, held in by_hall.items()
    }


def bar(one: Place[Entry], grid: Grid, reader: Reader, keys: Collection[int]) -> Bar:
    """Return one conference in a hall; of others' only holder and period."""
    entry = one.item
    period = f"{clock_time(entry.period.start)}–{clock_time(entry.period.end)}"
    host = host_of(entry, reader.speech)
    words = entry.title if entry.told else host
    short = len(grid.days) > 1
    moves = entry.id in keys
    page = f"/conferences/{entry.id}"
    return Bar(
        start=one.start,
        span=one.span,
        lane=one.lane,
        look=f"{look_of(entry)} thin" if short and one.span < NARROW_SLOTS else look_of(entry),
        url=(f"{page}/change" if moves else page) if entry.visible else "",
        words=f"{clock_time(entry.period.start) if short else period} {words}",
        tip=f"{period} {words} ({host})" if entry.told else f"{period} {host}",
        key=entry.id if moves else 0,
    )


def movables(entry: Entry, grid: Grid, reader: Reader) -> Iterable[Movable]:
    """Yield the conference if it has not begun and the reader acts for its host."""
    hosts = may(reader.actor, Permission.BOOK, entry.host_path)
    placed = place([entry], grid, period_of=lambda one: one.period)
    if not hosts or entry.state not in MOVABLE or entry.period.start <= reader.now or not placed:
        return
    yield Movable(
        id=entry.id,
        version=entry.version,
        start=iso(entry.period.start),
        end=iso(entry.period.end),
        slot=placed[0].start,
        span=placed[0].span,
        title=entry.title,
    )


def parts(
    sites: Sequence[Site], bars: Mapping[SiteId, Sequence[Bar]], reader: Reader
) -> list[Part]:
    """Return the halls of the province's offices, then those of the communes."""
    speech = reader.speech
    communal = [site for site in sites if site.unit_kind in COMMUNE_KINDS]
    others = [site for site in sites if site.unit_kind not in COMMUNE_KINDS]
    others.sort(key=lambda site: sort_key(site.unit_name))
    found = [
        (speech.tell("Provincial offices"), others),
        (speech.tell("Communes and wards"), communal),
    ]
    return [
        Part(words=words, rows=[row(site, bars.get(site.id, ())) for site in members])
        for words, members in found
        if members
    ]


def row(site: Site, bars: Sequence[Bar]) -> Row:
    """Return one hall with its bars."""
    communal = site.unit_kind in COMMUNE_KINDS
    return Row(
        id=site.id,
        label=site.label if communal else site.unit_name,
        second="" if communal else site.name,
        bars=bars,
        lanes=max((one.lane + 1 for one in bars), default=1),
    )


def ticks(grid: Grid) -> list[tuple[int, int, str]]:
    """Return the hours of a single day: the slot each begins at, its slots, its words."""
    slots = grid.a_day // len(grid.hours)
    return [
        (number * slots, slots, f"{hour % HOURS_A_DAY:02d}")
        for number, hour in enumerate(grid.hours)
    ]
