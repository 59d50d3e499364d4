"""Bridges: listed without their secrets, added with them, changed, given new secrets."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from bridges.receiving.holding import held_back
from bridges.registered.registry import add_bridge, bridge_by_name, change_bridge, list_bridges
from bridges.registered.removing import remove_bridge
from bridges.registered.rotating import rotate
from meetings.idempotency import Answer
from meetings.store import Connection
from web.api import views
from web.api.answering import GONE, change, change_secretly, done, etag, shown
from web.api.bridge_views import BridgeView, RotatedView, bridge_view, rotated_view
from web.api.endpoints import Endpoints, Tells
from web.api.reading import read_body, read_version
from web.keys import CLOCK, KEYRING
from web.permissions import Permission, require
from web.rooms.bridge_forms import BridgeBody, BridgeChangesBody, RotateBody
from web.rooms.bridge_regions import require_region
from web.transactions import connection

routes = Endpoints("bridges")

NAMED = "{name:[a-z0-9][a-z0-9-]{0,62}}"


@routes.endpoint(
    "GET",
    "/bridges",
    allow=Permission.READ_BRIDGES,
    tells=Tells(answer=views.Page[BridgeView]),
)
async def show_all(request: web.Request) -> web.Response:
    """List the bridges, never their secrets."""
    async with connection(request) as conn:
        found = await list_bridges(conn)
        held = await held_back(conn, request.config_dict[CLOCK]())
    items = [bridge_view(bridge, held.get(bridge.name, {})) for bridge in found]
    return shown(views.Page[BridgeView](items=items))


@routes.endpoint(
    "GET",
    f"/bridges/{NAMED}",
    allow=Permission.READ_BRIDGES,
    tells=Tells(answer=BridgeView),
)
async def show(request: web.Request) -> web.Response:
    """Show one bridge; its ETag is what a change must name."""
    async with connection(request) as conn:
        bridge = await bridge_by_name(conn, request.match_info["name"])
        held = await held_back(conn, request.config_dict[CLOCK]())
    return shown(
        bridge_view(bridge, held.get(bridge.name, {})), headers={"ETag": etag(bridge.version)}
    )


@routes.endpoint(
    "POST",
    "/bridges",
    allow=Permission.MANAGE_BRIDGES,
    tells=Tells(
        answer=BridgeView,
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
        await require_region(conn, body.region, request.config_dict[CLOCK]())
        bridge = await add_bridge(conn, body.bridge(), request.config_dict[KEYRING], by=actor.name)
        headers = {"ETag": etag(bridge.version)}
        return done(bridge_view(bridge, {}), status=HTTPStatus.CREATED, headers=headers)

    return await change(request, work)


@routes.endpoint(
    "PATCH",
    f"/bridges/{NAMED}",
    allow=Permission.MANAGE_BRIDGES,
    tells=Tells(answer=BridgeView, body=BridgeChangesBody, keyed=True, versioned=True),
)
async def amend(request: web.Request) -> web.Response:
    """Change addresses, seats, region, tags or draining; what is booked on it stays there."""
    actor, name = require(request), request.match_info["name"]
    version, body = read_version(request), await read_body(request, BridgeChangesBody)

    async def work(conn: Connection) -> Answer:
        before, now = await bridge_by_name(conn, name), request.config_dict[CLOCK]()
        facts = body.facts(before)
        await require_region(conn, facts.region, now, before=before.region)
        bridge = await change_bridge(conn, name, facts, version=version, by=actor.name)
        held = await held_back(conn, now)
        return done(bridge_view(bridge, held.get(name, {})), headers={"ETag": etag(bridge.version)})

    return await change(request, work)


@routes.endpoint(
    "DELETE",
    f"/bridges/{NAMED}",
    allow=Permission.MANAGE_BRIDGES,
    tells=Tells(
        status=HTTPStatus.NO_CONTENT,
        keyed=True,
        versioned=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def remove(request: web.Request) -> web.Response:
    """Remove a bridge that nothing was ever on; others are drained instead."""
    actor, name, version = require(request), request.match_info["name"], read_version(request)

    async def work(conn: Connection) -> Answer:
        await remove_bridge(conn, name, version=version, by=actor.name)
        return GONE

    return await change(request, work)


@routes.endpoint(
    "POST",
    f"/bridges/{NAMED}/rotate",
    allow=Permission.MANAGE_BRIDGES,
    tells=Tells(answer=RotatedView, body=RotateBody, keyed=True, refusals=(HTTPStatus.CONFLICT,)),
)
async def renew(request: web.Request) -> web.Response:
    """Replace a secret; the old one stays good for the grace, the new one is shown this once."""
    actor, body = require(request), await read_body(request, RotateBody)

    async def work(conn: Connection) -> Answer:
        rotated = await rotate(
            conn,
            request.match_info["name"],
            body.rotation(),
            request.config_dict[KEYRING],
            by=actor.name,
            now=request.config_dict[CLOCK](),
        )
        return done(rotated_view(rotated), headers={"ETag": etag(rotated.bridge.version)})

    return await change_secretly(request, work)
