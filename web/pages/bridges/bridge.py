"""One bridge: its settings, its secrets while they are rotated, its check, what is held back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from aiohttp import web

from bridges.errors import BridgeExists, RotationUnderWay, StaleBridge
from bridges.inspection.brought import judge_strays
from bridges.inspection.listening import news_of
from bridges.jitsi.keys import credential, public_pem
from bridges.model import Algorithm, Bridge, BridgeKind, SecretKind
from bridges.receiving.astray import Setting
from bridges.receiving.holding import DISCARD, REPLAY, give_order
from bridges.registered.registry import add_bridge, all_secrets, bridge_by_name, change_bridge
from bridges.registered.rotating import rotate
from web.answers import redirect
from web.errors import BadForm
from web.input.forms import parse_form
from web.keys import CLOCK, KEYRING, SETTINGS
from web.pages.booking.wishing import Typed, problems_of
from web.pages.bridges import bridge_form as forms
from web.pages.bridges.bridge_lines import (
    Finding,
    counted,
    fact_lines,
    finding,
    held_words,
    secret_lines,
)
from web.pages.bridges.bridges import list_page
from web.pages.reading import form_of, reader_of, version_in
from web.permissions import Permission
from web.render import render
from web.rooms.bridge_checks import check_bridge, ourselves_to
from web.rooms.bridge_forms import BridgeBody, BridgeChangesBody, RotateBody
from web.routes import Routes
from web.transactions import connection, transaction
from web.wording.sentences import say

routes = Routes()

PAGE = "/bridge/{name:[a-z0-9][a-z0-9-]{0,62}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What only this answer shows: a new secret, a check, a form with mistakes."""

    shown: Sequence[tuple[str, str]] = ()
    new: bool = False
    findings: Sequence[Finding] = ()
    counts: str = ""
    typed: Typed | None = None
    wrong: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@routes.get(PAGE, allow=Permission.READ_BRIDGES)
async def show(request: web.Request) -> web.Response:
    """Show one bridge."""
    return await bridge_page(request, Told())


@routes.post(PAGE, allow=Permission.MANAGE_BRIDGES)
async def amend(request: web.Request) -> web.Response:
    """Write what was typed."""
    reader, form = reader_of(request), await form_of(request)
    name = request.match_info["name"]
    try:
        body = parse_form(BridgeChangesBody, forms.told(form))
        async with transaction(request) as conn:
            facts = body.facts(await bridge_by_name(conn, name))
            await change_bridge(conn, name, facts, version=version_in(form), by=reader.actor.name)
    except BadForm as error:
        typed = forms.typed(form, problems_of(request, error))
        return await bridge_page(request, Told(typed=typed))
    except StaleBridge as error:
        wrong = say(request, error.code)
        return await bridge_page(request, Told(typed=forms.typed(form, {}), wrong=wrong))
    return redirect(f"/bridge/{name}?said=bridge-saved")


@routes.post(f"{PAGE}/rotate", allow=Permission.MANAGE_BRIDGES)
async def renew(request: web.Request) -> web.Response:
    """Replace a secret and show the new one, this once."""
    reader, form = reader_of(request), await form_of(request)
    try:
        body = parse_form(RotateBody, forms.rotation(form))
        async with transaction(request) as conn:
            rotated = await rotate(
                conn,
                request.match_info["name"],
                body.rotation(),
                request.config_dict[KEYRING],
                by=reader.actor.name,
                now=reader.now,
            )
    except RotationUnderWay as error:
        return await bridge_page(request, Told(wrong=say(request, error.code)))
    except BadForm as error:
        words = " ".join(problems_of(request, error).values())
        return await bridge_page(request, Told(wrong=words))
    shown = shown_secret(request, rotated.bridge.name, rotated.kind, rotated.secret)
    return await bridge_page(request, Told(shown=shown))


