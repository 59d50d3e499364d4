"""The form for the address of a hall's room system."""

from __future__ import annotations

from aiohttp import web

from meetings.directory.errors import StaleRecord
from meetings.model import Site
from meetings.scheduling.halls import terms_of
from meetings.store import Connection
from meetings.store.gateways import list_gateways
from web.answers import redirect
from web.directory.gateways import GatewayBody, keep
from web.errors import BadForm
from web.input.forms import parse_form
from web.pages.booking.wishing import Typed, form_status, problems_of
from web.pages.reading import form_of, number_in, reader_of, version_in
from web.permissions import Permission, require_over
from web.render import render
from web.routes import Routes
from web.scheduling.hall_terms import hall_of
from web.transactions import connection, transaction

routes = Routes()

PAGE = "/sites/{id:[0-9]+}/gateway"
LONGEST_TYPED = 300


@routes.get(PAGE, allow=Permission.MANAGE_DEVICES)
async def show(request: web.Request) -> web.Response:
    """Show the form."""
    async with connection(request) as conn:
        site = await owned(conn, request)
        found = await list_gateways(conn, [site.id])
        version = (await terms_of(conn, site.id)).version
    return page(request, site, Typed(values={"gateway": found.get(site.id, "")}), version=version)


@routes.post(PAGE, allow=Permission.MANAGE_DEVICES)
async def change(request: web.Request) -> web.StreamResponse:
    """Write the address down; an empty one says that the hall has no room system."""
    reader, form = reader_of(request), await form_of(request)
    typed, version = form.get("gateway")[:LONGEST_TYPED], version_in(form)
    values = {"gateway": typed}
    async with transaction(request) as conn:
        site = await owned(conn, request)
        newest = (await terms_of(conn, site.id)).version
        try:
            body = parse_form(GatewayBody, {"gateway": typed.strip()})
            await keep(conn, site, body.gateway, by=reader.actor.name, version=version)
        except BadForm as error:
            wrong = Typed(values=values, errors=problems_of(request, error))
            return page(request, site, wrong, version=version)
        except StaleRecord:
            return page(request, site, Typed(values=values), version=newest, stale=True)
    return redirect(f"/sites/{site.id}?said=gateway-saved")


async def owned(conn: Connection, request: web.Request) -> Site:
    """Return the hall of the address to who looks after its devices.

    Raises:
        PageNotFound: there is none.
        Forbidden: somebody else looks after it.
    """
    site = await hall_of(conn, number_in(request, "id"))
    require_over(request, Permission.MANAGE_DEVICES, site.unit_path)
    return site


def page(
    request: web.Request, site: Site, form: Typed, *, version: int, stale: bool = False
) -> web.Response:
    """Draw the form as it was typed, of the version that was looked at."""
    status = form_status(wrong=bool(form.errors), stale=stale)
    return render(
        request,
        "gateway.html",
        status=status,
        site=site,
        form=form,
        version=version,
        stale=stale,
    )
