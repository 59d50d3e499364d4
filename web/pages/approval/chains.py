"""Who must agree: chains of approval, set by admins, a step of a role or of people each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from aiohttp import web

from meetings.approval.chaining import add_chain, chain_by_id, list_chains, remove_chain
from meetings.approval.chains import Chain, Step
from meetings.approval.errors import ChainExists
from meetings.directory.finding import unit_by_code, unit_by_id, units_by_ids
from meetings.model import Kind, Person, PersonId, Unit, UnitId
from meetings.people.grants import people_by_ids
from meetings.store import Connection
from web.answers import redirect
from web.approval.chains import ChainBody, steps_in
from web.errors import BadForm
from web.i18n import N_
from web.input.forms import parse_form
from web.input.typed import number_or_text
from web.pages.booking.wishing import Typed, problems_of
from web.pages.conference.conferences import unit_name
from web.pages.people.people import units_to_choose
from web.pages.people.whom import is_search, people_to_choose, sought_in
from web.pages.reading import Reader, Texts, after_in, form_of, number_in, reader_of, version_in
from web.pages.sending import send_once
from web.permissions import Permission, require_over
from web.render import render, same_page
from web.routes import Routes
from web.scheduling.booking import desk_of
from web.transactions import connection, transaction
from web.wording import phrases
from web.wording.sentences import say

routes = Routes()

STEPS = 4
PAGE = 50
ANY = ""
LABELS: Mapping[str, str] = MappingProxyType(
    {"unit": N_("For conferences of"), "kind": N_("Kind"), "steps": N_("Steps")}
)
FIELDS = (
    "unit",
    "kind",
    *(f"{what}{place}" for place in range(1, STEPS + 1) for what in ("role", "over", "person")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One chain in the list."""

    id: int
    unit: str
    kind: str
    steps: Sequence[str]
    version: int


@routes.get("/approval-chains", allow=Permission.MANAGE_CHAINS)
async def index(request: web.Request) -> web.Response:
    """Show who must agree to which conferences."""
    return await chains_page(request, reader_of(request), Typed(values=dict.fromkeys(FIELDS, "")))


@routes.post("/approval-chains", allow=Permission.MANAGE_CHAINS)
async def add(request: web.Request) -> web.StreamResponse:
    """Add a chain as typed."""
    reader, form = reader_of(request), await form_of(request)
    desk = desk_of(request, reader.actor)
    typed = Typed(values={name: form.get(name) for name in FIELDS})
    if is_search(form):
        return await chains_page(request, reader, typed, sought=sought_in(form))

    async def work(conn: Connection) -> str:
        body = parse_form(ChainBody, typed_chain(form))
        unit = await unit_by_code(conn, body.unit, reader.day)
        require_over(request, Permission.MANAGE_CHAINS, unit.path)
        steps = await steps_in(conn, desk, body)
        await add_chain(conn, unit.id, body.kind, steps, by=reader.actor.name)
        return "/approval-chains?said=chain-added"

    try:
        return await send_once(request, form, work)
    except BadForm as error:
        wrong = Typed(values=typed.values, errors=problems_of(request, error))
        return await chains_page(request, reader, wrong)
    except ChainExists as error:
        wrong = Typed(values=typed.values, errors={"kind": say(request, error.code)})
        return await chains_page(request, reader, wrong)


@routes.post("/approval-chains/{id:[0-9]+}/remove", allow=Permission.MANAGE_CHAINS)
async def remove(request: web.Request) -> web.StreamResponse:
    """Remove a chain."""
    reader, form = reader_of(request), await form_of(request)
    async with transaction(request) as conn:
        chain = await chain_by_id(conn, number_in(request, "id"))
        unit = await unit_by_id(conn, chain.unit)
        require_over(request, Permission.MANAGE_CHAINS, unit.path)
        await remove_chain(conn, chain.id, version=version_in(form), by=reader.actor.name)
    return redirect("/approval-chains?said=chain-removed")


