"""The page of what a unit starts from: line tests, visibility, and its signature."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from aiohttp import web

from meetings.directory.errors import StaleRecord
from meetings.model import Unit
from meetings.scheduling.defaults import SIGNATURE, UnitDefaults, defaults_of, usual_test
from meetings.store.defaults import Defaults
from web.answers import redirect
from web.directory.defaults import DefaultsBody, amend
from web.directory.reforms import unit_over
from web.errors import BadForm
from web.i18n import N_
from web.input.addressed import code_of
from web.input.forms import parse_form
from web.input.moments import read_time
from web.input.typed import number_or_text
from web.pages.booking.wishing import Typed, problems_of
from web.pages.conference.conferences import unit_name
from web.pages.reading import Reader, Texts, form_of, reader_of, version_in
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.transactions import connection, transaction
from web.wording import content_phrases
from web.wording.sentences import say

routes = Routes()

PAGE = "/units/{code:[^/]{1,60}}/defaults"
NUMBERS = ("line_test_days", "line_test_minutes")
LONGEST = 200
LABELS = {
    "line_test_days": N_("Working days before the conference"),
    "line_test_at": N_("Begins at"),
    "line_test_minutes": N_("Minutes"),
    "visibility": N_("Who sees the title"),
    "signed_for": N_("Signed for whom"),
    "signed_as": N_("Office of who signs"),
    "signed_by": N_("Full name of who signs"),
}


@routes.get(PAGE, allow=Permission.MANAGE_RESOURCES)
async def show(request: web.Request) -> web.Response:
    """Show what a unit starts from."""
    return await page(request, reader_of(request), None)


@routes.post(PAGE, allow=Permission.MANAGE_RESOURCES)
async def keep(request: web.Request) -> web.StreamResponse:
    """Change what the unit starts from; an empty field asks the unit above."""
    reader, form, code = reader_of(request), await form_of(request), code_of(request)
    values = {name: form.get(name)[:LONGEST] for name in LABELS}
    try:
        body = parse_form(DefaultsBody, typed_in(form))
        async with transaction(request) as conn:
            await amend(conn, request, code, body, version=version_in(form), on=reader.day)
    except BadForm as error:
        errors, version = problems_of(request, error), version_in(form)
        return await page(request, reader, Typed(values=values, errors=errors, version=version))
    except StaleRecord as error:
        wrong = {"line_test_days": say(request, error.code)}
        return await page(request, reader, Typed(values=values, errors=wrong))
    return redirect(f"/units/{code}/defaults?said=defaults-kept")


def typed_in(form: Texts) -> dict[str, Any]:
    """Return the form as programs send it; what is empty is asked for above."""
    at = form.get("line_test_at")
    told: dict[str, Any] = {name: form.get(name) for name in SIGNATURE}
    told |= {name: number_or_text(form.get(name)) or None for name in NUMBERS}
    return told | {
        "line_test_at": read_time(at) or at or None,
        "visibility": form.get("visibility") or None,
    }


async def page(request: web.Request, reader: Reader, typed: Typed | None) -> web.Response:
    """Return the page with the form as typed, or as it is kept."""
    async with connection(request) as conn:
        code, on = code_of(request), reader.day
        unit = await unit_over(conn, request, code, Permission.MANAGE_RESOURCES, on)
        found = await defaults_of(conn, unit.id)
        above = (
            UnitDefaults() if unit.parent_id is None else await defaults_of(conn, unit.parent_id)
        )
    form = typed or Typed(values=values_of(found.own))
    return render(
        request,
        "unit-defaults.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        unit=unit,
        name=unit_name(unit, reader.speech),
        form=form,
        labels={name: reader.speech.word(words) for name, words in LABELS.items()},
        version=found.version,
        hints=hints(above.in_force, reader),
        visibilities=visibilities(above.in_force, unit, reader),
    )


def values_of(own: Defaults) -> dict[str, str]:
    """Return what a unit says as its form shows it."""
    at = own.line_test_at
    return {name: str(getattr(own, name) or "") for name in LABELS} | {
        "line_test_at": "" if at is None else f"{at:%H:%M}",
        "visibility": own.visibility.value if own.visibility else "",
    }


def hints(above: Defaults, reader: Reader) -> dict[str, str]:
    """Say what holds where a field is empty."""
    test = usual_test(above)
    told = {
        "line_test_days": str(test.days),
        "line_test_at": f"{test.at:%H:%M}",
        "line_test_minutes": str(int(test.length.total_seconds()) // 60),
    }
    return {
        name: reader.speech.tell("Empty: %(value)s", value=value) for name, value in told.items()
    }


def visibilities(above: Defaults, unit: Unit, reader: Reader) -> list[tuple[str, str]]:
    """Return who may learn titles, and first what the unit above says."""
    words = {
        one.value: reader.speech.word(said) for one, said in content_phrases.VISIBILITIES.items()
    }
    usual = words[above.visibility.value if above.visibility else "internal"]
    if unit.parent_id is None:
        first = reader.speech.tell("As everywhere: %(value)s", value=usual)
    else:
        first = reader.speech.tell("As the unit above: %(value)s", value=usual)
    return [("", first), *words.items()]
