"""Adding papers to a conference: links that are allowed, files that are what they say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, unquote, urlsplit

from aiohttp import BodyPartReader, web
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from meetings.content.document_errors import DocumentNotFound, UploadsOff
from meetings.content.documents import (
    Document,
    NewDocument,
    add_document,
    documents_of,
    lock_files_to_add,
)
from meetings.content.planning import lock_changeable
from meetings.content.tier_rules import MOST_TIERS, sees_paper
from meetings.content.tiers import tiers_of
from meetings.model import Conference, ConferenceId
from meetings.store import Connection
from web.access.actors import Actor
from web.access.visibility import Seen, see_for
from web.content.planned import Level
from web.content.tiering import level_for
from web.errors import BadForm
from web.files.document_files import Incoming, find_file
from web.files.document_kinds import CHUNK_BYTES
from web.input.forms import Body
from web.input.typed import Number
from web.input.words import LINE, NO_SECRETS, without_secrets
from web.keys import CLOCK, SETTINGS
from web.permissions import Permission, require
from web.transactions import transaction

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


def web_address(value: str) -> str:
    """Return an address of the web, or refuse what only looks like one."""
    try:
        parts = urlsplit(value)
        bad = parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc
    except ValueError:
        bad = True
    if bad or any(char.isspace() or char in '\\"<>' for char in value):
        raise PydanticCustomError("bad-address", "no address of the web")
    return value


def without_secret_path(value: str) -> str:
    """Return an address, unless the name of the document in it carries a mark of secrecy."""
    without_secrets(unquote(value))
    return value


DocumentName = Annotated[str, Field(strict=True, min_length=1, max_length=200), LINE, NO_SECRETS]
Address = Annotated[
    str,
    Field(strict=True, min_length=1, max_length=2000),
    LINE,
    AfterValidator(web_address),
    AfterValidator(without_secret_path),
]


class LinkBody(Body):
    """A document that lies in the document system; of a tier, if it is not for all."""

    name: DocumentName
    url: Address
    tier: Level | None = None


class FileQuery(Body):
    """What the uploaded file is called, its ending says what it must be; and for which tier."""

    name: DocumentName = ""
    tier: Annotated[Number, Field(ge=1, le=MOST_TIERS)] | None = None


def check_host(request: web.Request, url: str) -> None:
    """Raise BadForm unless the address is of a document system of ours, where some are named."""
    hosts = request.config_dict[SETTINGS].document_hosts
    host = (urlsplit(url).hostname or "").lower().rstrip(".")
    if hosts and not any(host == one or host.endswith(f".{one}") for one in hosts):
        raise BadForm({"url": "foreign-host"})


def require_uploads(request: web.Request) -> None:
    """Raise UploadsOff unless this installation takes files."""
    if not request.config_dict[SETTINGS].uploads:
        raise UploadsOff


def check_file(told: FileQuery) -> FileQuery:
    """Return what is said of a file, under its own name without folders.

    Raises:
        BadForm: it has characters that no name has.
    """
    bare = told.name.replace("\\", "/").rpartition("/")[2].strip()
    if not bare or bare.startswith("."):
        raise BadForm({"name": "bad-name"})
    return told.model_copy(update={"name": bare})


async def receive(
    request: web.Request,
    conference: ConferenceId,
    told: FileQuery,
    chunks: AsyncIterator[bytes],
) -> Document:
    """Take a file in and add it; nobody waits for the network inside the transaction.

    Raises:
        Forbidden, ConferenceNotFound, IllegalMove: as for any change of the conference.
        FileTooLarge, EmptyFile, LyingFile: as the file is.
    """
    actor, now = require(request), request.config_dict[CLOCK]()
    async with transaction(request) as conn:
        await see_for(conn, actor, conference, Permission.BOOK)
    async with Incoming(request.config_dict[SETTINGS].data) as incoming:
        await incoming.take(chunks)
        async with transaction(request) as conn:
            await see_for(conn, actor, conference, Permission.BOOK)
            found = await lock_changeable(conn, conference, None)
            return await add_file(conn, found, incoming, told, by=actor.name, now=now)


async def add_file(
    conn: Connection,
    conference: Conference,
    incoming: Incoming,
    told: FileQuery,
    *,
    by: str,
    now: datetime,
) -> Document:
    """Put a file that came in into its place, then write its row."""
    await lock_files_to_add(conn)
    file = await incoming.settle(told.name)
    new = NewDocument(
        name=told.name, sha256=file.sha256, size=file.size, media=file.media, tier=told.tier
    )
    return await add_document(conn, conference, new, by=by, now=now)


async def chunks_of(part: BodyPartReader) -> AsyncIterator[bytes]:
    """Give a form's file piece by piece."""
    while chunk := await part.read_chunk(CHUNK_BYTES):
        yield chunk


async def body_chunks(request: web.Request) -> AsyncIterator[bytes]:
    """Give a body piece by piece."""
    async for chunk in request.content.iter_chunked(CHUNK_BYTES):
        yield chunk


async def papers_for(conn: Connection, actor: Actor, seen: Seen) -> list[Document]:
    """Return the papers that somebody may read, as their tier says."""
    conference = seen.conference.id
    documents, tiers = await documents_of(conn, conference), await tiers_of(conn, conference)
    level = await level_for(conn, actor, seen, tiers)
    return [one for one in documents if sees_paper(level, tiers, one.tier)]


async def paper_for(conn: Connection, actor: Actor, seen: Seen, document: int) -> Document:
    """Return one paper.

    Raises:
        DocumentNotFound: there is none of that id, or not for this actor's tier.
    """
    for one in await papers_for(conn, actor, seen):
        if one.id == document:
            return one
    raise DocumentNotFound


def file_answer(request: web.Request, document: Document) -> web.StreamResponse:
    """Answer with a file that no browser runs, or lead to where the document lies."""
    if document.sha256 is None:
        return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": document.url or "/"})
    place = find_file(request.config_dict[SETTINGS].data, document.sha256)
    return attached(place, document.name, document.media)


def attached(place: Path, name: str, media: str) -> web.FileResponse:
    """Answer with a file to be kept, under its own name."""
    headers = {
        "Content-Type": media,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": SANDBOX,
    }
    return web.FileResponse(place, headers=headers)
