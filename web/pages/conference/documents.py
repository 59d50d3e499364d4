"""The papers' page: what there is, a link to add, and a file where files are taken."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import BodyPartReader, MultipartReader, web

from meetings.content.document_errors import DiskFull, DocumentNotFound, TooManyDocuments
from meetings.content.documents import (
    Document,
    NewDocument,
    add_document,
    remove_document,
)
from meetings.content.planning import CHANGEABLE, lock_changeable
from meetings.content.tier_rules import Tier
from meetings.content.tiers import tiers_of
from meetings.errors import IllegalMove, MeetingsError, SecretContent
from meetings.model import ConferenceId
from meetings.store import Connection
from web.access.csrf import FIELD, check_given
from web.answers import redirect
from web.errors import BadForm, BadRequest
from web.files.papers import (
    FileQuery,
    LinkBody,
    check_file,
    check_host,
    chunks_of,
    file_answer,
    paper_for,
    papers_for,
    receive,
    require_uploads,
)
from web.formats import day_and_time
from web.input.forms import parse_form
from web.input.typed import number_or_text
from web.keys import SETTINGS
from web.pages.booking.wishing import Typed, words_of
from web.pages.conference.conferences import Found, find, find_mine, id_in
from web.pages.reading import Reader, form_of, reader_of
from web.pages.sending import send_once
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.transactions import connection, transaction
from web.wording.moves import say_fact
from web.wording.sentences import say
from web.wording.speech import Speech

routes = Routes()

PAGE = "/conferences/{id:[0-9]+}/documents"
ONE = f"{PAGE}/{{document:[1-9][0-9]{{0,8}}}}"
LONGEST_TOKEN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One document in the list."""

    id: int
    name: str
    second: str
    outside: bool


@routes.get(PAGE, allow=Permission.READ_CONFERENCES)
async def index(request: web.Request) -> web.Response:
    """Show the papers."""
    return await page(request, reader_of(request), {}, {})


@routes.post(PAGE, allow=Permission.BOOK)
async def add(request: web.Request) -> web.StreamResponse:
    """Add a link."""
    reader, form = reader_of(request), await form_of(request)
    typed = {"name": form.get("name"), "url": form.get("url"), "tier": form.get("tier")}

    async def work(conn: Connection) -> str:
        found = await find_mine(conn, request, reader, Permission.BOOK)
        await lock_changeable(conn, found.conference.id, None)
        new = NewDocument(name=body.name, url=body.url, tier=body.tier)
        await add_document(conn, found.conference, new, by=reader.actor.name, now=reader.now)
        return f"/conferences/{found.conference.id}/documents?said=document-added"

    try:
        body = parse_form(LinkBody, typed | {"tier": tier_in(typed["tier"])})
        check_host(request, body.url)
        return await send_once(request, form, work)
    except BadForm as error:
        return await page(request, reader, typed, words_of(request, error))
    except (IllegalMove, SecretContent, TooManyDocuments) as error:
        return await page(request, reader, typed, {"name": say_fact(request, error)})


@routes.route("POST", f"{PAGE}/upload", allow=Permission.BOOK, streams=True)
async def upload(request: web.Request) -> web.StreamResponse:
    """Add a file: the form's token comes first, the file is written as it comes."""
    reader = reader_of(request)
    parts = await checked_parts(request)
    conference = id_in(request)
    try:
        require_uploads(request)
        await take(request, conference, parts)
    except BadForm as error:
        wrong = {"file": next(iter(words_of(request, error).values()))}
        return await page(request, reader, {}, wrong)
    except DiskFull as error:
        wrong, full = {"file": say(request, error.code)}, HTTPStatus.INSUFFICIENT_STORAGE
        return await page(request, reader, {}, wrong, status=full)
    except MeetingsError as error:
        return await page(request, reader, {}, {"file": say_fact(request, error)})
    return redirect(f"/conferences/{conference}/documents?said=document-added")


