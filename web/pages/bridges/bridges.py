"""The bridges: which there are, whether they answer, how many seats they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType

from aiohttp import web

from bridges.model import Bridge, BridgeKind
from bridges.receiving.held import Held
from bridges.receiving.holding import held_back
from bridges.registered.registry import list_bridges
from web.i18n import N_
from web.pages.booking.wishing import Typed
from web.pages.bridges.bridge_form import LABELS
from web.pages.reading import Reader, reader_of
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.transactions import connection
from web.wording.speech import Speech

routes = Routes()

FIRST_APP_ID = "diemcau"
LOOKS = ("bad", "warn", "dim", "ok")
"""The worst first."""

KINDS: Mapping[BridgeKind, str] = MappingProxyType(
    {
        BridgeKind.JITSI: N_("Jitsi"),
        BridgeKind.TRIAL: N_("Trial bridge, picture and sound for at most 8 browsers in a room"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A bridge."""

    name: str
    kind: str
    state: str
    words: str
    second: str
    seats: str
    url: str


@routes.get("/bridges", allow=Permission.READ_BRIDGES)
async def index(request: web.Request) -> web.Response:
    """Show every bridge."""
    return await list_page(request, Typed(values={"seats": "300", "app_id": FIRST_APP_ID}))


async def list_page(request: web.Request, form: Typed) -> web.Response:
    """Return the list with the form of a new bridge."""
    reader = reader_of(request)
    async with connection(request) as conn:
        found = await list_bridges(conn)
        held = await held_back(conn, reader.now)
    rows = [row(bridge, held.get(bridge.name, {}), reader) for bridge in found]
    return render(
        request,
        "bridges.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
        rows=sorted(rows, key=lambda one: LOOKS.index(one.state)),
        answer=answer(found, reader.speech),
        form=form,
        labels={name: reader.speech.word(words) for name, words in LABELS.items()},
        manages=reader.holds(Permission.MANAGE_BRIDGES),
    )


def answer(found: Sequence[Bridge], speech: Speech) -> str:
    """Say how many bridges answer."""
    good = sum(bridge.healthy is True for bridge in found)
    return speech.tell_many(
        "%(good)s of %(n)s bridge answers",
        "%(good)s of %(n)s bridges answer",
        len(found),
        good=good,
    )


def row(bridge: Bridge, held: Held, reader: Reader) -> Row:
    """Return one bridge's line."""
    speech = reader.speech
    look, words = look_of(bridge, held, speech)
    beside = (
        (speech.tell("Events held back"), bool(held)),
        (speech.tell("Takes no new conferences"), bridge.draining),
    )
    seconds = [told for told, so in beside if so and look == "bad" and told != words]
    if bridge.health_at is not None:
        asked = speech.moment(bridge.health_at, today=reader.now)
        seconds.append(speech.tell("asked at %(at)s", at=asked))
    return Row(
        name=bridge.name,
        kind=speech.word(KINDS[bridge.kind]),
        state=look,
        words=words,
        second=" · ".join(seconds),
        seats=speech.number(bridge.seats),
        url=bridge.public_url,
    )


def look_of(bridge: Bridge, held: Held, speech: Speech) -> tuple[str, str]:
    """Return colour and word, the worst first; a bridge that nobody asked is not known."""
    if bridge.misset:
        return "bad", speech.tell("To mend")
    if bridge.healthy is False:
        return "bad", speech.tell("Silent")
    if held:
        return "bad", speech.tell("Events held back")
    if bridge.draining:
        return "warn", speech.tell("Takes no new conferences")
    return ("ok", speech.tell("Answers")) if bridge.healthy else ("dim", speech.tell("Not known"))
