"""The board: what is broken, since when, and whom does it hurt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from meetings.model import SiteId
from monitoring.board import board, count_states
from monitoring.model import BoardRow, Health
from web.formats import clock_time
from web.live import stream
from web.pages.conference.callers import Caller, callers_of
from web.pages.home.watching import chip_of, since, why
from web.pages.looks import Figure, Tile, slices, trouble_first
from web.pages.reading import Reader, reader_of
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.transactions import connection
from web.wording.speech import Speech

routes = Routes()

RANKS = {Health.DOWN: 0, Health.UNKNOWN: 2, Health.UP: 1}
NAMES_IN_ANSWER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A hall that cannot be reached, and the conference that will miss it."""

    id: SiteId
    label: str
    state: str
    words: str
    since: str
    why: str
    next: str
    callers: Sequence[Caller]


@routes.get("/board", allow=Permission.READ_BOARD)
async def show(request: web.Request) -> web.Response:
    """Show every hall of the reader's, the broken ones first."""
    reader = reader_of(request)
    async with connection(request) as conn:
        rows = await board(conn, reader.now, units=reader.units(Permission.READ_BOARD))
        watched = [row for row in rows if row.health.watched]
        down = sorted((row for row in watched if row.health.state is Health.DOWN), key=soonest)
        told = await callers_of(conn, [row.site for row in down], reader.speech, on=reader.day)
    counts = count_states(watched)
    return render(
        request,
        "board.html",
        answer=answer(down, watched, reader.speech),
        second=reader.speech.tell("%(at)s, kept up to date", at=clock_time(reader.now)),
        figures=figures(rows, reader.speech),
        bar=slices(
            (
                ("ok", counts[Health.UP]),
                ("bad", counts[Health.DOWN]),
                ("dim", len(rows) - counts[Health.UP] - counts[Health.DOWN]),
            )
        ),
        troubles=[trouble(row, told[row.site.id], reader) for row in down],
        tiles=tiles(rows, reader),
    )


@routes.get("/board/stream", allow=Permission.READ_BOARD)
async def live(request: web.Request) -> web.StreamResponse:
    """Tell the page of each change while it is open."""
    return await stream(request, ["board"])


def soonest(row: BoardRow) -> tuple[bool, float]:
    """Put first what is needed first."""
    return row.next is None, row.next.period.start.timestamp() if row.next else 0.0


def answer(down: Sequence[BoardRow], watched: Sequence[BoardRow], speech: Speech) -> str:
    """Return the page's answer as one sentence."""
    if not watched:
        return speech.tell("No hall is looked at yet")
    if not down:
        return speech.tell("No hall is known to be out of reach")
    return speech.tell_many(
        "%(n)s hall is out of reach: %(names)s",
        "%(n)s halls are out of reach: %(names)s",
        len(down),
        names=speech.listing((row.site.label for row in down), most=NAMES_IN_ANSWER),
    )


def figures(rows: Sequence[BoardRow], speech: Speech) -> list[Figure]:
    """Return how many halls are how."""
    watched = [row for row in rows if row.health.watched]
    counts = count_states(watched)
    told = (
        (counts[Health.UP], speech.tell("can be reached"), "ok"),
        (counts[Health.DOWN], speech.tell("out of reach"), "bad"),
        (counts[Health.UNKNOWN], speech.tell("not known"), ""),
        (len(rows) - len(watched), speech.tell("not looked at"), ""),
    )
    return [
        Figure(number=speech.number(count), words=words, state=state)
        for count, words, state in told
    ]


def trouble(row: BoardRow, callers: Sequence[Caller], reader: Reader) -> Trouble:
    """Return one line of what is broken."""
    chip = chip_of(row.health, reader.speech)
    return Trouble(
        id=row.site.id,
        label=row.site.label,
        state=chip.state,
        words=chip.words,
        since=since(row.health, reader),
        why=why(row.health, reader.speech),
        next=next_words(row, reader),
        callers=callers,
    )


def next_words(row: BoardRow, reader: Reader) -> str:
    """Say which conference the hall is promised to next."""
    if row.next is None:
        return reader.speech.tell("none planned")
    at = reader.speech.moment(row.next.period.start, today=reader.now)
    return f"{at} {row.next.title}"


def tiles(rows: Sequence[BoardRow], reader: Reader) -> list[Tile]:
    """Return the wall of halls."""
    return trouble_first([tile(row, reader) for row in rows])


def tile(row: BoardRow, reader: Reader) -> Tile:
    """Return one hall on the wall."""
    chip = chip_of(row.health, reader.speech)
    at = row.health.since if row.health.watched else None
    told = reader.speech.moment(at, today=reader.now)[:5] if at else ""
    words = reader.speech.tell("since %(at)s", at=told) if told else chip.words
    rank = RANKS[row.health.state] if row.health.watched else len(RANKS)
    return Tile(id=row.site.id, label=row.site.label, state=chip.state, words=words, rank=rank)
