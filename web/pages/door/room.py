"""The bridge in our frame: drawn once for a conference, then told for each of its halls."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from aiohttp import web
from jinja2 import Environment
from markupsafe import escape

from bridges.entry.admitting import Ticket
from bridges.entry.passes import Pass
from bridges.model import Bridge, BridgeKind, RoomName
from web.i18n import locale_of
from web.keys import ENVIRONMENTS
from web.pages.door.doors import place_of
from web.pages.live.frames import ALLOWED, frame_of
from web.render import page
from web.security import embed

CONFERENCES_REMEMBERED = 256

# What stands for a hall's own words; no text of ours or of the store holds a zero.
BASE, LABEL, TOKEN = "\0base\0", "\0label\0", "\0token\0"
MARK = re.compile(rb"(\0[a-z]+\0)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A page in pieces, with marks for what is each hall's own, and the bridge's script in it."""

    pieces: tuple[bytes, ...]
    script: str


def room_page(
    request: web.Request, base: str, found: Pass, bridge: Bridge, ticket: Ticket
) -> web.Response:
    """Return the bridge in our frame."""
    drawing = draw(
        request.app[ENVIRONMENTS][locale_of(request)],
        title=found.occasion.title,
        place=place_of(found),
        kind=bridge.kind,
        public_url=bridge.public_url,
        room=ticket.room,
    )
    embed(request, bridge.public_url, script=drawing.script)
    own = {BASE: base, LABEL: found.label, TOKEN: ticket.token}
    return page(request, tell(drawing, own))


@lru_cache(maxsize=CONFERENCES_REMEMBERED)
def draw(
    environment: Environment,
    *,
    title: str,
    place: str,
    kind: BridgeKind,
    public_url: str,
    room: RoomName,
) -> Drawing:
    """Draw the page of a conference; there is no secret in it.

    It follows from these arguments alone: what changes is drawn again, and nothing gets stale.
    """
    ticket = Ticket(public_url=public_url.rstrip("/"), room=room, token=TOKEN, subject=title)
    frame = frame_of(kind, public_url, room, TOKEN, url=ticket.url)
    text = environment.get_template("room.html").render(
        title=title,
        frame=frame,
        place=place,
        allow=ALLOWED,
        base=BASE,
        label=LABEL,
    )
    return Drawing(pieces=tuple(MARK.split(text.encode())), script=frame.script)


def tell(drawing: Drawing, own: Mapping[str, str]) -> bytes:
    """Put a hall's own words where their marks stand."""
    words = {mark.encode(): escape(text).encode() for mark, text in own.items()}
    return b"".join([words.get(piece, piece) for piece in drawing.pieces])
