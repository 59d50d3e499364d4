"""Watching a live room: an official of the host looks on, neither seen nor heard."""

from __future__ import annotations

from aiohttp import web

from bridges.entry.admitting import Ticket
from bridges.errors import RoomNotFound
from bridges.jitsi.roles import EntryRole
from bridges.model import BridgeKind, Room
from meetings.errors import IllegalMove
from web.answers import redirect
from web.keys import KEYRING
from web.pages.conference.conferences import Found, find_mine, unit_name
from web.pages.live.leading import in_use, leads
from web.pages.reading import Reader, reader_of
from web.permissions import Permission
from web.render import render
from web.rooms.inside import take_seat
from web.routes import Routes
from web.scheduling.booking import desk_of
from web.security import embed
from web.transactions import transaction

routes = Routes()

PAGE = "/conferences/{id:[0-9]+}/watch"
ALLOWED = "autoplay; fullscreen; camera 'none'; microphone 'none'; display-capture 'none'"
"""What the frame may use; one of our own origin, the trial bridge's, may use what is not named."""
OPTIONS = {
    BridgeKind.JITSI: "&config.startWithAudioMuted=true&config.startWithVideoMuted=true",
    BridgeKind.TRIAL: "&leaves=1&looks=1",
}
"""How the bridge's page is told; the trial bridge's brings nothing and leaves leaving to ours."""


@routes.post(PAGE, allow=Permission.WATCH, embed=True)
async def enter(request: web.Request) -> web.Response:
    """Enter the room as an observer, in our frame; it is audited."""
    reader = reader_of(request)
    desk = desk_of(request, reader.actor)
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.WATCH)
        base, conference = f"/conferences/{found.conference.id}", found.conference
        keys = request.config_dict[KEYRING]
        try:
            seat = await take_seat(conn, desk, conference, keys, role=EntryRole.OBSERVER)
        except (RoomNotFound, IllegalMove):
            return redirect(base)
    embed(request, seat.bridge.public_url)
    ticket = Ticket(
        public_url=seat.bridge.public_url.rstrip("/"),
        room=seat.room.name,
        token=seat.token,
        subject=conference.title,
    )
    return render(
        request,
        "watch.html",
        base=base,
        title=conference.title,
        when=reader.speech.span(conference.period),
        host=unit_name(found.host, reader.speech),
        url=ticket.url + OPTIONS[seat.bridge.kind],
        allow=ALLOWED,
    )


def watches(found: Found, room: Room | None, reader: Reader) -> bool:
    """Tell whether the reader may look on, and does not lead the room anyway."""
    may_watch = in_use(found, room, reader) and found.is_mine(reader, Permission.WATCH)
    return may_watch and not leads(found, room, reader)
