"""The bridge in our frame: drawn once for a conference, then told for each of its halls."""

from __future__ import annotations

from functools import lru_cache

from aiohttp import web
from jinja2 import Environment
from markupsafe import escape

from bridges.admitting import Ticket
from bridges.passes import Pass
from web.i18n import locale_of
from web.keys import ENVIRONMENTS
from web.pages.doors import place_of
from web.render import page
from web.security import origin_of

ALLOWED = "camera; microphone; display-capture; autoplay; fullscreen; clipboard-write"
CONFERENCES_REMEMBERED = 256


def room_page(request: web.Request, base: str, found: Pass, ticket: Ticket) -> web.Response:
    """Return the bridge in our frame."""
    drawn = draw(
        request.config_dict[ENVIRONMENTS][locale_of(request)],
        title=found.occasion.title,
        origin=origin_of(ticket.public_url),
        place=place_of(found),
    )
    return page(request, tell(drawn, base=base, label=found.label, url=ticket.url))


@lru_cache(maxsize=CONFERENCES_REMEMBERED)
def draw(environment: Environment, *, title: str, origin: str, place: str) -> str:
    """Draw the page with marks for what is each hall's own, and so no secret in it.

    It follows from these arguments alone: what changes is drawn again, and nothing gets stale.
    """
    own = {name: mark(name) for name in ("base", "label", "url")}
    template = environment.get_template("room.html")
    return template.render(title=title, origin=origin, place=place, allow=ALLOWED, **own)


def tell(drawn: str, **own: str) -> str:
    """Put a hall's own words where their marks stand."""
    for name, words in own.items():
        drawn = drawn.replace(mark(name), escape(words))
    return drawn


def mark(name: str) -> str:
    """Return what stands for words to come; no text of ours or of the store holds a zero."""
    return f"\0{name}\0"