def typed_chain(form: Texts) -> dict[str, Any]:
    """Return what was typed as the API's JSON would say it; empty rows are no steps."""
    steps: list[dict[str, Any]] = []
    for place in range(1, STEPS + 1):
        role, unit, person = (form.get(f"{what}{place}") for what in ("role", "over", "person"))
        if role:
            steps.append({"role": role, "unit": unit})
        elif person:
            steps.append({"people": [number_or_text(person)]})
    return {"unit": form.get("unit"), "steps": steps} | (
        {"kind": form.get("kind")} if form.get("kind") else {}
    )


async def chains_page(
    request: web.Request, reader: Reader, typed: Typed, *, sought: str | None = None
) -> web.Response:
    """Return the list with the form."""
    roots, speech = reader.units(Permission.MANAGE_CHAINS), reader.speech
    async with connection(request) as conn:
        after = after_in(request, int) or 0
        found = await list_chains(conn, roots, after=after, limit=PAGE + 1)
        chains = found[:PAGE]
        offices = await units_to_choose(conn, reader, roots)
        chosen = [typed.values[f"person{place}"] for place in range(1, STEPS + 1)]
        whom = await people_to_choose(conn, speech, sought=sought or "", chosen=chosen, units=roots)
        units = await units_of_chains(conn, chains)
        steps = [step for chain in chains for step in chain.steps]
        named = await people_by_ids(conn, {one for step in steps for one in step.people})
    return render(
        request,
        "chains.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if typed.errors else HTTPStatus.OK,
        form=typed,
        labels={name: speech.word(words) for name, words in LABELS.items()},
        places=range(1, STEPS + 1),
        kinds=[(ANY, speech.tell("Any kind")), *kinds(reader)],
        roles=[("", "–"), *((one.value, speech.word(w)) for one, w in phrases.ROLES.items())],
        units=[(unit.code, unit_name(unit, speech)) for unit in offices],
        whom=whom,
        typing=bool(typed.errors) or sought is not None,
        people=[("", "–"), *whom.choices],
        chains=[line(chain, units, named, reader) for chain in chains],
        next_page=same_page(request, after=chains[-1].id) if len(found) > PAGE else "",
    )


async def units_of_chains(conn: Connection, chains: Sequence[Chain]) -> dict[UnitId, Unit]:
    """Return every unit that a chain names."""
    wanted = {chain.unit for chain in chains}
    wanted |= {step.unit for chain in chains for step in chain.steps if step.unit is not None}
    return dict(await units_by_ids(conn, wanted))


def kinds(reader: Reader) -> list[tuple[str, str]]:
    """Return every kind with its words."""
    return [(kind.value, reader.speech.word(words)) for kind, words in phrases.KINDS.items()]


def line(
    chain: Chain, units: Mapping[UnitId, Unit], people: Mapping[PersonId, Person], reader: Reader
) -> Line:
    """Return one chain as the list shows it."""
    return Line(
        id=chain.id,
        unit=unit_name(units[chain.unit], reader.speech),
        kind=kind_words(chain.kind, reader),
        steps=[step_words(step, units, people, reader) for step in chain.steps],
        version=chain.version,
    )


def kind_words(kind: Kind | None, reader: Reader) -> str:
    """Say for which kind a chain stands."""
    return reader.speech.word(phrases.KINDS[kind]) if kind else reader.speech.tell("Any kind")


def step_words(
    step: Step, units: Mapping[UnitId, Unit], people: Mapping[PersonId, Person], reader: Reader
) -> str:
    """Say who may answer at a step."""
    speech = reader.speech
    if step.role is not None and step.unit is not None:
        return f"{speech.word(phrases.ROLES[step.role])} · {unit_name(units[step.unit], speech)}"
    names = [people[one].name for one in sorted(step.people) if one in people]
    return speech.tell(" or ").join(names) or speech.tell("An administrator")
