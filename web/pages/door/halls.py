"""The hall's pages: when, can they see and hear us, and the way into the room.

A hall has no account: the secret in the address says which hall comes to which conference.  All
that opens the door comes from the day's snapshot and goes to a local spool, so a hall enters with
the database down.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from types import MappingProxyType

from aiohttp import web

from bridges.entry.admitting import admit
from bridges.entry.passes import Entrance, Pass
from meetings.errors import ImpossibleHeadcount
from meetings.links.invitations import declare_headcount
from meetings.model import Kind, Period
from web.answers import redirect
from web.formats import iso
from web.keys import ADMISSIONS, SETTINGS, TOKENS
from web.pages.door.closing import closed_words
from web.pages.door.doors import Door, bridge_of, door_of
from web.pages.door.room import room_page
from web.pages.live.relaying import relayed
from web.pages.reading import form_of
from web.permissions import LINK
from web.render import render
from web.routes import Routes
from web.security import embed
from web.transactions import transaction
from web.wording.sentences import say
from web.wording.speech import Speech, speech_of

routes = Routes()

PAGE = "/j/{secret:[A-Za-z0-9_-]{1,64}}"
SOONEST_REFRESH = timedelta(seconds=20)
LATEST_REFRESH = timedelta(minutes=10)
LONGEST_CLOCK = timedelta(hours=99)
LONGEST_COUNT = 6

COUNTING = frozenset({Entrance.OPEN, Entrance.TOO_LATE})
"""When a hall may say how many people sat in it."""

SILENT = frozenset({Entrance.REVOKED, Entrance.UNKNOWN})
"""Doors that tell nothing of the conference behind them."""

STATUS = MappingProxyType(
    {
        Entrance.OPEN: HTTPStatus.SERVICE_UNAVAILABLE,
        Entrance.TOO_EARLY: HTTPStatus.OK,
        Entrance.TOO_LATE: HTTPStatus.GONE,
        Entrance.REVOKED: HTTPStatus.FORBIDDEN,
        Entrance.CANCELLED: HTTPStatus.GONE,
        Entrance.UNKNOWN: HTTPStatus.NOT_FOUND,
    }
)
"""How a door that is not open answers; an open one without its bridge is a trouble of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HallView:
    """The hall and its conference, in words and for the page's clock."""

    base: str
    label: str
    title: str
    when: str
    relayed: str
    start_iso: str
    end_iso: str
    now_iso: str
    opens_iso: str
    clock: str
    begun: bool
    over: bool
    people: str
    said: str
    wrong: str
    rehearsal: bool
    tested: bool


@routes.get(PAGE, allow=LINK, embed=True)
async def show(request: web.Request) -> web.Response:
    """Show the hall its conference, or what to do instead."""
    door = await door_of(request)
    known = bridge_of(request, door)
    if door.found is None or door.entrance is not Entrance.OPEN or known is None:
        return closed_page(request, door)
    embed(request, known.bridge.public_url)
    return hall_page(request, door, people=request.query.get("people", "")[:LONGEST_COUNT])


@routes.post(f"{PAGE}/enter", allow=LINK, embed=True)
async def enter(request: web.Request) -> web.Response:
    """Let the hall in: written down first, then a token for the bridge in our frame."""
    door = await door_of(request)
    known = bridge_of(request, door)
    if door.found is None or door.entrance is not Entrance.OPEN or known is None:
        return closed_page(request, door)
    app = request.app
    ticket = await admit(app[ADMISSIONS], door.found, known, app[TOKENS], door.now)
    if "direct" in await form_of(request):
        return redirect(ticket.url)
    return room_page(request, door.base, door.found, known.bridge, ticket)


@routes.post(f"{PAGE}/headcount", allow=LINK)
async def headcount(request: web.Request) -> web.Response:
    """Note how many people sit in the hall."""
    door, form = await door_of(request), await form_of(request)
    if door.found is None or door.entrance not in COUNTING:
        return closed_page(request, door)
    people = form.get("people").strip()[:LONGEST_COUNT]
    try:
        await declare(request, door, door.found, people)
    except ImpossibleHeadcount as error:
        return hall_page(request, door, people=people, wrong=say(request, error.code))
    return redirect(f"{door.base}?people={int(people)}")


async def declare(request: web.Request, door: Door, found: Pass, people: str) -> None:
    """Write the count down.

    Raises:
        ImpossibleHeadcount: it is no number, or too large a one.
    """
    if not (people.isascii() and people.isdigit()):
        raise ImpossibleHeadcount(-1)
    conference = found.occasion.conference
    async with transaction(request) as conn:
        await declare_headcount(
            conn,
            conference,
            found.site,
            int(people),
            by=f"link:{conference}/{found.site}",
            now=door.now,
        )


def hall_page(
    request: web.Request, door: Door, *, people: str = "", wrong: str = ""
) -> web.Response:
    """Return the page before the room."""
    return render(
        request,
        "hall.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        hall=view(
            door, speech_of(request), people=people, wrong=wrong, tested="tested" in request.query
        ),
        hotline=hotline_of(request),
    )


def closed_page(request: web.Request, door: Door) -> web.Response:
    """Return the page of a door that is not open: what is the matter, and what to do."""
    speech = speech_of(request)
    words = closed_words(door.entrance, door.found, speech)
    return render(
        request,
        "hall-closed.html",
        status=STATUS[door.entrance],
        hall=view(door, speech) if door.found and door.entrance not in SILENT else None,
        status_words=words.status,
        todo=words.todo,
        refresh_seconds=refresh_seconds(door),
        hotline=hotline_of(request),
    )


def refresh_seconds(door: Door) -> int:
    """Return when a page without scripts looks again: at the opening, or in a while."""
    if door.found is None or door.entrance is not Entrance.TOO_EARLY:
        return 0
    left = door.found.occasion.opens_at - door.now
    return round(min(max(left, SOONEST_REFRESH), LATEST_REFRESH).total_seconds())


def hotline_of(request: web.Request) -> str:
    """Return whom a hall calls."""
    return request.app[SETTINGS].hotline


def view(
    door: Door, speech: Speech, *, people: str = "", wrong: str = "", tested: bool = False
) -> HallView | None:
    """Return the hall and its conference as pages show them."""
    if door.found is None:
        return None
    occasion = door.found.occasion
    early = door.entrance is Entrance.TOO_EARLY
    return HallView(
        base=door.base,
        label=door.found.label,
        title=occasion.title,
        when=when(door.found, speech),
        relayed=relayed(occasion, speech),
        start_iso=iso(occasion.start),
        end_iso=iso(occasion.end),
        now_iso=iso(door.now),
        opens_iso=iso(occasion.opens_at) if early else "",
        clock=clock(occasion.opens_at if early else occasion.start, door.now),
        begun=door.now >= occasion.start,
        over=door.now > occasion.end,
        people=people,
        said=speech.tell("Declared") if people and not wrong else "",
        wrong=wrong,
        rehearsal=occasion.kind is Kind.REHEARSAL,
        tested=tested,
    )


def when(found: Pass, speech: Speech) -> str:
    """Write day, time and chair."""
    occasion = found.occasion
    span = speech.span(Period(occasion.start, occasion.end))
    if not occasion.chair:
        return span
    return f"{span} · " + speech.tell("Chair: %(chair)s", chair=occasion.chair)


def clock(moment: datetime, now: datetime) -> str:
    """Write how long it is until a moment, or since, as the page's clock goes on from."""
    seconds = round(min(abs(moment - now), LONGEST_CLOCK).total_seconds())
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
