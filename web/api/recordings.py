"""Recordings of a conference: the list, each opened and audited, and who may open them."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from bridges.control.recording_rules import Access, Audience, Recording
from bridges.control.recordings import access_of, take_off
from meetings.idempotency import Answer
from meetings.model import ConferenceId
from meetings.store import Connection
from web.access.visibility import see_for
from web.api.answering import change, done, etag, shown
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_body, read_version
from web.api.views import Page, View
from web.input.addressed import PREFIX, id_of
from web.input.moments import Moment
from web.keys import SETTINGS
from web.permissions import Permission, require
from web.rooms.recordings import AccessBody, let_as, named, open_one, reachable, shelf_for
from web.scheduling.booking import desk_of
from web.transactions import connection

routes = Endpoints("recordings")

LIST = f"/conferences/{ID}/recordings"
ONE = f"{LIST}/{{recording:[1-9][0-9]{{0,8}}}}"
ACCESS = f"/conferences/{ID}/recording-access"


class RecordingView(View):
    """A recording; without `content` it lies with the recorder, under `folder` and `name`."""

    id: int
    name: str
    folder: str
    bytes: int
    sha256: str
    seconds: int | None
    recorded_at: Moment
    told_at: Moment
    content: str | None


class AccessView(View):
    """Who may open the recordings; a version of 0 is what holds while nobody said anything."""

    audience: Audience
    people: list[str]
    version: int


def recording_view(one: Recording, conference: int, *, reachable: bool) -> RecordingView:
    """Return a recording with the address at which it is opened."""
    content = f"{PREFIX}/conferences/{conference}/recordings/{one.id}/content"
    return RecordingView(
        id=one.id,
        name=one.name,
        folder=one.folder,
        bytes=one.size,
        sha256=one.sha256.hex(),
        seconds=one.seconds,
        recorded_at=one.recorded_at,
        told_at=one.told_at,
        content=content if reachable else None,
    )


async def access_view(conn: Connection, access: Access) -> AccessView:
    """Return who may open the recordings."""
    people = [one.login for one in await named(conn, access)]
    return AccessView(audience=access.audience, people=people, version=access.version)


@routes.endpoint(
    "GET", LIST, allow=Permission.READ_CONFERENCES, tells=Tells(answer=Page[RecordingView])
)
async def list_them(request: web.Request) -> web.Response:
    """List a conference's recordings to those who may open them."""
    number, folder = id_of(request), request.config_dict[SETTINGS].recordings
    async with connection(request) as conn:
        shelf = await shelf_for(conn, require(request), ConferenceId(number))
    here = await reachable(shelf.recordings, folder)
    items = [recording_view(one, number, reachable=one.id in here) for one in shelf.recordings]
    return shown(Page[RecordingView](items=items))


@routes.endpoint(
    "GET",
    f"{ONE}/content",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(media=("application/octet-stream",), refusals=(HTTPStatus.GONE,)),
)
async def content(request: web.Request) -> web.StreamResponse:
    """Give a recording, or lead to where it lies (303); each time is audited."""
    return await open_one(request, require(request), number_of(request))


@routes.endpoint(
    "DELETE",
    ONE,
    allow=Permission.BOOK,
    tells=Tells(status=HTTPStatus.NO_CONTENT, media=(), keyed=True),
)
async def remove(request: web.Request) -> web.Response:
    """Take a recording off the list; the file stays where it lies."""
    desk = desk_of(request, require(request))

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.BOOK)
        by, now = desk.actor.name, desk.now
        await take_off(conn, seen.conference, number_of(request), by=by, now=now)
        return Answer(status=HTTPStatus.NO_CONTENT, headers={}, body="")

    return await change(request, work)


@routes.endpoint("GET", ACCESS, allow=Permission.BOOK, tells=Tells(answer=AccessView))
async def show_access(request: web.Request) -> web.Response:
    """Show who may open the recordings."""
    async with connection(request) as conn:
        seen = await see_for(conn, require(request), ConferenceId(id_of(request)), Permission.BOOK)
        view = await access_view(conn, await access_of(conn, seen.conference))
    return shown(view, headers={"ETag": etag(view.version)})


@routes.endpoint(
    "PUT",
    ACCESS,
    allow=Permission.BOOK,
    tells=Tells(answer=AccessView, body=AccessBody, keyed=True, versioned=True),
)
async def put_access(request: web.Request) -> web.Response:
    """Say who may open the recordings, in place of what was said before."""
    desk, version = desk_of(request, require(request)), read_version(request)
    body = await read_body(request, AccessBody)

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.BOOK)
        view = await access_view(conn, await let_as(conn, desk, seen, body, version=version))
        return done(view, headers={"ETag": etag(view.version)})

    return await change(request, work)


def number_of(request: web.Request) -> int:
    """Return the recording's number in the address."""
    return int(request.match_info["recording"])
