"""A bridge's check with what only the program knows: our own addresses, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import ClientSession, web

from bridges.entry.snapshot import known_bridges
from bridges.errors import BridgeNotFound
from bridges.inspection.checking import Ourselves, check
from bridges.inspection.listening import news_of
from bridges.jitsi.replies import Answer
from bridges.receiving.calls import News
from bridges.registered.registry import TRIAL
from web import addresses
from web.keys import CLOCK, KEYRING, SETTINGS
from web.settings import Settings
from web.transactions import connection


def ourselves_to(settings: Settings, name: str, news: News | None = None) -> Ourselves:
    """Return how a bridge reaches us: by our public address, the built-in one on this machine."""
    path = f"/bridges/{name}"
    built_in = name == TRIAL
    public = addresses.web_url(settings) if built_in else settings.base_url
    local = settings.base_url == addresses.web_url(settings)
    receiver = addresses.receiver_url(settings) if built_in or local else settings.base_url
    return Ourselves(
        reservations=f"{public}{path}/reservations",
        access=public + path,
        events=receiver + path,
        news=news or News(),
    )


async def check_bridge(request: web.Request, name: str) -> Sequence[Answer]:
    """Ask a bridge everything; no connection to the database is held while it answers.

    Raises:
        BridgeNotFound: there is none of that name.
    """
    now, settings = request.config_dict[CLOCK](), request.config_dict[SETTINGS]
    async with connection(request) as conn:
        known = (await known_bridges(conn, request.config_dict[KEYRING])).get(name)
        news = await news_of(conn, name, now)
    if known is None:
        raise BridgeNotFound(name)
    async with ClientSession() as http:
        return await check(http, known, now, ourselves_to(settings, name, news))
