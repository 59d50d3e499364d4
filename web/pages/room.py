"""The bridge in our frame: drawn once for a conference, then told for each of its halls."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from aiohttp import web
from jinja2 import Environment
from markupsafe import escape

from bridges.admitting import Ticket
from bridges.model import Bridge
from bridges.passes import Pass
from web.i18n import locale_of
from web.keys import ENVIRONMENTS
from web.pages.doors import place_of
from web.pages.frames import ALLOWED, Frame, frame_of
from web.render import page
from web.security import embed

CONFERENCES_REMEMBERED = 256


def room_page(
    request: web.Request, base: str, found: Pass, bridge: Bridge, ticket: Ticket
) -> web.Response:
    """Return the bridge in our frame."""
    frame = frame_of(bridge, ticket.room, mark("token"), url=mark("url"))
    embed(request, bridge.public_url, script=frame.script)
    drawn = draw(
        request.app[ENVIRONMENTS][locale_of(request)],
        title=found.occasion.title,
        frame=frame,
        place=place_of(found),
    )
    own = {"base": base, "label": found.label, "url": ticket.url, "token": ticket.token}
    return page(request, tell(drawn, own))


@lru_cache(maxsize=CONFERENCES_REMEMBERED)
def draw(environment: Environment, *, title: str, frame: Frame, place: str) -> str:
    """Draw the page with marks for what is each hall's own, and so no secret in it.

    It follows from these arguments alone: what changes is drawn again, and nothing gets stale.
    """
    template = environment.get_template("room.html")
    return template.render(
        title=title,
        frame=frame,
        place=place,
        allow=ALLOWED,
        base=mark("base"),
        label=mark("label"),
    )


def tell(drawn: str, own: Mapping[str, str]) -> str:
    """Put a hall's own words where their marks stand."""
    for name, words in own.items():
        drawn = drawn.replace(mark(name), escape(words))
    return drawn


def mark(name: str) -> str:
    """Return what stands for words to come; no text of ours or of the store holds a zero."""
    return f"\0{name}\0"
