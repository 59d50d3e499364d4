"""The application: what it is made of, in which order it opens and closes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from aiohttp import web
from jinja2 import Environment

from bridges.receiving.calls import Calls
from web import health, metrics, statics
from web.access import sign_in
from web.access.guard import guard
from web.admissions import draining
from web.answers import tell
from web.api import table as api
from web.background import working
from web.files.reading_tables import TURNS
from web.i18n import Catalogue, load_catalogues
from web.input.forms import MOST_SITES
from web.input.uploads import make_room
from web.keyring.following import following
from web.keys import (
    CALLS,
    CATALOGUES,
    CLOCK,
    DATABASE_URL,
    ENVIRONMENTS,
    FRAME,
    GUESSES,
    KEYRING,
    METRICS,
    POLICIES,
    SETTINGS,
    STATICS,
)
from web.metrics import count
from web.pages import table as pages
from web.probing import probing
from web.render import make_environments
from web.resources import RESOURCES, stop_streams
from web.rooms import bridge_access, bridge_keys, phone, recorded, reservations
from web.rooms.astray import notice
from web.rooms.tending import tending
from web.routes import Routes, add_routes, check_policies
from web.security import add_headers, refuse_odd

if TYPE_CHECKING:
    from web.keyring.keyring import Keyring
    from web.settings import Settings

LARGEST_BODY_BYTES = 1024**2
MOST_FIELDS = 2 * MOST_SITES
"""Of a form: a box for each hall, and what stands beside them."""
TRIAL = "/trial"

OWN_ROUTES: tuple[Routes, ...] = (
    statics.routes,
    sign_in.routes,
    health.routes,
    metrics.routes,
    reservations.routes,
    recorded.routes,
    phone.routes,
    bridge_access.routes,
    bridge_keys.routes,
)
MIDDLEWARES = (make_room, count, notice, tell, refuse_odd, guard)


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    *,
    database_url: str,
    keyring: Keyring,
    clock: Callable[[], datetime] = utc_now,
    trial: web.Application | None = None,
    tables: Iterable[Routes] = (),
    with_jobs: bool = False,
) -> web.Application:
    """Wire everything and open nothing; resources open when the application starts."""
    app = web.Application(
        middlewares=MIDDLEWARES,
        client_max_size=LARGEST_BODY_BYTES,
        client_max_fields=MOST_FIELDS,
    )
    app[SETTINGS] = settings
    app[DATABASE_URL] = database_url
    app[METRICS] = metrics.Metrics()
    app[CALLS] = Calls()
    app[GUESSES] = {}
    app[CLOCK] = clock
    app[KEYRING] = keyring
    app[POLICIES] = {}
    app[TURNS] = asyncio.Semaphore(1)
    api.wire(app)
    wire_pages(app)
    add_routes(app, (*OWN_ROUTES, *pages.ROUTES, *api.ROUTES, *tables))
    if trial is not None:
        app.add_subapp(TRIAL, trial)
    check_policies(app, public_prefixes=[TRIAL])
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.extend(RESOURCES)
    if with_jobs:
        app.cleanup_ctx.extend((following, working, probing, draining, tending))
    app.on_shutdown.append(stop_streams)
    return app


def wire_pages(app: web.Application) -> None:
    """Give the application what draws its pages."""
    app[FRAME] = pages.frame
    app[CATALOGUES], app[STATICS], app[ENVIRONMENTS] = read_pages()


@cache
def read_pages() -> tuple[Mapping[str, Catalogue], statics.Statics, Mapping[str, Environment]]:
    """Read catalogues, static files and templates: once a process, for they do not change."""
    catalogues, files = load_catalogues(), statics.load_statics()
    return catalogues, files, make_environments(catalogues, files)
