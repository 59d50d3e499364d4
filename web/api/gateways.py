"""How a hall's room system (SIP, H.323) is called."""

from __future__ import annotations

from aiohttp import web

from meetings.directory import site_by_id
from meetings.errors import SitesNotFound
from meetings.idempotency import Answer
from meetings.model import Site, SiteId
from meetings.store import Connection
from meetings.store.gateways import list_gateways
from web.api.answering import change, done, shown
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import id_of, read_body
from web.api.views import View
from web.errors import PageNotFound
from web.gateways import GatewayBody, keep
from web.permissions import Permission, require, require_over
from web.transactions import connection

routes = Endpoints("sites")
PLACE = f"/sites/{ID}/gateway"


class GatewayView(View):
    """The address of a hall's room system; empty where it has none."""

    site: int
    gateway: str


async def gateway_view(conn: Connection, site: Site) -> GatewayView:
    """Return what is kept of a hall."""
    found = await list_gateways(conn, [site.id])
    return GatewayView(site=site.id, gateway=found.get(site.id, ""))


async def known_site(conn: Connection, request: web.Request) -> Site:
    """Return the hall of the address, or raise PageNotFound."""
    try:
        return await site_by_id(conn, SiteId(id_of(request)))
    except SitesNotFound as error:
        raise PageNotFound from error


@routes.endpoint("GET", PLACE, allow=Permission.READ_SITES, tells=Tells(answer=GatewayView))
async def show_gateway(request: web.Request) -> web.Response:
    """Show how a hall's room system is called."""
    async with connection(request) as conn:
        site = await known_site(conn, request)
        require_over(request, Permission.READ_SITES, site.unit_path)
        return shown(await gateway_view(conn, site))


@routes.endpoint(
    "PUT",
    PLACE,
    allow=Permission.MANAGE_DEVICES,
    tells=Tells(answer=GatewayView, body=GatewayBody, keyed=True),
)
async def put_gateway(request: web.Request) -> web.Response:
    """Write how a hall's room system is called; the last word counts."""
    actor, body = require(request), await read_body(request, GatewayBody)

    async def work(conn: Connection) -> Answer:
        site = await known_site(conn, request)
        require_over(request, Permission.MANAGE_DEVICES, site.unit_path)
        await keep(conn, site, body.gateway, by=actor.name)
        return done(await gateway_view(conn, site))

    return await change(request, work)
