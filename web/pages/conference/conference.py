"""One conference: is it ready, who is not here, who was there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_urlsafe

from aiohttp import web

from bridges.model import Room
from bridges.placement.rooms import find_room
from bridges.registered.registry import TRIAL
from meetings.attendance.rollcall import sheet_of
from meetings.model import Conference, ConferenceId, OfficialId, State
from meetings.rules import PLANNED, UNPROMISED
from meetings.scheduling.booking import end as end_conference
from meetings.scheduling.resources import Official
from meetings.store.occurrences import find_belonging
from web.answers import redirect
from web.approval.submission_sight import submitted_of
from web.input.forms import CancelBody, parse_form
from web.live import stream
from web.pages.approval.handing import offered_of
from web.pages.booking.belonging import cancel_dates
from web.pages.booking.chairing import chair_words, delegate_words, held_officials
from web.pages.booking.stage import stage_of
from web.pages.conference import attending
from web.pages.conference.callers import callers_for
from web.pages.conference.cascade import card_of
from web.pages.conference.conferences import (
    OPEN,
    Found,
    chip_of,
    find,
    find_mine,
    unit_name,
    when_of,
)
from web.pages.conference.line_tests import line_test_words
from web.pages.conference.recordings import recordings_words
from web.pages.door.answering import answer
from web.pages.halls.systems import systems_for
from web.pages.home.watching import health_of
from web.pages.live.control import panel_of
from web.pages.live.leading import leads
from web.pages.live.watching import watches
from web.pages.looks import Chip, Fact
from web.pages.reading import Reader, form_of, reader_of, version_in
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.scheduling.booking import desk_of
from web.transactions import connection, transaction
from web.wording import approval_words, content_phrases, phrases

routes = Routes()

TRIAL_BROWSERS = 8
"""How many browsers with picture and sound a room of the trial bridge takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The conference as its page shows it."""

    id: ConferenceId
    title: str
    when: str
    host: str
    chip: Chip
    facts: tuple[Fact, ...]
    remarks: tuple[str, ...]
    note: str
    halls: int
    version: int
    demo: bool
    cancelled: str
    sheet_url: str
    links_url: str
    control_url: str
    may_watch: bool
    may_end: bool
    may_change: bool
    may_cancel: bool
    may_copy: bool


@routes.get("/conferences/{id:[0-9]+}", allow=Permission.READ_CONFERENCES)
async def show(request: web.Request) -> web.Response:
    """Show where every hall stands."""
    reader = reader_of(request)
    async with connection(request) as conn:
        found = await find(conn, request, reader)
        sites = found.sites_for(reader)
        rows = await sheet_of(conn, found.conference.id, reader.now)
        health = await health_of(conn, found.conference.sites, now=reader.now)
        room = await find_room(conn, found.conference.id)
        belonging = await find_belonging(conn, found.conference.id)
        stage = await stage_of(conn, found, reader)
        offered = await offered_of(conn, found, reader)
        submitted = await submitted_of(conn, reader.actor, conference=found.conference.id)
        panel = await panel_of(conn, request, found, room, reader)
        upstream = await card_of(conn, found, reader)
        systems = await systems_for(conn, request, found, room, reader)
        line_test = await line_test_words(conn, found, reader)
        officials = await held_officials(conn, found.conference)
        told = await callers_for(conn, found, reader)
        recordings = await recordings_words(conn, found, reader)
    known = [row for row in rows if row.site in sites]
    halls = attending.halls(found.conference, known, sites, health, now=reader.now)
    return render(
        request,
        "conference.html",
        c=view(found, room, officials, reader),
        stage=stage,
        offered=offered,
        submitted=submitted,
        belonging=belonging,
        panel=panel,
        upstream=upstream,
        systems=systems,
        line_test=line_test,
        recordings=recordings,
        answer=answer(found.conference, halls, reader.speech, now=reader.now),
        figures=attending.figures(halls, reader.speech),
        tiles=attending.tiles(halls, reader.speech),
        callers=told,
        key=token_urlsafe(16),
    )


def view(
    found: Found, room: Room | None, officials: Mapping[OfficialId, Official], reader: Reader
) -> View:
    """Return what the page shows besides the halls."""
    conference, speech = found.conference, reader.speech
    base = f"/conferences/{conference.id}"
    books = found.is_mine(reader, Permission.BOOK)
    shows_links = found.is_mine(reader, Permission.SHOW_LINKS) and conference.state in OPEN
    begun = reader.now >= conference.period.start
    return View(
        id=conference.id,
        title=conference.title,
        when=when_of(conference, speech),
        host=unit_name(found.host, speech),
        chip=chip_of(conference, reader),
        facts=facts(found, officials, reader),
        remarks=remarks(found, room, reader),
        note=conference.note,
        halls=len(conference.sites),
        version=conference.version,
        demo=conference.demo,
        cancelled=cancelled(conference, reader),
        sheet_url=f"{base}/sheet" if begun and reader.holds(Permission.READ_SHEETS) else "",
        links_url=f"{base}/links" if shows_links else "",
        control_url=f"{base}/control" if leads(found, room, reader) else "",
        may_watch=watches(found, room, reader),
        may_end=books and conference.state in OPEN and begun,
        may_change=books and conference.state in OPEN | UNPROMISED,
        may_cancel=books and conference.state in PLANNED,
        may_copy=books,
    )


def facts(
    found: Found, officials: Mapping[OfficialId, Official], reader: Reader
) -> tuple[Fact, ...]:
    """Return the list of facts; empty ones are left out."""
    conference, speech = found.conference, reader.speech
    main = found.sites.get(conference.main_site)
    visibility = content_phrases.VISIBILITIES[conference.visibility]
    told = (
        (speech.tell("Kind"), speech.word(phrases.KINDS[conference.kind])),
        (speech.tell("Urgency"), speech.word(approval_words.URGENCIES[conference.urgency])),
        (speech.tell("Reason for short notice"), conference.waiver),
        (speech.tell("Chaired by"), chair_words(conference, officials)),
        (speech.tell("Delegates"), delegate_words(conference, officials)),
        (speech.tell("Minutes kept by"), conference.secretary),
        (speech.tell("Main hall"), main.name if main else ""),
        (
            speech.tell("Halls of other tiers"),
            speech.number(found.unnamed) if found.unnamed else "",
        ),
        (speech.tell("Length"), speech.length(conference.period.end - conference.period.start)),
        (speech.tell("Who sees the title"), speech.word(visibility)),
    )
    return tuple(Fact(words=words, value=value) for words, value in told if value)


def remarks(found: Found, room: Room | None, reader: Reader) -> tuple[str, ...]:
    """Return what somebody should know about the room.

    That the trial bridge carries too few is told to who can move the room or lead it alone.
    """
    conference, halls = found.conference, len(found.conference.sites)
    if conference.state not in OPEN:
        return ()
    if room is None:
        return (reader.speech.tell("No bridge carries this conference yet."),)
    leads_it = found.is_mine(reader, Permission.CONTROL)
    if leads_it and room.bridge_name == TRIAL and halls > TRIAL_BROWSERS:
        text = reader.speech.tell(
            "This conference is on the trial bridge, which carries picture and sound for at most"
            " %(most)s browsers. For %(halls)s halls a real bridge is needed.",
            most=TRIAL_BROWSERS,
            halls=halls,
        )
        return (text,)
    return ()


def cancelled(conference: Conference, reader: Reader) -> str:
    """Return why it was cancelled, or nothing."""
    if conference.state is not State.CANCELLED:
        return ""
    return reader.speech.tell("Cancelled: %(reason)s", reason=conference.cancel_reason or "–")


@routes.get("/conferences/{id:[0-9]+}/stream", allow=Permission.READ_CONFERENCES)
async def live(request: web.Request) -> web.StreamResponse:
    """Tell the page of each change while it is open."""
    async with connection(request) as conn:
        found = await find(conn, request, reader_of(request))
    return await stream(request, [f"conference:{found.conference.id}", "board"])


@routes.post("/conferences/{id:[0-9]+}/cancel", allow=Permission.BOOK)
async def cancel(request: web.Request) -> web.StreamResponse:
    """Call the conference off, with a reason; twice is once."""
    reader, form = reader_of(request), await form_of(request)
    body = parse_form(CancelBody, {"reason": form.get("reason")})
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.BOOK)
        if found.conference.state is not State.CANCELLED:
            desk, version = desk_of(request, reader.actor), version_in(form)
            await cancel_dates(
                conn, desk, found.conference, form, reason=body.reason, version=version
            )
    return redirect(f"/conferences/{found.conference.id}?said=cancelled")


@routes.post("/conferences/{id:[0-9]+}/end", allow=Permission.BOOK)
async def end(request: web.Request) -> web.StreamResponse:
    """End the conference for everybody; twice is once."""
    reader = reader_of(request)
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.BOOK)
        await end_conference(conn, found.conference.id, by=reader.actor.name, now=reader.now)
    return redirect(f"/conferences/{found.conference.id}?said=ended")
