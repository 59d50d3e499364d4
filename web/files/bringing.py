"""Files into and out of ledgers, alike for pages and programs."""

from __future__ import annotations

import hashlib

from aiohttp import web

from meetings.store import Connection
from web.errors import BadForm
from web.files.reading_tables import read_in_turn
from web.files.tables import BadTable, Table, check_told
from web.formats import local_day
from web.input.uploads import LARGEST_FILE
from web.keys import CLOCK, SETTINGS
from web.ledgers.model import Clerk, Draft
from web.ledgers.people import led_by
from web.ledgers.table import bring
from web.permissions import require
from web.scheduling.booking import desk_of
from web.transactions import transaction


def clerk_of(request: web.Request) -> Clerk:
    """Return who brings or takes a file."""
    settings = request.config_dict[SETTINGS]
    return Clerk(
        desk=desk_of(request, require(request)),
        today=local_day(request.config_dict[CLOCK]()),
        networks=tuple(settings.networks_to_probe),
        led=led_by(settings.ldap),
    )


def digest_of(content: bytes) -> str:
    """Return what tells a file from every other."""
    return hashlib.sha256(content).hexdigest()


async def table_in(request: web.Request, content: bytes, *, told: str = "") -> Table:
    """Return the table in a file; `told` is the ending of what it says to be.

    Raises:
        HTTPRequestEntityTooLarge: it is too large.
        BadForm: it is no table; the code says why.
    """
    if len(content) > LARGEST_FILE:
        raise web.HTTPRequestEntityTooLarge(LARGEST_FILE, len(content))
    try:
        check_told(content, told)
        return await read_in_turn(request, content)
    except BadTable as error:
        raise BadForm({"file": error.code}) from error


async def try_out(request: web.Request, kind: str, table: Table) -> Draft:
    """Return what a file would do."""
    async with transaction(request) as conn:
        return await bring(conn, clerk_of(request), kind, table, dry=True)


async def bring_in(conn: Connection, request: web.Request, kind: str, table: Table) -> Draft:
    """Bring a file in, in the caller's transaction; with problems nothing is changed."""
    return await bring(conn, clerk_of(request), kind, table, dry=False)
