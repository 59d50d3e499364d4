"""Reforms on pages: a unit is closed, renamed or merged, or the page says what is in the way."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aiohttp import web

from meetings.directory.errors import BadReformDate, CodeTaken, UnitInUse
from meetings.errors import UnitNotFound
from meetings.model import Unit
from meetings.store import Connection
from web.answers import redirect
from web.directory import reforms
from web.directory.reforms import CloseBody, MergeBody, RenameBody
from web.errors import BadForm
from web.input.addressed import code_of
from web.input.forms import parse_form
from web.input.typed import day_or_text
from web.pages.booking.wishing import Typed, problems_of
from web.pages.directory.in_use import uses_of
from web.pages.directory.units import FIELDS, PAGE, unit_page
from web.pages.reading import Reader, Texts, form_of, reader_of
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.transactions import connection, transaction
from web.wording.legacies import in_words
from web.wording.sentences import say

routes = Routes()


@routes.post(f"{PAGE}/close", allow=Permission.MANAGE_DIRECTORY)
async def close(request: web.Request) -> web.Response:
    """End the unit."""
    return await reform(request, "close")


@routes.post(f"{PAGE}/rename", allow=Permission.MANAGE_DIRECTORY)
async def rename(request: web.Request) -> web.Response:
    """Give the unit another name."""
    return await reform(request, "rename")


@routes.post(f"{PAGE}/merge", allow=Permission.MANAGE_DIRECTORY)
async def merge(request: web.Request) -> web.Response:
    """Merge the unit into another one."""
    return await reform(request, "merge")


async def reform(request: web.Request, what: str) -> web.Response:
    """Carry out what a form asks for, or show the page with what is wrong."""
    reader, form = reader_of(request), await form_of(request)
    values = {name: form.get(name) for name in FIELDS}
    if "edit" in form:
        return await unit_page(request, reader, Typed(values=values), what)
    try:
        if what == "merge" and not form.get("sure"):
            return await merger_page(request, reader, form)
        async with transaction(request) as conn:
            unit = await reformed(conn, request, what, form)
    except BadForm as error:
        return await unit_page(
            request, reader, Typed(values=values, errors=problems_of(request, error)), what
        )
    except (BadReformDate, CodeTaken, UnitNotFound) as error:
        place = "from" if isinstance(error, BadReformDate) else "into"
        wrong = Typed(values=values, errors={place: say(request, error.code)})
        return await unit_page(request, reader, wrong, what)
    except UnitInUse as error:
        return await refusal_page(request, error)
    return redirect(f"/units/{unit.code}?said=unit-{what}")


async def reformed(conn: Connection, request: web.Request, what: str, form: Texts) -> Unit:
    """Return the unit after what was asked for."""
    code, since = code_of(request), {"from": day_or_text(form.get("from"))}
    if what == "close":
        return await reforms.close(conn, request, code, parse_form(CloseBody, since))
    if what == "rename":
        kind = {"kind": form.get("kind")} if form.get("kind") else {}
        body = parse_form(RenameBody, since | {"name": form.get("name")} | kind)
        return await reforms.rename(conn, request, code, body)
    return (await reforms.merge(conn, request, code, merger_in(form))).unit


async def merger_page(request: web.Request, reader: Reader, form: Texts) -> web.Response:
    """Return the page that says what a merger would do, before it is done."""
    async with transaction(request) as conn:
        found = await reforms.try_merge(conn, request, code_of(request), merger_in(form))
    speech = reader.speech
    return render(
        request,
        "unit-merge.html",
        code=code_of(request),
        heading=speech.tell(
            "%(old)s becomes %(new)s", old=code_of(request), new=found.unit.full_name
        ),
        unsettled=[in_words(one, speech.catalogue) for one in found.unsettled],
        fields=[(name, form.get(name)) for name in ("from", "into", "new_name", "new_kind")],
    )


def merger_in(form: Texts) -> MergeBody:
    """Return what the form says of a merger, or raise BadForm."""
    since = {"from": day_or_text(form.get("from"))}
    begins: dict[str, Any] = {}
    if form.get("new_name"):
        begins = {"new": {"name": form.get("new_name"), "kind": form.get("new_kind")}}
    return parse_form(MergeBody, since | {"into": form.get("into")} | begins)


async def refusal_page(request: web.Request, error: UnitInUse) -> web.Response:
    """Return the page that says what keeps the unit from ending, and what to do first."""
    async with connection(request) as conn:
        uses = await uses_of(conn, request, error.obligations)
    return render(
        request,
        "unit-in-use.html",
        status=HTTPStatus.CONFLICT,
        code=error.unit,
        sentence=say(request, error.code),
        uses=uses,
        below=error.below,
    )
