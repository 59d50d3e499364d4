"""Corrections on pages: what waits, what should be different, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aiohttp import web

from meetings.directory.errors import CorrectionDecided, StaleCorrection
from meetings.directory.finding import units_by_ids
from meetings.directory.proposals import FIELDS, Corrected, Correction
from meetings.model import Unit
from meetings.store import Connection
from meetings.store.corrections import count_open, list_corrections
from web.answers import redirect
from web.directory import corrections
from web.directory.corrections import CorrectionBody, RefusalBody
from web.errors import BadForm, PageNotFound
from web.formats import day_and_time
from web.i18n import N_
from web.input.forms import parse_form
from web.input.typed import number_or_text
from web.pages.booking.wishing import Typed, problems_of
from web.pages.conference.conferences import unit_name
from web.pages.days import tabs
from web.pages.looks import Chip
from web.pages.reading import Reader, Texts, after_in, form_of, number_in, reader_of
from web.pages.sending import send_once
from web.permissions import Permission, may
from web.render import render, url
from web.routes import Routes
from web.transactions import connection, transaction
from web.wording.sentences import say

routes = Routes()

PAGE = 50
ONE = "/corrections/{id:[0-9]+}"
LABELS = {
    "name": N_("Name"),
    "full_name": N_("Full name"),
    "name_en": N_("Name in English"),
    "title": N_("Position"),
    "phone": N_("Phone"),
    "email": N_("E-mail"),
    "reason": N_("Why it is wrong"),
    "record": N_("Record"),
}
STATES: Mapping[str, tuple[str, str]] = {
    "open": ("warn", N_("Waits")),
    "applied": ("ok", N_("Approved")),
    "refused": ("dim", N_("Refused")),
}

PARTS: Mapping[str, Sequence[str]] = {"waiting": ("open",), "decided": ("applied", "refused")}
"""The two lists of the page, each with a place of its own where it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A correction in the list; `changes` are a field's label, before and after."""

    id: int
    unit: str
    chip: Chip
    when: str
    reason: str
    remark: str
    changes: Sequence[tuple[str, str, str]]
    may_decide: bool


@routes.get("/corrections", allow=Permission.PROPOSE)
async def index(request: web.Request) -> web.Response:
    """Show what waits, then what was decided."""
    return await list_page(request, reader_of(request))


async def list_page(request: web.Request, reader: Reader, *, wrong: str = "") -> web.Response:
    """Return the list, with why something could not be done."""
    async with connection(request) as conn:
        units = reader.units(Permission.PROPOSE)
        found = {
            name: await list_corrections(
                conn,
                units,
                states=states,
                before=after_in(request, int, name),
                limit=PAGE + 1,
            )
            for name, states in PARTS.items()
        }
        names = await units_by_ids(conn, {one.unit for part in found.values() for one in part})
        waiting = await count_open(conn, units)
    return render(
        request,
        "corrections.html",
        status=HTTPStatus.CONFLICT if wrong else HTTPStatus.OK,
        tabs=tabs(request, reader),
        lists={
            name: [line(one, names[one.unit], reader) for one in part[:PAGE]]
            for name, part in found.items()
        },
        next_pages={name: next_page(request, name, part) for name, part in found.items()},
        wrong=wrong,
        sentence=reader.speech.tell_many(
            "%(n)s correction waits", "%(n)s corrections wait", waiting
        ),
    )


def next_page(request: web.Request, name: str, part: Sequence[Correction]) -> str:
    """Return where a list goes on, or nothing where it is at its end."""
    if len(part) <= PAGE:
        return ""
    seen = {other: request.query[other] for other in PARTS if other in request.query}
    return url("/corrections", **(seen | {name: part[PAGE - 1].id}))


def line(found: Correction, unit: Unit, reader: Reader) -> Line:
    """Return one correction in words."""
    speech = reader.speech
    look, words = STATES[found.state]
    above = unit.path[:-1] or unit.path
    return Line(
        id=found.id,
        unit=unit_name(unit, speech),
        chip=Chip(state=look, words=speech.word(words)),
        when=day_and_time(found.decided_at or found.proposed_at),
        reason=found.reason,
        remark=found.remark,
        changes=[
            (speech.word(LABELS[name]), found.before[name], text)
            for name, text in found.after.items()
        ],
        may_decide=found.state == "open" and may(reader.actor, Permission.MANAGE_DIRECTORY, above),
    )


@routes.get("/corrections/new", allow=Permission.PROPOSE)
async def begin(request: web.Request) -> web.Response:
    """Show a record's fields, to be put right."""
    kind, record = record_in(request.query)
    async with transaction(request) as conn:
        _, current = await corrections.seen(conn, request, kind, record)
    return form_page(request, kind, record, Typed(values=current | {"reason": ""}))


@routes.post("/corrections", allow=Permission.PROPOSE)
async def propose(request: web.Request) -> web.Response:
    """Put a correction on the table."""
    form = await form_of(request)
    kind, record = record_in(form)
    values: dict[str, Any] = {name: form.get(name) for name in (*FIELDS[kind], "reason")}

    async def work(conn: Connection) -> str:
        body = parse_form(CorrectionBody, values | {"kind": kind, "record": record})
        await corrections.propose(conn, request, body)
        return "/corrections?said=proposed"

    try:
        return await send_once(request, form, work)
    except BadForm as error:
        typed = Typed(values=values, errors=problems_of(request, error))
        return form_page(request, kind, record, typed)


def record_in(fields: Mapping[str, str] | Texts) -> tuple[Corrected, int]:
    """Return which record a form or an address means.

    Raises:
        PageNotFound: it means none.
    """
    kind, record = fields.get("kind", ""), number_or_text(fields.get("record", ""))
    if kind not in set(Corrected) or not (isinstance(record, int) and 0 < record < 2**31):
        raise PageNotFound
    return Corrected(kind), record


def form_page(request: web.Request, kind: Corrected, record: int, typed: Typed) -> web.Response:
    """Return the form of a correction."""
    speech = reader_of(request).speech
    return render(
        request,
        "correction.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if typed.errors else HTTPStatus.OK,
        kind=kind.value,
        record=record,
        fields=FIELDS[kind],
        form=typed,
        labels={name: speech.word(words) for name, words in LABELS.items()},
    )


@routes.post(f"{ONE}/approve", allow=Permission.MANAGE_DIRECTORY)
async def approve(request: web.Request) -> web.Response:
    """Make the record say what was proposed."""
    try:
        async with transaction(request) as conn:
            await corrections.approve(conn, request, number_in(request, "id"))
    except (StaleCorrection, CorrectionDecided) as error:
        return await list_page(request, reader_of(request), wrong=say(request, error.code))
    return redirect("/corrections?said=approved-correction")


@routes.post(f"{ONE}/refuse", allow=Permission.MANAGE_DIRECTORY)
async def refuse(request: web.Request) -> web.Response:
    """Leave the record as it is."""
    form = await form_of(request)
    try:
        async with transaction(request) as conn:
            body = parse_form(RefusalBody, {"remark": form.get("remark")})
            await corrections.refuse(conn, request, number_in(request, "id"), body)
    except (CorrectionDecided, BadForm) as error:
        return await list_page(request, reader_of(request), wrong=say(request, error.code))
    return redirect("/corrections?said=refused-correction")