async def checked_parts(request: web.Request) -> MultipartReader:
    """Return the form's parts after its token, which must be the first of them."""
    if request.content_type != "multipart/form-data":
        raise BadRequest("multipart")
    try:
        parts = await request.multipart()
        part = await parts.next()
    except ValueError as error:
        raise BadRequest("multipart") from error
    given = b""
    if isinstance(part, BodyPartReader) and part.name == FIELD:
        given = await part.read_chunk(LONGEST_TOKEN)
    check_given(request, given.decode("ascii", "replace"))
    return parts


async def take(request: web.Request, conference: ConferenceId, parts: MultipartReader) -> None:
    """Take the file of the form in; the tier it is for stands before it."""
    tier: int | str | None = None
    try:
        part = await parts.next()
        if isinstance(part, BodyPartReader) and part.name == "tier":
            tier = tier_in((await part.read_chunk(LONGEST_TOKEN)).decode("ascii", "replace"))
            part = await parts.next()
    except ValueError as error:
        raise BadRequest("multipart") from error
    if not isinstance(part, BodyPartReader) or not part.filename:
        raise BadForm({"file": "required"})
    told = check_file(parse_form(FileQuery, {"name": part.filename, "tier": tier}))
    await receive(request, conference, told, chunks_of(part))


def tier_in(typed: str) -> int | str | None:
    """Return the tier that was chosen, None for all of them."""
    return number_or_text(typed) if typed else None


@routes.get(ONE, allow=Permission.READ_CONFERENCES)
async def content(request: web.Request) -> web.StreamResponse:
    """Give a document to whoever may see the conference."""
    reader = reader_of(request)
    async with connection(request) as conn:
        found = await find(conn, request, reader)
        document = await paper_for(conn, reader.actor, found, document_in(request))
    return file_answer(request, document)


@routes.post(f"{ONE}/remove", allow=Permission.BOOK)
async def remove(request: web.Request) -> web.StreamResponse:
    """Take a document away; twice is once."""
    reader = reader_of(request)
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.BOOK)
        with contextlib.suppress(DocumentNotFound):
            await remove_document(
                conn,
                found.conference,
                document_in(request),
                by=reader.actor.name,
                now=reader.now,
            )
    return redirect(f"/conferences/{found.conference.id}/documents?said=document-removed")


def document_in(request: web.Request) -> int:
    """Return the document's id in the address."""
    return int(request.match_info["document"])


async def page(
    request: web.Request,
    reader: Reader,
    typed: dict[str, str],
    wrong: dict[str, str],
    *,
    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> web.Response:
    """Return the page with what was typed."""
    async with connection(request) as conn:
        found: Found = await find(conn, request, reader)
        documents = await papers_for(conn, reader.actor, found)
        tiers = await tiers_of(conn, found.conference.id)
    settings = request.config_dict[SETTINGS]
    return render(
        request,
        "documents.html",
        status=status if wrong else HTTPStatus.OK,
        c=found.conference,
        rows=[row(one, tiers, reader.speech) for one in documents],
        tiers=[(str(one.level), one.name) for one in tiers],
        may_change=found.is_mine(reader, Permission.BOOK)
        and (bool(wrong) or found.conference.state in CHANGEABLE),
        uploads=settings.uploads,
        hosts=", ".join(settings.document_hosts),
        form=Typed(values=typed, errors=wrong),
    )


def row(document: Document, tiers: Sequence[Tier], speech: Speech) -> Row:
    """Return one line."""
    told = [day_and_time(document.added_at)]
    if document.size is not None:
        kilobytes = speech.number(max(1, round(document.size / 1024)))
        told.insert(0, speech.tell("%(size)s KB", size=kilobytes))
    told += [tier.name for tier in tiers if tier.level == document.tier]
    return Row(
        id=document.id,
        name=document.name,
        second=" · ".join(told),
        outside=document.size is None,
    )
