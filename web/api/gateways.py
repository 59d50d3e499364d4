"""How a hall's room system (SIP, H.323) is called."""

from __future__ import annotations

from aiohttp import web

from meetings.idempotency import Answer
from meetings.model import Site
from meetings.scheduling.halls import terms_of
from meetings.store import Connection
from meetings.store.gateways import list_gateways
from web.api.answering import change, done, etag, shown
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_body, read_version
from web.api.views import View
from web.directory.gateways import GatewayBody, keep
from web.input.addressed import id_of
from web.permissions import Permission, require_over
from web.scheduling.hall_terms import hall_of
from web.transactions import connection

routes = Endpoints("sites")
PLACE = f"/sites/{ID}/gateway"


class GatewayView(View):
    """The address of a hall's room system, empty where it has none; `version` is the hall's."""

    site: int
    gateway: str
    version: int


async def gateway_view(conn: Connection, site: Site) -> GatewayView:
    """Return what is kept of a hall."""
    found = await list_gateways(conn, [site.id])
    version = (await terms_of(conn, site.id)).version
    return GatewayView(site=site.id, gateway=found.get(site.id, ""), version=version)


@routes.endpoint("GET", PLACE, allow=Permission.READ_SITES, tells=Tells(answer=GatewayView))
async def show_gateway(request: web.Request) -> web.Response:
    """Show how a hall's room system is called."""
    async with connection(request) as conn:
        site = await hall_of(conn, id_of(request))
        require_over(request, Permission.READ_SITES, site.unit_path)
        view = await gateway_view(conn, site)
    return shown(view, headers={"ETag": etag(view.version)})


@routes.endpoint(
    "PUT",
    PLACE,
    allow=Permission.MANAGE_DEVICES,
    tells=Tells(answer=GatewayView, body=GatewayBody, keyed=True, versioned=True),
)
async def put_gateway(request: web.Request) -> web.Response:
    """Write how a hall's room system is called, in place of what was there."""
    version, body = read_version(request), await read_body(request, GatewayBody)

    async def work(conn: Connection) -> Answer:
        site = await hall_of(conn, id_of(request))
        actor = require_over(request, Permission.MANAGE_DEVICES, site.unit_path)
        await keep(conn, site, body.gateway, by=actor.name, version=version)
        view = await gateway_view(conn, site)
        return done(view, headers={"ETag": etag(view.version)})

    return await change(request, work)
