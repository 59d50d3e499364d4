"""Approvals: what waits for me, what I asked for, and the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from meetings import approving, asking
from meetings.approval_errors import DisplacementRefused
from meetings.conferences import list_conferences
from meetings.directory import units_by_ids
from meetings.errors import SiteBusy
from meetings.model import Conference, ConferenceId, State, Unit, UnitId
from web import approval_words, displacing
from web.answers import redirect
from web.api.approval_views import RefuseBody
from web.approving import MOST, decider_of, note_clash, submit_draft, waiting_for
from web.booking import desk_of
from web.errors import BadForm
from web.forms import parse_form
from web.pages.approvals_said import said_of
from web.pages.chairing import words_of_chair
from web.pages.clashing import clash_page, read_clash
from web.pages.conferences import chip_of, find, find_mine, unit_name
from web.pages.looks import Chip
from web.pages.reading import Reader, form_of, reader_of, version_in
from web.pages.submissions import items as submission_items
from web.pages.waiting import queue_for
from web.pages.wishing import Sheet, typed_of
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.submission_sight import list_seen
from web.transactions import connection, transaction

routes = Routes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A conference that waits."""

    id: ConferenceId
    title: str
    when: str
    host: str
    halls: int
    urgency: str
    chip: Chip


@routes.get("/approvals", allow=Permission.READ_CONFERENCES)
async def index(request: web.Request) -> web.Response:
    """Show what waits for the reader, then what the reader's units have asked for."""
    reader = reader_of(request)
    books = reader.units(Permission.BOOK)
    async with connection(request) as conn:
        mine = await waiting_for(conn, reader.actor)
        seen = await list_seen(conn, reader.actor)
        asked = await list_conferences(conn, states={State.REQUESTED}, units=books, limit=MOST)
        drafts = await list_conferences(conn, states={State.DRAFT}, units=books, limit=MOST)
        queue = await queue_for(conn, reader)
        hosts = await units_by_ids(conn, {one.host for one in (*mine, *asked, *drafts)})
    own = [one for one in asked if not books.isdisjoint(hosts[one.host].path)]
    told = {one.id for one in mine}
    return render(
        request,
        "approvals.html",
        heading=reader.speech.tell_many(
            "%(n)s request waits for your answer",
            "%(n)s requests wait for your answer",
            len(mine) + sum(one.may_answer for one in seen),
        ),
        mine_submitted=submission_items([one for one in seen if one.may_answer], reader),
        asked_submitted=submission_items([one for one in seen if not one.may_answer], reader),
        mine=items(mine, hosts, reader),
        asked=items([one for one in own if one.id not in told], hosts, reader),
        drafts=items(drafts, hosts, reader),
        queue=queue,
        may_book=bool(books),
    )


def items(found: Sequence[Conference], hosts: dict[UnitId, Unit], reader: Reader) -> list[Item]:
    """Return the lines of a list."""
    return [
        Item(
            id=one.id,
            title=one.title,
            when=reader.speech.span(one.period),
            host=unit_name(hosts[one.host], reader.speech),
            halls=len(one.sites),
            urgency=urgency_words(one, reader),
            chip=chip_of(one, reader),
        )
        for one in found
    ]


def urgency_words(conference: Conference, reader: Reader) -> str:
    """Say how urgent it is, and nothing where it is not."""
    urgent = conference.urgency.value != "normal"
    return reader.speech.word(approval_words.URGENCIES[conference.urgency]) if urgent else ""


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
    except SiteBusy as busy:
        return await clashed(request, reader, conference, found.host.code, busy)
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
        found = await find(conn, request, reader)
    conference = found.conference
    over = {"displace": True, "digest": form.get("digest")} if form.get("digest") else {}
    body = parse_form(displacing.ApproveBody, over)
    try:
        async with transaction(request) as conn:
            await displacing.approve(conn, desk, conference.id, body, version=version_in(form))
    except SiteBusy as busy:
        async with transaction(request) as conn:
            await note_clash(conn, desk, conference.id, busy)
        return await clashed(request, reader, conference, found.host.code, busy)
    except DisplacementRefused:
        return redirect(f"/conferences/{conference.id}?said=look-again")
    return redirect(f"/conferences/{conference.id}?said=approved")


@routes.post("/conferences/{id:[0-9]+}/refuse", allow=Permission.READ_CONFERENCES)
async def refuse(request: web.Request) -> web.StreamResponse:
    """Say no, with a reason."""
    reader, form = reader_of(request), await form_of(request)
    try:
        body = parse_form(RefuseBody, {"reason": form.get("reason")})
    except BadForm:
        return redirect(f"/conferences/{request.match_info['id']}?said=reason-needed")
    async with transaction(request) as conn:
        found = await find(conn, request, reader)
        await approving.refuse(
            conn,
            found.conference.id,
            reason=body.reason,
            decider=decider_of(reader.actor),
            version=version_in(form),
            now=reader.now,
        )
    return redirect(f"/conferences/{found.conference.id}?said=refused")


async def clashed(
    request: web.Request, reader: Reader, conference: Conference, host: str, busy: SiteBusy
) -> web.Response:
    """Show who holds the halls of a request, and what would work for a change of it."""
    page = f"/conferences/{conference.id}"
    sheet = Sheet(
        heading="",
        verb="",
        action=f"{page}/change",
        back=page,
        said="changed",
        conference=conference.id,
        version=conference.version,
    )
    async with connection(request) as conn:
        clash = await read_clash(conn, reader, busy)
        words = await words_of_chair(conn, conference)
    typed = typed_of(conference, host, chair=words)
    return clash_page(request, reader, clash, typed, sheet=sheet)
