"""What units book by: one unit's rules with who says each, and the units that say something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any

from aiohttp import web

from meetings.directory.errors import StaleRecord
from meetings.directory.finding import units_by_ids
from meetings.model import Unit, UnitId
from meetings.scheduling.policies import (
    TERMS,
    Standing,
    UnitPolicy,
    list_policies,
    policy_of,
    standing,
)
from meetings.scheduling.reaches import list_sites_below
from meetings.store import Connection
from web.answers import redirect
from web.directory.reforms import unit_over
from web.errors import BadForm, PageNotFound
from web.input.forms import parse_form
from web.input.typed import number_or_text
from web.pages.booking.wishing import Typed, problems_of
from web.pages.conference.conferences import unit_name
from web.pages.halls.leftbehind import Left, left_of
from web.pages.people.people import units_to_choose
from web.pages.reading import Reader, Texts, after_in, form_of, reader_of, version_in
from web.permissions import Permission
from web.render import render, url
from web.routes import Routes
from web.scheduling.policies import PolicyBody, amend, too_wide
from web.transactions import connection, transaction
from web.wording.policy_phrases import TERMS as WORDS
from web.wording.sentences import say

routes = Routes()

ADDRESS = "/policies"
PAGE = 50
MOST_LEFT = 50
MOST_HALLS = 4
LONGEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One number of the form; `hint` says what is in force while it stays empty."""

    name: str
    words: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A unit that says something itself."""

    url: str
    unit: str
    terms: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The chosen unit, the units to choose from, and those that say something."""

    unit: Unit
    offices: Sequence[Unit]
    found: Standing
    above: Standing
    policies: Sequence[UnitPolicy]
    named: dict[UnitId, Unit]
    left: Sequence[Left]
    left_more: int


@routes.get(ADDRESS, allow=Permission.MANAGE_POLICIES)
async def index(request: web.Request) -> web.Response:
    """Show what a unit books by, without a choice the topmost of one's own."""
    reader = reader_of(request)
    async with connection(request) as conn:
        code, after = request.query.get("unit", ""), after_in(request, UnitId)
        seen = await look(conn, reader, code, after=after)
    return page(request, reader, seen, Typed(values=values_of(seen.found)))


@routes.post(ADDRESS, allow=Permission.MANAGE_POLICIES)
async def keep(request: web.Request) -> web.StreamResponse:
    """Change what the unit books by; an empty field asks the unit above."""
    reader, form = reader_of(request), await form_of(request)
    code, values = form.get("unit"), {name: form.get(name)[:LONGEST] for name in TERMS}
    try:
        body = parse_form(PolicyBody, numbers(form))
        async with transaction(request) as conn:
            await amend(conn, request, code, body, version=version_in(form), on=reader.day)
    except BadForm as error:
        also = await limits_in(request, code, form, error, reader.day)
        errors, version = problems_of(request, also), version_in(form)
        typed = Typed(values=values, errors=errors, version=version)
    except StaleRecord as error:
        typed = Typed(values=values, errors={"unit": say(request, error.code)})
    else:
        return redirect(url(ADDRESS, unit=code, said="policy-kept"))
    async with connection(request) as conn:
        seen = await look(conn, reader, code)
    return page(request, reader, seen, typed)


async def limits_in(
    request: web.Request, code: str, form: Texts, error: BadForm, on: date
) -> BadForm:
    """Return all that is wrong: also limits that can be read and are wider than they may be."""
    readable = {name: n for name, n in numbers(form).items() if name not in error.problems}
    async with transaction(request) as conn:
        unit = await unit_over(conn, request, code, Permission.MANAGE_POLICIES, on)
        wide = await too_wide(conn, request, unit, readable)
    return BadForm({**error.problems, **wide})


def numbers(form: Texts) -> dict[str, Any]:
    """Return the numbers as they were typed; where there is none, the unit above says it."""
    typed = {name: form.get(name).strip() for name in TERMS}
    return {name: number_or_text(text) if text else None for name, text in typed.items()}


async def look(conn: Connection, reader: Reader, code: str, *, after: UnitId | None = None) -> Seen:
    """Return all that the page shows, or raise PageNotFound."""
    roots = reader.units(Permission.MANAGE_POLICIES)
    offices = await units_to_choose(conn, reader, roots)
    unit = next((one for one in offices if one.code == code), None)
    unit = unit or (offices[0] if offices and not code else None)
    if unit is None:
        raise PageNotFound
    found = await policy_of(conn, unit.id)
    alone = standing(UnitPolicy(unit=unit.id), [])
    above = alone if unit.parent_id is None else await policy_of(conn, unit.parent_id)
    policies = await list_policies(conn, roots, after=after, limit=PAGE + 1)
    ids = {one.unit for one in policies} | set(above.said_by.values())
    left, more = await left_of(conn, await list_sites_below(conn, unit.id), reader, most=MOST_LEFT)
    return Seen(
        unit=unit,
        offices=offices,
        found=found,
        above=above,
        policies=policies,
        named=await units_by_ids(conn, ids),
        left=left,
        left_more=more,
    )


def values_of(found: Standing) -> dict[str, str]:
    """Return a unit's own policy as its form shows it."""
    own = {name: getattr(found.own.terms, name) for name in TERMS}
    return {name: "" if value is None else str(value) for name, value in own.items()}


def page(request: web.Request, reader: Reader, seen: Seen, typed: Typed) -> web.Response:
    """Return the page with the form as typed."""
    speech = reader.speech
    labels = {name: speech.word(words) for name, words in WORDS.items()}
    return render(
        request,
        "policies.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if typed.errors else HTTPStatus.OK,
        form=typed,
        labels=labels,
        unit=seen.unit,
        heading=speech.tell("What %(unit)s books by", unit=unit_name(seen.unit, speech)),
        units=[(one.code, unit_name(one, speech)) for one in seen.offices],
        terms=[
            Term(name=name, words=labels[name], hint=hint(name, seen, reader)) for name in TERMS
        ],
        version=seen.found.own.version,
        left=seen.left,
        most_halls=MOST_HALLS,
        left_more=speech.number(seen.left_more) if seen.left_more else "",
        lines=[line(one, seen.named, labels) for one in seen.policies[:PAGE] if said(one)],
        next_page=next_page(seen),
    )


def next_page(seen: Seen) -> str:
    """Return where the list of units goes on, or nothing where it is at its end."""
    if len(seen.policies) <= PAGE:
        return ""
    return url(ADDRESS, unit=seen.unit.code, after=seen.policies[PAGE - 1].unit)


def hint(name: str, seen: Seen, reader: Reader) -> str:
    """Say what is in force where the field is empty, and who says so."""
    speech, value = reader.speech, getattr(seen.above.in_force, name)
    number = speech.tell("without limit") if value is None else speech.number(value)
    who = seen.above.said_by.get(name)
    if who is None:
        return speech.tell("Empty: %(number)s, as everywhere", number=number)
    unit = unit_name(seen.named[who], speech)
    return speech.tell("Empty: %(number)s, as %(unit)s says", number=number, unit=unit)


def said(policy: UnitPolicy) -> dict[str, int]:
    """Return what a unit says itself."""
    own = {name: getattr(policy.terms, name) for name in TERMS}
    return {name: value for name, value in own.items() if value is not None}


def line(policy: UnitPolicy, named: dict[UnitId, Unit], labels: dict[str, str]) -> Line:
    """Return one unit that says something."""
    unit = named[policy.unit]
    return Line(
        url=url(ADDRESS, unit=unit.code),
        unit=unit.full_name,
        terms=[f"{labels[name]}: {value}" for name, value in said(policy).items()],
    )
