"""One bridge: its settings, its secrets while they are rotated, its check, what is held back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from aiohttp import web

from bridges.errors import (
    BridgeBuiltIn,
    BridgeExists,
    BridgeInUse,
    RotationUnderWay,
    StaleBridge,
)
from bridges.inspection.brought import judge_strays
from bridges.inspection.listening import news_of
from bridges.model import BridgeKind
from bridges.receiving.holding import DISCARD, REPLAY, give_order
from bridges.registered.registry import add_bridge, all_secrets, bridge_by_name, change_bridge
from bridges.registered.removing import remove_bridge
from bridges.registered.rotating import rotate
from bridges.store.carried import find_carried
from meetings.idempotency import Answer
from meetings.store import Connection
from web.answers import redirect
from web.errors import BadForm
from web.input.forms import parse_form
from web.input.once import SecretKeeper, once
from web.keys import KEYRING, SETTINGS
from web.pages.booking.wishing import Typed, form_status, problems_of
from web.pages.bridges import bridge_form as forms
from web.pages.bridges.bridge_lines import (
    Finding,
    carried_words,
    counted,
    fact_lines,
    finding,
    held_lines,
    overpromised,
    secret_lines,
)
from web.pages.bridges.bridges import list_page, row
from web.pages.bridges.prosody_lines import every_secret, lasting, shown_secret
from web.pages.reading import form_of, key_in, reader_of, version_in
from web.permissions import Permission
from web.render import render
from web.rooms.bridge_checks import check_bridge, ourselves_to
from web.rooms.bridge_forms import BridgeBody, BridgeChangesBody, RotateBody
from web.rooms.bridge_regions import require_region
from web.routes import Routes
from web.transactions import connection, transaction
from web.wording.sentences import say

routes = Routes()

PAGE = "/bridge/{name:[a-z0-9][a-z0-9-]{0,62}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What only this answer shows: a new secret, a check, a form with mistakes."""

    shown: Sequence[tuple[str, str]] = ()
    findings: Sequence[Finding] = ()
    counts: str = ""
    typed: Typed | None = None
    rotation: Typed = field(default_factory=lambda: Typed(values={}))
    stale: bool = False
    differs: Mapping[str, str] = field(default_factory=dict)
    wrong: str = ""


@routes.get(PAGE, allow=Permission.READ_BRIDGES)
async def show(request: web.Request) -> web.Response:
    """Show one bridge."""
    return await bridge_page(request, Told())


@routes.post(PAGE, allow=Permission.MANAGE_BRIDGES)
async def amend(request: web.Request) -> web.Response:
    """Write what was typed."""
    reader, form = reader_of(request), await form_of(request)
    name = request.match_info["name"]
    async with connection(request) as conn:
        before = await bridge_by_name(conn, name)
    try:
        body = parse_form(BridgeChangesBody, forms.told(form))
        async with transaction(request) as conn:
            facts = body.facts(before)
            await require_region(conn, facts.region, reader.now, before=before.region)
            await change_bridge(conn, name, facts, version=version_in(form), by=reader.actor.name)
    except BadForm as error:
        typed = forms.typed(form, problems_of(request, error))
        return await bridge_page(request, Told(typed=typed))
    except StaleBridge:
        typed = forms.overtaken(form, before)
        differs = forms.differing(typed, before, reader.speech)
        return await bridge_page(request, Told(typed=typed, stale=True, differs=differs))
    return redirect(f"/bridge/{name}?said=bridge-saved")


@routes.post(f"{PAGE}/rotate", allow=Permission.MANAGE_BRIDGES)
async def renew(request: web.Request) -> web.Response:
    """Replace a secret and show the new one: once, and again where the form was pressed twice."""
    reader, form = reader_of(request), await form_of(request)
    name, keyring = request.match_info["name"], request.config_dict[KEYRING]

    async def work(conn: Connection) -> Answer:
        by, wanted = reader.actor.name, body.rotation()
        rotated = await rotate(conn, name, wanted, keyring, by=by, now=reader.now)
        return kept(shown_secret(request, rotated.kind, rotated.secret))

    try:
        body = parse_form(RotateBody, forms.rotation(form))
        answer = await once(request, work, key=key_in(form), keeper=SecretKeeper(keyring))
    except RotationUnderWay as error:
        rotation, wrong = forms.typed_rotation(form, {}), say(request, error.code)
        return await bridge_page(request, Told(rotation=rotation, wrong=wrong))
    except BadForm as error:
        rotation = forms.typed_rotation(form, problems_of(request, forms.in_hours(error)))
        return await bridge_page(request, Told(rotation=rotation))
    return await bridge_page(request, Told(shown=json.loads(answer.body)))


