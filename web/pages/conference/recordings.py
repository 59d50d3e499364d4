"""The recordings' page: what there is, opened and audited, and who may open it."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from bridges.control.recording_rules import Audience, Recording
from bridges.control.recordings import access_of, take_off
from bridges.errors import RecordingNotFound
from bridges.store.recordings import list_recordings
from meetings.directory.errors import StaleRecord
from meetings.store import Connection
from web.access.visibility import see_for
from web.answers import redirect
from web.errors import BadForm
from web.formats import day_and_time
from web.input.forms import parse_form
from web.keys import SETTINGS
from web.pages.booking.wishing import MOST_TYPED, Typed, form_status, problems_of
from web.pages.conference.conferences import Found, id_in
from web.pages.reading import Reader, Texts, form_of, reader_of, version_in
from web.pages.sending import send_once
from web.permissions import Permission
from web.render import render
from web.rooms.recordings import (
    AccessBody,
    Shelf,
    let_as,
    may_open,
    named,
    open_one,
    reachable,
    shelf_for,
)
from web.routes import Routes
from web.scheduling.booking import desk_of
from web.transactions import connection, transaction
from web.wording.content_phrases import AUDIENCES
from web.wording.speech import Speech

routes = Routes()

PAGE = "/conferences/{id:[0-9]+}/recordings"
ONE = f"{PAGE}/{{recording:[1-9][0-9]{{0,8}}}}"
MEGABYTE = 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One recording; it is opened here, or its place with the recorder is told."""

    id: int
    name: str
    second: str
    place: str


@routes.get(PAGE, allow=Permission.READ_CONFERENCES)
async def index(request: web.Request) -> web.Response:
    """Show the recordings to those who may open them."""
    return await page(request, reader_of(request), None)


@routes.post(f"{ONE}/open", allow=Permission.READ_CONFERENCES)
async def give(request: web.Request) -> web.StreamResponse:
    """Give a recording, or lead to where it lies."""
    number = int(request.match_info["recording"])
    return await open_one(request, reader_of(request).actor, number)


@routes.post(f"{ONE}/remove", allow=Permission.BOOK)
async def remove(request: web.Request) -> web.StreamResponse:
    """Take a recording off the list; twice is once."""
    reader, number = reader_of(request), int(request.match_info["recording"])
    async with transaction(request) as conn:
        seen = await see_for(conn, reader.actor, id_in(request), Permission.BOOK)
        with contextlib.suppress(RecordingNotFound):
            by, now = reader.actor.name, reader.now
            await take_off(conn, seen.conference, number, by=by, now=now)
    return redirect(f"/conferences/{seen.conference.id}/recordings?said=recording-removed")


@routes.post(f"{PAGE}/access", allow=Permission.BOOK)
async def change_access(request: web.Request) -> web.StreamResponse:
    """Say who may open the recordings."""
    reader, form = reader_of(request), await form_of(request)
    typed = typed_in(form)

    async def work(conn: Connection) -> str:
        seen = await see_for(conn, reader.actor, id_in(request), Permission.BOOK)
        desk, version = desk_of(request, reader.actor), version_in(form)
        await let_as(conn, desk, seen, body_of(typed), version=version)
        return f"/conferences/{seen.conference.id}/recordings?said=recordings-let"

    try:
        return await send_once(request, form, work)
    except BadForm as error:
        wrong = Typed(values=typed, errors=problems_of(request, error))
        return await page(request, reader, wrong)
    except StaleRecord:
        return await page(request, reader, Typed(values=typed), stale=True)


def typed_in(form: Texts) -> dict[str, str]:
    """Return what was typed into the form."""
    typed = {name: form.get(name)[:MOST_TYPED] for name in ("audience", "people")}
    return typed | {"version": str(version_in(form))}


def body_of(typed: dict[str, str]) -> AccessBody:
    """Return who may open the recordings as it was typed; logins stand apart by commas or lines."""
    logins = [one for one in re.split(r"[\s,;]+", typed["people"]) if one]
    return parse_form(AccessBody, {"audience": typed["audience"], "people": logins})


async def page(
    request: web.Request, reader: Reader, typed: Typed | None, *, stale: bool = False
) -> web.Response:
    """Return the page, with what was typed; it stays of the version that was looked at.

    Only who is told that somebody else was quicker gets the newest version along.
    """
    async with connection(request) as conn:
        shelf = await shelf_for(conn, reader.actor, id_in(request))
        people = "\n".join(one.login for one in await named(conn, shelf.access))
    kept = {"audience": shelf.access.audience.value, "people": people}
    newest = str(shelf.access.version)
    folder, speech = request.config_dict[SETTINGS].recordings, reader.speech
    here = await reachable(shelf.recordings, folder)
    rows = [row(one, speech, is_here=one.id in here) for one in shelf.recordings]
    is_wrong = typed is not None and bool(typed.errors)
    return render(
        request,
        "recordings.html",
        status=form_status(wrong=is_wrong, stale=stale),
        c=shelf.seen.conference,
        rows=rows,
        version=newest if typed is None or stale else typed.values["version"],
        stale=stale,
        audiences=[(one.value, speech.word(AUDIENCES[one])) for one in Audience],
        may_change=changes(shelf, reader),
        form=typed or Typed(values=kept),
    )


def changes(shelf: Shelf, reader: Reader) -> bool:
    """Tell whether the reader says who may open the recordings."""
    return reader.may(Permission.BOOK, shelf.seen.host)


def row(one: Recording, speech: Speech, *, is_here: bool) -> Row:
    """Return one line."""
    megabytes = speech.number(max(1, round(one.size / MEGABYTE)))
    told = [day_and_time(one.recorded_at), speech.tell("%(size)s MB", size=megabytes)]
    if one.seconds is not None:
        told.insert(1, speech.length(timedelta(seconds=one.seconds)))
    place = "" if is_here else f"{one.folder}/{one.name}"
    return Row(id=one.id, name=one.name, second=" · ".join(told), place=place)


async def recordings_words(conn: Connection, found: Found, reader: Reader) -> str:
    """Return what leads to the recordings: how many there are, "" to whom they are closed.

    The host is led there before there is one, to say who may open it.
    """
    access = await access_of(conn, found.conference)
    if not await may_open(conn, reader.actor, found, access):
        return ""
    count = len(await list_recordings(conn, found.conference.id))
    if not count and not found.is_mine(reader, Permission.BOOK):
        return ""
    return reader.speech.tell_many("%(n)s recording", "%(n)s recordings", count)
