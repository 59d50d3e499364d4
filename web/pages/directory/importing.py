"""Files on pages: chosen, looked at cell by cell, and brought in when they are right."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePath

from aiohttp import web

from web.answers import redirect
from web.errors import BadForm
from web.files.bringing import bring_in, digest_of, table_in, try_out
from web.ledgers.model import Draft
from web.ledgers.table import LEDGERS
from web.pages.booking.warned import ACCEPTED, Warned, require_all_read
from web.pages.days import tabs
from web.pages.directory.importpreview import preview
from web.pages.reading import Reader, form_of, reader_of
from web.permissions import Permission
from web.render import render
from web.routes import Handler, Routes
from web.store.import_files import delete_file, find_file, save_file
from web.transactions import transaction
from web.wording.directory_phrases import AFTER_FILES, LEDGER_NAMES
from web.wording.sentences import say

routes = Routes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of record that can be taken out and brought in."""

    name: str
    words: str
    columns: str
    needed: str
    files: str


@routes.get("/import", allow=Permission.READ_SITES)
async def index(request: web.Request) -> web.Response:
    """Show what can be taken out and brought in."""
    return import_page(request, reader_of(request))


def import_page(
    request: web.Request, reader: Reader, *, opened: str = "", wrong: str = ""
) -> web.Response:
    """Return the page, with what is wrong about a file."""
    return render(
        request,
        "import.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        tabs=tabs(request, reader),
        kinds=[
            Kind(
                name=kind,
                words=reader.speech.word(LEDGER_NAMES[kind]),
                columns=", ".join(ledger.COLUMNS),
                needed=", ".join(ledger.NEEDED),
                files=".csv,.xlsx,.ics" if kind == "conferences" else ".csv,.xlsx",
            )
            for kind, ledger in LEDGERS.items()
            if reader.holds(ledger.PERMISSION)
        ],
        opened=opened,
        wrong=wrong,
    )


def looker(kind: str) -> Handler:
    """Return the handler that shows what a file would do."""

    async def look(request: web.Request) -> web.Response:
        reader = reader_of(request)
        content, name = await file_in(request)
        try:
            table = await table_in(request, content, told=PurePath(name).suffix)
        except BadForm as error:
            code = error.problems["file"].code
            said = say(request, code)
            return import_page(request, reader, opened=kind, wrong=said)
        draft = await try_out(request, kind, table)
        digest = digest_of(content)
        async with transaction(request) as conn:
            await save_file(conn, reader.actor.name, kind, digest=digest, content=content)
        return await preview(request, reader, kind, draft, digest)

    look.__doc__ = f"Show what a file of {kind} would do."
    return look


async def file_in(request: web.Request) -> tuple[bytes, str]:
    """Return the posted file and its name; nothing where none was chosen."""
    chosen = (await form_of(request)).fields.get("file")
    if not isinstance(chosen, web.FileField):
        return b"", ""
    return chosen.file.read(), chosen.filename.lower()


def confirmer(kind: str) -> Handler:
    """Return the handler that brings in the file that was looked at."""

    async def confirm(request: web.Request) -> web.Response:
        reader, form = reader_of(request), await form_of(request)
        digest = form.get("digest")[:64]
        async with transaction(request) as conn:
            content = await find_file(conn, reader.actor.name, kind, digest=digest)
        if content is None:
            said = reader.speech.tell("The file is no longer at hand. Choose it again.")
            return import_page(request, reader, opened=kind, wrong=said)
        table, draft = await table_in(request, content), Draft()
        try:
            async with transaction(request) as conn:
                draft = await bring_in(conn, request, kind, table)
                if not draft.problems:
                    require_all_read(draft.against, form.get(ACCEPTED))
                    await delete_file(conn, reader.actor.name, kind)
        except Warned:
            return await preview(request, reader, kind, draft, digest, again=True)
        if draft.problems:
            return await preview(request, reader, kind, draft, digest)
        return redirect(AFTER_FILES.get(kind, "/import?said=imported"))

    confirm.__doc__ = f"Bring in the file of {kind} that was looked at."
    return confirm


for _kind, _ledger in LEDGERS.items():
    routes.post(f"/import/{_kind}", allow=_ledger.PERMISSION)(looker(_kind))
    routes.post(f"/import/{_kind}/confirm", allow=_ledger.PERMISSION)(confirmer(_kind))