def kept(lines: Sequence[tuple[str, str]]) -> Answer:
    """Return lines for Prosody as they are kept, sealed, for who presses twice."""
    return Answer(status=HTTPStatus.OK, headers={}, body=json.dumps(lines))


@routes.post(f"{PAGE}/check", allow=Permission.READ_BRIDGES)
async def examine(request: web.Request) -> web.Response:
    """Ask the bridge everything, and show what it said."""
    reader = reader_of(request)
    answers = await check_bridge(request, request.match_info["name"])
    found = [finding(one, reader) for one in answers]
    told = Told(findings=found, counts=counted(answers, reader.speech))
    return await bridge_page(request, told)


@routes.post(f"{PAGE}/replay", allow=Permission.MANAGE_BRIDGES)
async def replay(request: web.Request) -> web.Response:
    """Let the events that were held back pass."""
    return await ordered(request, REPLAY)


@routes.post(f"{PAGE}/discard", allow=Permission.MANAGE_BRIDGES)
async def discard(request: web.Request) -> web.Response:
    """Throw the events away that were held back."""
    return await ordered(request, DISCARD)


async def ordered(request: web.Request, action: str) -> web.Response:
    """Give an order to the receivers."""
    reader, name = reader_of(request), request.match_info["name"]
    async with transaction(request) as conn:
        await give_order(conn, name, action, by=reader.actor.name, now=reader.now)
    return redirect(f"/bridge/{name}?said=replay-ordered")


@routes.post(f"{PAGE}/remove", allow=Permission.MANAGE_BRIDGES)
async def remove(request: web.Request) -> web.Response:
    """Remove a bridge that was registered in vain."""
    reader, form = reader_of(request), await form_of(request)
    name, version = request.match_info["name"], version_in(form)
    try:
        async with transaction(request) as conn:
            await remove_bridge(conn, name, version=version, by=reader.actor.name)
    except (BridgeBuiltIn, BridgeInUse, StaleBridge) as error:
        return await bridge_page(request, Told(wrong=say(request, error.code)))
    return redirect("/bridges?said=bridge-removed")


@routes.post("/bridges", allow=Permission.MANAGE_BRIDGES)
async def add(request: web.Request) -> web.Response:
    """Add a bridge with secrets of our making, which are shown to who added it alone."""
    reader, form = reader_of(request), await form_of(request)
    secrets, keyring = forms.new_secrets(), request.config_dict[KEYRING]

    async def work(conn: Connection) -> Answer:
        await add_bridge(conn, body.bridge(), keyring, by=reader.actor.name)
        return kept(every_secret(request, secrets))

    try:
        body = parse_form(BridgeBody, forms.first(form) | forms.as_fields(secrets))
        answer = await once(request, work, key=key_in(form), keeper=SecretKeeper(keyring))
    except BadForm as error:
        return await list_page(request, forms.typed(form, problems_of(request, error)))
    except BridgeExists as error:
        wrong = {"name": say(request, error.code)}
        return await list_page(request, forms.typed(form, wrong))
    shown = json.loads(answer.body)
    return await bridge_page(request, Told(shown=shown), name=body.name)


async def bridge_page(request: web.Request, told: Told, *, name: str = "") -> web.Response:
    """Return the page of one bridge."""
    reader = reader_of(request)
    named = name or request.match_info["name"]
    async with connection(request) as conn:
        bridge = await bridge_by_name(conn, named)
        secrets = (await all_secrets(conn, request.config_dict[KEYRING]))[named]
        news = await news_of(conn, named, reader.now)
        carried = await find_carried(conn, bridge.id, reader.now)
    built_in = bridge.kind is BridgeKind.TRIAL
    # What a Prosody asked for whom nobody knows is not of the one that is ours.
    strays = [one for one in news.strays if one.bridge or not built_in]
    right = ourselves_to(request.config_dict[SETTINGS], named).settings
    bad = told.wrong or told.typed or told.rotation.values
    return render(
        request,
        "bridge.html",
        status=form_status(wrong=bool(bad), stale=told.stale),
        bridge=bridge,
        row=row(bridge, news.held, reader),
        carries=carried_words(bridge, carried, reader),
        overpromised=overpromised(bridge, carried, reader),
        trial=built_in,
        form=told.typed or Typed(values=forms.values_of(bridge)),
        labels={field: reader.speech.word(words) for field, words in forms.LABELS.items()},
        told=told,
        manages=reader.holds(Permission.MANAGE_BRIDGES),
        secrets=secret_lines(bridge, secrets, told.rotation, reader),
        facts=fact_lines(bridge, reader.speech),
        addresses=lasting(request, bridge),
        held=held_lines(news.held, reader.speech, reader.now),
        astray=[finding(one, reader) for one in judge_strays(strays, right)],
    )