def shown_secret(
    request: web.Request, name: str, kind: SecretKind, secret: str
) -> Sequence[tuple[str, str]]:
    """Return what to put into Prosody; of a private key only where its public half is."""
    speech = reader_of(request).speech
    if kind is not SecretKind.JWT or credential(secret).algorithm is Algorithm.HS256:
        return [(speech.word(forms.SECRETS[kind]), secret)]
    return [
        *key_addresses(request, name),
        ("kid", credential(secret).kid),
        (speech.tell("Public key"), public_pem(secret).decode()),
    ]


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


@routes.post("/bridges", allow=Permission.MANAGE_BRIDGES)
async def add(request: web.Request) -> web.Response:
    """Add a bridge with secrets of our making, which are shown this once."""
    reader, form = reader_of(request), await form_of(request)
    secrets = forms.new_secrets()
    try:
        body = parse_form(BridgeBody, forms.first(form) | forms.as_fields(secrets))
        async with transaction(request) as conn:
            keyring = request.config_dict[KEYRING]
            bridge = await add_bridge(conn, body.bridge(), keyring, by=reader.actor.name)
    except BadForm as error:
        return await list_page(request, forms.typed(form, problems_of(request, error)))
    except BridgeExists as error:
        wrong = {"name": say(request, error.code)}
        return await list_page(request, forms.typed(form, wrong))
    shown = addresses(request, bridge.name) + [
        line
        for kind in sorted(forms.SECRETS, key=lambda one: one is SecretKind.JWT)
        for line in shown_secret(request, bridge.name, kind, secrets.present(kind))
    ]
    return await bridge_page(request, Told(shown=shown, new=True), name=bridge.name)


def addresses(request: web.Request, name: str) -> list[tuple[str, str]]:
    """Return where Prosody asks and tells us, by the names of its settings."""
    right = ourselves_to(request.config_dict[SETTINGS], name).settings
    return [
        ("reservations_api_prefix", right[Setting.RESERVATIONS]),
        ("event_sync: api_prefix", right[Setting.EVENTS]),
        ("diemcau_access_url", right[Setting.ACCESS]),
    ]


def key_addresses(request: web.Request, name: str) -> list[tuple[str, str]]:
    """Return where Prosody finds the public halves of keys."""
    right = ourselves_to(request.config_dict[SETTINGS], name).settings
    return [
        ("asap_key_server", right[Setting.KEYS]),
        ("prosody_password_public_key_repo_url", f"{right[Setting.KEYS]}/commands"),
        ("cache_keys_url", right[Setting.ALL_KEYS]),
    ]


def lasting(request: web.Request, bridge: Bridge) -> list[tuple[str, str]]:
    """Return the addresses in Prosody's settings that stay as they are; none of the built-in."""
    if bridge.kind is BridgeKind.TRIAL:
        return []
    signed = bridge.algorithm is Algorithm.RS256
    return addresses(request, bridge.name) + (key_addresses(request, bridge.name) if signed else [])


async def bridge_page(request: web.Request, told: Told, *, name: str = "") -> web.Response:
    """Return the page of one bridge."""
    reader = reader_of(request)
    named = name or request.match_info["name"]
    async with connection(request) as conn:
        bridge = await bridge_by_name(conn, named)
        secrets = (await all_secrets(conn, request.config_dict[KEYRING]))[named]
        news = await news_of(conn, named, request.config_dict[CLOCK]())
    right = ourselves_to(request.config_dict[SETTINGS], named).settings
    bad = told.wrong or (told.typed and told.typed.errors)
    return render(
        request,
        "bridge.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if bad else HTTPStatus.OK,
        bridge=bridge,
        trial=bridge.kind is BridgeKind.TRIAL,
        form=told.typed or Typed(values=forms.values_of(bridge)),
        labels={field: reader.speech.word(words) for field, words in forms.LABELS.items()},
        told=told,
        manages=reader.holds(Permission.MANAGE_BRIDGES),
        secrets=secret_lines(bridge, secrets, reader),
        facts=fact_lines(bridge, reader.speech),
        addresses=[] if told.new else lasting(request, bridge),
        held=held_words(news.held, reader.speech, reader.now),
        astray=[finding(one, reader) for one in judge_strays(news.strays, right)],
    )
