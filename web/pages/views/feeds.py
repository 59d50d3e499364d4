"""Calendar feeds: an address for calendar programs, which cannot sign in."""

from __future__ import annotations

from aiohttp import web

from meetings.errors import PersonNotFound
from meetings.links.feeds import feed_file, feed_mark, feed_of, reader_of_feed
from meetings.model import PersonId
from meetings.store import Connection
from web.errors import PageNotFound
from web.i18n import N_, translate
from web.keyring.keyring import Keyring
from web.keys import CLOCK, KEYRING, SETTINGS
from web.permissions import LINK
from web.routes import Routes
from web.transactions import connection

routes = Routes()

FEEDS = "feeds"
"""The purpose of the key that feed addresses are made with."""

NAME = N_("diemcau conferences")


@routes.get("/calendar/{feed}.ics", allow=LINK)
async def show(request: web.Request) -> web.Response:
    """Give a person's calendar, or say that it is what the program has already."""
    now = request.config_dict[CLOCK]()
    newest, *older = keys_of(request)
    async with connection(request) as conn:
        try:
            person = await reader_of_feed(conn, request.match_info["feed"], newest, older=older)
        except PersonNotFound as error:
            raise PageNotFound from error
        headers = {"ETag": f'"{await feed_mark(conn, person, now)}"', "Cache-Control": "private"}
        if headers["ETag"] in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        content = await feed_file(conn, person, name=translate(request, NAME), now=now)
    return web.Response(
        body=content, content_type="text/calendar", charset="utf-8", headers=headers
    )


async def feed_url(request: web.Request, conn: Connection, person: PersonId) -> str:
    """Return the address of a person's feed, to be shown to that person only."""
    name = await feed_of(conn, person, keys_of(request)[0])
    return f"{request.config_dict[SETTINGS].base_url}/calendar/{name}.ics"


def keys_of(request: web.Request) -> list[bytes]:
    """Return the keys of feed addresses, newest first."""
    keyring: Keyring = request.config_dict[KEYRING]
    return [keyring.derive(FEEDS, key_id=key.id) for key in keyring.keys]
