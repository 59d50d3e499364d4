"""Requests on pages: sent off, taken back, and answered."""

from __future__ import annotations

from aiohttp import web

from meetings.approval import asking
from meetings.approval.errors import DisplacementRefused
from meetings.directory.finding import unit_by_id
from meetings.errors import SiteBusy
from meetings.model import Conference
from web.access.visibility import Seen, is_known
from web.answers import redirect
from web.approval.answer_sight import see_asked
from web.approval.approving import note_clash, refuse_request, submit_draft
from web.errors import BadForm
from web.input.forms import RefuseBody, parse_form
from web.pages.booking.approvals_said import said_of
from web.pages.booking.chairing import words_of_chair
from web.pages.booking.clashing import clash_page, read_clash
from web.pages.booking.warned import ACCEPTED, Warned, ask_first, require_read
from web.pages.booking.wishing import Sheet, typed_of
from web.pages.conference.conferences import find_mine, id_in
from web.pages.reading import Reader, form_of, reader_of, version_in
from web.permissions import Permission
from web.routes import Routes
from web.scheduling import displacing
from web.scheduling.booking import desk_of
from web.transactions import connection, transaction

routes = Routes()


@routes.post("/conferences/{id:[0-9]+}/submit", allow=Permission.BOOK)
async def submit(request: web.Request) -> web.StreamResponse:
    """Send a draft off."""
    reader, form = reader_of(request), await form_of(request)
    desk = desk_of(request, reader.actor)
    async with connection(request) as conn:
        found = await find_mine(conn, request, reader, Permission.BOOK)
    conference = found.conference
    try:
        async with transaction(request) as conn:
            after = await submit_draft(conn, desk, conference.id, version=version_in(form))
            require_read(after, form.get(ACCEPTED))
    except Warned as warned:
        return await ask_first(request, warned, back=f"/conferences/{conference.id}")
    except SiteBusy as busy:
        return await clashed(request, reader, found, busy)
    return redirect(f"/conferences/{after.id}?said={said_of(after)}")


@routes.post("/conferences/{id:[0-9]+}/withdraw", allow=Permission.BOOK)
async def withdraw(request: web.Request) -> web.StreamResponse:
    """Take a request back."""
    reader, form = reader_of(request), await form_of(request)
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.BOOK)
        version, by = version_in(form), reader.actor.name
        conference = found.conference.id
        await asking.withdraw(conn, conference, version=version, by=by, now=reader.now)
    return redirect(f"/conferences/{conference}?said=withdrawn")


@routes.post("/conferences/{id:[0-9]+}/approve", allow=Permission.READ_CONFERENCES)
async def approve(request: web.Request) -> web.StreamResponse:
    """Say yes, or show who holds the halls meanwhile."""
    reader, form = reader_of(request), await form_of(request)
    desk = desk_of(request, reader.actor)
    async with connection(request) as conn:
        found = await see_asked(conn, reader.actor, id_in(request))
    conference = found.conference
    over = {"displace": True, "digest": form.get("digest")} if form.get("digest") else {}
    body = parse_form(displacing.ApproveBody, over)
    try:
        async with transaction(request) as conn:
            version = version_in(form)
            after = await displacing.approve(conn, desk, conference.id, body, version=version)
            require_read(after, form.get(ACCEPTED))
    except Warned as warned:
        back = f"/conferences/{conference.id}"
        return await ask_first(request, warned, back=back, approving=True)
    except SiteBusy as busy:
        async with transaction(request) as conn:
            await note_clash(conn, desk, conference.id, busy)
        return await clashed(request, reader, found, busy)
    except DisplacementRefused:
        return redirect(f"/conferences/{conference.id}?said=look-again")
    return await led_back(request, reader, after, said="approved")


@routes.post("/conferences/{id:[0-9]+}/refuse", allow=Permission.READ_CONFERENCES)
async def refuse(request: web.Request) -> web.StreamResponse:
    """Say no, with a reason."""
    reader, form = reader_of(request), await form_of(request)
    try:
        body = parse_form(RefuseBody, {"reason": form.get("reason")})
    except BadForm:
        return redirect(f"/conferences/{request.match_info['id']}?said=reason-needed")
    desk = desk_of(request, reader.actor)
    async with transaction(request) as conn:
        found = await see_asked(conn, reader.actor, id_in(request))
        number, version = found.conference.id, version_in(form)
        after = await refuse_request(conn, desk, number, body.reason, version=version)
    return await led_back(request, reader, after, said="refused")


async def led_back(
    request: web.Request, reader: Reader, after: Conference, *, said: str
) -> web.Response:
    """Lead to the conference, or to what else waits where the reader may know it no more."""
    async with connection(request) as conn:
        host = await unit_by_id(conn, after.host)
        known = await is_known(conn, reader.actor, after, host)
    place = f"/conferences/{after.id}" if known else "/approvals"
    return redirect(f"{place}?said={said}")


async def clashed(request: web.Request, reader: Reader, seen: Seen, busy: SiteBusy) -> web.Response:
    """Show who holds the halls of a request, and to who books for it what would work instead."""
    conference, page = seen.conference, f"/conferences/{seen.conference.id}"
    books = reader.may(Permission.BOOK, seen.host)
    sheet = Sheet(
        heading="",
        verb="",
        action=f"{page}/change" if books else "",
        back=page,
        said="changed",
        conference=conference.id,
        version=conference.version,
    )
    async with connection(request) as conn:
        clash = await read_clash(conn, reader, busy)
        words = await words_of_chair(conn, conference)
    typed = typed_of(conference, seen.host.code, chair=words)
    return clash_page(request, reader, clash, typed, sheet=sheet)
