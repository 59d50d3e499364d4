"""Bridges: listed without their secrets, added with them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from bridges.model import Bridge, BridgeSecrets, NewBridge
from bridges.registry import add_bridge, list_bridges
from meetings.idempotency import Answer
from meetings.store import Connection
from web.api import views
from web.api.answering import change, done, shown
from web.api.endpoints import Endpoints, Tells
from web.api.reading import read_body
from web.forms import Body
from web.keys import KEYRING
from web.permissions import Permission, require
from web.transactions import connection
from web.words import LINE, BridgeName, Name

routes = Endpoints("bridges")

SHORTEST_KEY = 32
"""HS256 wants a key of at least 256 bits (RFC 7518, 3.2)."""
SHORTEST_SECRET = 8
"""Header secrets are whatever a province's Prosody already sends; short ones are their risk."""
MOST_SEATS = 10_000


def web_address(value: str) -> str:
    """Return an http address without its last slash; it becomes a frame's origin and a link."""
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or not value.isascii() or set(value) & set(" '\"<>;,\\?#@"):
        raise PydanticCustomError("bad-address", "no address of a web server")
    return value.rstrip("/")


def maybe_address(value: str) -> str:
    """Return an http address, or "" where there is none."""
    return web_address(value) if value else ""


Address = Annotated[
    str, Field(strict=True, min_length=1, max_length=300), LINE, AfterValidator(web_address)
]
MaybeAddress = Annotated[
    str, Field(strict=True, max_length=300), LINE, AfterValidator(maybe_address)
]
Domain = Annotated[
    str, Field(strict=True, pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$")
]
Key = Annotated[
    str,
    Field(strict=True, min_length=SHORTEST_KEY, max_length=500, pattern=r"^[!-~]+$", repr=False),
]
Secret = Annotated[
    str,
    Field(strict=True, min_length=SHORTEST_SECRET, max_length=500, pattern=r"^[!-~]+$", repr=False),
]


class BridgeBody(Body):
    """A Jitsi deployment; the three secrets are the ones its Prosody is given."""

    name: BridgeName
    public_url: Address
    xmpp_domain: Domain
    muc_domain: Domain
    app_id: Name
    jwt_secret: Key
    reservation_secret: Secret
    event_secret: Secret
    prosody_url: MaybeAddress = ""
    seats: Annotated[int, Field(strict=True, ge=1, le=MOST_SEATS)] = 300

    def bridge(self) -> NewBridge:
        """Return the bridge to add."""
        return NewBridge(
            name=self.name,
            public_url=self.public_url,
            xmpp_domain=self.xmpp_domain,
            muc_domain=self.muc_domain,
            app_id=self.app_id,
            secrets=BridgeSecrets(
                jwt=self.jwt_secret, reservation=self.reservation_secret, event=self.event_secret
            ),
            prosody_url=self.prosody_url,
            seats=self.seats,
        )


def bridge_view(bridge: Bridge) -> views.BridgeView:
    """Return a bridge without its secrets."""
    return views.BridgeView(
        id=bridge.id,
        name=bridge.name,
        kind=bridge.kind,
        public_url=bridge.public_url,
        xmpp_domain=bridge.xmpp_domain,
        muc_domain=bridge.muc_domain,
        app_id=bridge.app_id,
        prosody_url=bridge.prosody_url,
        seats=bridge.seats,
        draining=bridge.draining,
        healthy=bridge.healthy,
        health=bridge.health,
        health_at=bridge.health_at,
    )


@routes.endpoint(
    "GET",
    "/bridges",
    allow=Permission.READ_BRIDGES,
    tells=Tells(answer=views.Page[views.BridgeView]),
)
async def show_all(request: web.Request) -> web.Response:
    """List the bridges, never their secrets."""
    async with connection(request) as conn:
        found = await list_bridges(conn)
    return shown(views.Page[views.BridgeView](items=[bridge_view(bridge) for bridge in found]))


@routes.endpoint(
    "POST",
    "/bridges",
    allow=Permission.MANAGE_BRIDGES,
    tells=Tells(
        answer=views.BridgeView,
        status=HTTPStatus.CREATED,
        body=BridgeBody,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def add(request: web.Request) -> web.Response:
    """Add a bridge; conferences are placed on it from now on."""
    actor, body = require(request), await read_body(request, BridgeBody)

    async def work(conn: Connection) -> Answer:
        bridge = await add_bridge(conn, body.bridge(), request.config_dict[KEYRING], by=actor.name)
        return done(bridge_view(bridge), status=HTTPStatus.CREATED)

    return await change(request, work)
