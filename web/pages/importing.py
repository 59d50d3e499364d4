"""Files on pages: chosen, looked at cell by cell, and brought in when they are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePath

from aiohttp import web

from meetings.directory import sites_by_ids
from meetings.model import Site, SiteId
from meetings.store import Connection
from meetings.unit_rows import CellProblem
from meetings.ways import Alternative
from web import cells, explaining
from web.answers import redirect
from web.bringing import bring_in, digest_of, table_in, try_out
from web.directory_phrases import AFTER_FILES, LEDGER_NAMES
from web.errors import BadForm
from web.ledgers.model import Difference, Draft
from web.ledgers.table import LEDGERS
from web.legacies import in_words
from web.naming import Names, read_names
from web.pages.clashing import changes_of
from web.pages.days import tabs
from web.pages.reading import Reader, form_of, reader_of
from web.pages.speech import Speech
from web.pages.warned import ACCEPTED, Warned, require_all_read
from web.pages.warned import digest_of as accepted_by
from web.permissions import Permission
from web.render import render
from web.routes import Handler, Routes
from web.sentences import say
from web.store.import_files import delete_file, find_file, save_file
from web.transactions import connection, transaction

routes = Routes()

MOST_SHOWN = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of record that can be taken out and brought in."""

    name: str
    words: str
    columns: str
    needed: str
    files: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A wrong cell in words."""

    line: int
    column: str
    words: str
    value: str
    reasons: Sequence[str] = ()
    ways: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the ids in reasons and ways of a file are called."""

    names: Names
    sites: Mapping[SiteId, Site]


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


async def preview(
    request: web.Request,
    reader: Reader,
    kind: str,
    draft: Draft,
    digest: str,
    *,
    again: bool = False,
) -> web.Response:
    """Return the page that shows what a file does, or every wrong cell.

    What something speaks against comes first; `again`: something does that was not shown before.
    """
    speech = reader.speech
    shown = [one for one in draft.differences if one.what != "same"]
    shown = sorted(shown, key=lambda one: not one.warnings)[:MOST_SHOWN]
    async with connection(request) as conn:
        told = await read_told(conn, reader, draft.problems[:MOST_SHOWN], shown)
    return render(
        request,
        "import-preview.html",
        status=HTTPStatus.CONFLICT if again else status_of(draft),
        kind=kind,
        name=speech.word(LEDGER_NAMES[kind]),
        sentence=sentence(draft, reader),
        problems=wrong_cells(draft, told, reader),
        rest=max(0, len(draft.problems) - MOST_SHOWN),
        differences=shown,
        warnings={
            one.line: [explaining.sentence(each, told.names, speech) for each in one.warnings]
            for one in shown
        },
        unsettled=[in_words(one, speech.catalogue) for one in draft.unsettled[:MOST_SHOWN]],
        same=speech.number(draft.count("same")),
        changes=draft.count("add") + draft.count("change"),
        digest=digest,
        again=again,
        accepted=accepted_by(draft.against),
    )


def status_of(draft: Draft) -> HTTPStatus:
    """Return what a file is answered with that was tried."""
    return HTTPStatus.UNPROCESSABLE_ENTITY if draft.problems else HTTPStatus.OK


async def read_told(
    conn: Connection,
    reader: Reader,
    problems: Sequence[CellProblem],
    differences: Sequence[Difference],
) -> Told:
    """Read what the ids are called that the page speaks of, all at once."""
    ways = [way for one in problems for way in one.ways]
    said = [reason for one in problems for reason in one.reasons]
    said += [reason for one in differences for reason in one.warnings]
    said += [reason for way in ways for reason in way.warnings]
    moved = {site for way in ways for site in way.left_out | way.added}
    return Told(
        names=await read_names(conn, reader.actor, said), sites=await sites_by_ids(conn, moved)
    )


def way_words(one: Alternative, told: Told, speech: Speech) -> str:
    """Say what could be had instead, and what speaks against that."""
    against = [explaining.sentence(each, told.names, speech) for each in one.warnings]
    return " · ".join([speech.span(one.period), *changes_of(one, told.sites, speech), *against])


def wrong_cells(draft: Draft, told: Told, reader: Reader) -> Sequence[Wrong]:
    """Return the wrong cells in words."""
    speech = reader.speech
    return [
        Wrong(
            line=one.line,
            column=one.column,
            words=cells.cell_words(one, speech.catalogue),
            value=one.value,
            reasons=[explaining.sentence(each, told.names, speech) for each in one.reasons],
            ways=[way_words(way, told, speech) for way in one.ways],
        )
        for one in draft.problems[:MOST_SHOWN]
    ]


def sentence(draft: Draft, reader: Reader) -> str:
    """Say how it stands with the file."""
    speech = reader.speech
    if draft.problems:
        return speech.tell_many(
            "%(n)s cell must be put right", "%(n)s cells must be put right", len(draft.problems)
        )
    return speech.tell(
        "%(added)s added, %(changed)s changed",
        added=speech.number(draft.count("add")),
        changed=speech.number(draft.count("change")),
    )


for _kind, _ledger in LEDGERS.items():
    routes.post(f"/import/{_kind}", allow=_ledger.PERMISSION)(looker(_kind))
    routes.post(f"/import/{_kind}/confirm", allow=_ledger.PERMISSION)(confirmer(_kind))
