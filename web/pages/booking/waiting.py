"""Waiting for halls: from the clash page onto the list, offered on Today, booked by one button."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aiohttp import web

from meetings.errors import SiteBusy
from meetings.model import ConferenceId
from meetings.scheduling.waiting import Waiting, leave, list_waiting, wait
from meetings.store import Connection
from web.answers import redirect
from web.approval.approving import submit_draft
from web.input.typed import parse_wish_page
from web.pages.booking.approvals_said import said_of
from web.pages.booking.warned import ACCEPTED, Warned, ask_first, require_read
from web.pages.conference.conferences import find_mine
from web.pages.reading import Reader, form_of, reader_of
from web.pages.sending import send_once
from web.permissions import Permission
from web.routes import Routes
from web.scheduling.booking import desk_of, find_wish
from web.transactions import transaction

routes = Routes()

MOST_OFFERED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A draft that waits, or whose halls are offered."""

    id: ConferenceId
    title: str
    when: str
    state: str


@routes.post("/waiting", allow=Permission.BOOK)
async def put(request: web.Request) -> web.StreamResponse:
    """Keep what was typed as a draft that waits."""
    reader, form = reader_of(request), await form_of(request)
    desk, body = desk_of(request, reader.actor), parse_wish_page(form)

    async def work(conn: Connection) -> str:
        wish = await find_wish(conn, desk, body)
        kept = await wait(
            conn, wish, bridge=body.bridge or "", by=reader.actor.name, now=reader.now
        )
        return f"/conferences/{kept.id}?said=waiting"

    return await send_once(request, form, work)


@routes.post("/waiting/{id:[0-9]+}/book", allow=Permission.BOOK)
async def book(request: web.Request) -> web.StreamResponse:
    """Book what was offered; where somebody was quicker, the draft waits on."""
    reader, form = reader_of(request), await form_of(request)
    desk = desk_of(request, reader.actor)
    try:
        async with transaction(request) as conn:
            found = await find_mine(conn, request, reader, Permission.BOOK)
            after = await submit_draft(conn, desk, found.conference.id, version=None)
            require_read(after, form.get(ACCEPTED))
    except Warned as warned:
        return await ask_first(request, warned, back="/")
    except SiteBusy:
        return redirect(f"/conferences/{request.match_info['id']}?said=too-slow")
    return redirect(f"/conferences/{after.id}?said={said_of(after)}")


@routes.post("/waiting/{id:[0-9]+}/leave", allow=Permission.BOOK)
async def go(request: web.Request) -> web.StreamResponse:
    """Wait no more."""
    reader = reader_of(request)
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.BOOK)
        await leave(conn, found.conference.id, by=reader.actor.name, now=reader.now)
    return redirect("/approvals?said=left")


async def queue_for(conn: Connection, reader: Reader, after: int, *, limit: int) -> list[Card]:
    """Return what waits for the reader's units."""
    units = reader.units(Permission.BOOK)
    found = await list_waiting(conn, units, after=after, limit=limit) if units else []
    return cards(found, reader)


async def offers_for(conn: Connection, reader: Reader) -> list[Card]:
    """Return what is offered to the reader's units now, with one more where there are others."""
    units, now = reader.units(Permission.BOOK), reader.now
    found = await list_waiting(conn, units, limit=MOST_OFFERED + 1, offered=now) if units else []
    return cards(found, reader)


def is_offered(one: Waiting, reader: Reader) -> bool:
    """Tell whether the halls are offered now."""
    return one.offer_until is not None and one.offer_until > reader.now


def cards(found: Iterable[Waiting], reader: Reader) -> list[Card]:
    """Return each as the pages show it."""
    speech = reader.speech
    return [
        Card(
            id=one.conference,
            title=one.title,
            when=speech.span(one.period),
            state=state_of(one, reader),
        )
        for one in found
    ]


def state_of(one: Waiting, reader: Reader) -> str:
    """Return until when its halls are offered, or since when it waits for them."""
    speech = reader.speech
    if one.offer_until is not None and is_offered(one, reader):
        at = speech.moment(one.offer_until, today=reader.now)
        return speech.tell("offered until %(at)s", at=at)
    return speech.tell("waits since %(at)s", at=speech.moment(one.since, today=reader.now))
