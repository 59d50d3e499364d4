"""Handing over: to whom a conference may go, and the form that sends it there."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from meetings.approval_errors import NotFitToOwn
from meetings.directory import list_units
from meetings.errors import PersonNotFound
from meetings.handing import BOOKERS
from meetings.model import Grant
from meetings.people import list_people
from web.answers import redirect
from web.booking import desk_of
from web.errors import BadForm
from web.forms import parse_form
from web.handing import HandOverBody, hand_on
from web.i18n import N_
from web.pages.conferences import find_mine, unit_name
from web.pages.reading import Reader, form_of, reader_of, version_in
from web.pages.wishing import Typed, problems_of
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.sentences import say
from web.transactions import connection, transaction

routes = Routes()

MOST = 500
LABELS = {"host": N_("Host"), "owner": N_("Looked after by")}


@routes.get("/conferences/{id:[0-9]+}/hand-over", allow=Permission.BOOK)
async def ask(request: web.Request) -> web.Response:
    """Show to whom the conference may be handed."""
    return await hand_page(request, reader_of(request), {})


@routes.post("/conferences/{id:[0-9]+}/hand-over", allow=Permission.BOOK)
async def give(request: web.Request) -> web.StreamResponse:
    """Hand it over."""
    reader, form = reader_of(request), await form_of(request)
    desk, owner = desk_of(request, reader.actor), form.get("owner")
    typed = {"host": form.get("host"), "owner": int(owner) if owner.isdecimal() else None}
    try:
        body = parse_form(HandOverBody, {name: value for name, value in typed.items() if value})
        async with transaction(request) as conn:
            found = await find_mine(conn, request, reader, Permission.BOOK)
            number = found.conference.id
            await hand_on(conn, desk, number, body, version=version_in(form))
    except BadForm as error:
        return await hand_page(request, reader, problems_of(request, error))
    except (NotFitToOwn, PersonNotFound) as error:
        return await hand_page(request, reader, {"owner": say(request, error.code)})
    return redirect(f"/conferences/{number}?said=handed")


async def hand_page(request: web.Request, reader: Reader, errors: dict[str, str]) -> web.Response:
    """Return the form."""
    roots, speech = reader.units(Permission.BOOK), reader.speech
    async with connection(request) as conn:
        found = await find_mine(conn, request, reader, Permission.BOOK)
        units = {
            unit.code: unit
            for root in sorted(roots)
            for unit in await list_units(conn, on=reader.day, below=root)
        }
        people = await list_people(conn, limit=MOST)
    conference = found.conference
    return render(
        request,
        "hand-over.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        title=conference.title,
        back=f"/conferences/{conference.id}",
        version=conference.version,
        form=Typed(
            values={"host": found.host.code, "owner": str(conference.owner or "")}, errors=errors
        ),
        labels={name: speech.word(words) for name, words in LABELS.items()},
        hosts=[(code, unit_name(unit, speech)) for code, unit in units.items()],
        people=[
            ("", speech.tell("The secretaries of the host")),
            *((str(one.id), one.name) for one in people if one.active and books(one.grants)),
        ],
    )


def books(grants: frozenset[Grant]) -> bool:
    """Tell whether somebody with these grants books for any unit."""
    return any(one.role in BOOKERS for one in grants)
