"""Papers of a conference: links to the document system, and files where they are taken."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from meetings.content.document_errors import DocumentNotFound
from meetings.content.documents import (
    Document,
    NewDocument,
    add_document,
    remove_document,
)
from meetings.content.planning import lock_changeable
from meetings.idempotency import Answer
from meetings.model import ConferenceId
from meetings.store import Connection
from web.access.visibility import see, see_for
from web.api.answering import change, done, shown
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_body, read_query
from web.api.views import Page, View
from web.files.papers import (
    FileQuery,
    LinkBody,
    body_chunks,
    check_file,
    check_host,
    file_answer,
    paper_for,
    papers_for,
    receive,
    require_uploads,
)
from web.input.addressed import PREFIX, id_of
from web.input.moments import Moment
from web.permissions import Permission, require
from web.scheduling.booking import desk_of
from web.transactions import connection

routes = Endpoints("documents")

DOCUMENTS = f"/conferences/{ID}/documents"
ONE = f"{DOCUMENTS}/{{document:[1-9][0-9]{{0,8}}}}"


class DocumentView(View):
    """A document; a file has bytes and a hash, a link has only its address."""

    id: int
    name: str
    url: str
    bytes: int | None
    sha256: str | None
    added_by: str
    added_at: Moment
    tier: int | None


def document_view(document: Document, conference: int) -> DocumentView:
    """Return a document with the address it is read at."""
    own = f"{PREFIX}/conferences/{conference}/documents/{document.id}/content"
    return DocumentView(
        id=document.id,
        name=document.name,
        url=document.url or own,
        bytes=document.size,
        sha256=document.sha256.hex() if document.sha256 else None,
        added_by=document.added_by,
        added_at=document.added_at,
        tier=document.tier,
    )


@routes.endpoint(
    "GET",
    DOCUMENTS,
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=Page[DocumentView]),
)
async def list_them(request: web.Request) -> web.Response:
    """List a conference's papers."""
    async with connection(request) as conn:
        seen = await see(conn, require(request), ConferenceId(id_of(request)))
        found = await papers_for(conn, require(request), seen)
    items = [document_view(one, id_of(request)) for one in found]
    return shown(Page[DocumentView](items=items))


@routes.endpoint(
    "POST",
    DOCUMENTS,
    allow=Permission.BOOK,
    tells=Tells(
        answer=DocumentView,
        status=HTTPStatus.CREATED,
        body=LinkBody,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def add_link(request: web.Request) -> web.Response:
    """Add a link to the document system."""
    desk = desk_of(request, require(request))
    body = await read_body(request, LinkBody)
    check_host(request, body.url)

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.BOOK)
        found = await lock_changeable(conn, seen.conference.id, None)
        new = NewDocument(name=body.name, url=body.url, tier=body.tier)
        document = await add_document(conn, found, new, by=desk.actor.name, now=desk.now)
        return done(document_view(document, found.id), status=HTTPStatus.CREATED)

    return await change(request, work)


@routes.endpoint(
    "POST",
    f"/conferences/{ID}/files",
    allow=Permission.BOOK,
    tells=Tells(
        answer=DocumentView,
        status=HTTPStatus.CREATED,
        query=FileQuery,
        raw="application/octet-stream",
        refusals=(
            HTTPStatus.CONFLICT,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.INSUFFICIENT_STORAGE,
        ),
    ),
)
async def upload(request: web.Request) -> web.Response:
    """Add a file of up to 50 MB, where this installation takes files; the body is the file."""
    require_uploads(request)
    told = check_file(read_query(request, FileQuery))
    document = await receive(request, ConferenceId(id_of(request)), told, body_chunks(request))
    view = document_view(document, id_of(request))
    return web.json_response(text=view.model_dump_json(), status=HTTPStatus.CREATED)


@routes.endpoint(
    "GET",
    f"{ONE}/content",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(media=("application/octet-stream",), refusals=(HTTPStatus.GONE,)),
)
async def content(request: web.Request) -> web.StreamResponse:
    """Give a file; a link has no content here, its address stands in the list."""
    async with connection(request) as conn:
        seen = await see(conn, require(request), ConferenceId(id_of(request)))
        document = await paper_for(conn, require(request), seen, number_of(request))
    if document.sha256 is None:
        raise DocumentNotFound
    return file_answer(request, document)


@routes.endpoint(
    "DELETE",
    ONE,
    allow=Permission.BOOK,
    tells=Tells(
        status=HTTPStatus.NO_CONTENT, media=(), keyed=True, refusals=(HTTPStatus.CONFLICT,)
    ),
)
async def remove(request: web.Request) -> web.Response:
    """Take a document away."""
    desk = desk_of(request, require(request))

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.BOOK)
        await remove_document(
            conn, seen.conference, number_of(request), by=desk.actor.name, now=desk.now
        )
        return Answer(status=HTTPStatus.NO_CONTENT, headers={}, body="")

    return await change(request, work)


def number_of(request: web.Request) -> int:
    """Return the document's id in the address."""
    return int(request.match_info["document"])
