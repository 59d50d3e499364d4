"""What stands behind a hall's link: told from the day's snapshot, with the database down too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bridges.entry.passes import Entrance, KnownBridge, Pass, entrance
from bridges.entry.snapshot import Snapshot, find_pass
from bridges.errors import SnapshotMissing
from meetings.links.invitations import link_hash
from web.keys import CLOCK, SNAPSHOT
from web.transactions import connection

LEADING = "/chair"


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What stands behind a link at this moment."""

    secret: str
    entrance: Entrance
    found: Pass | None
    now: datetime

    @property
    def base(self) -> str:
        """The address of the hall's own page."""
        return f"/j/{self.secret}"


async def door_of(request: web.Request) -> Door:
    """Return what stands behind the link of the address.

    Raises:
        DatabaseDown: the link is for another day, and the database cannot be asked.
    """
    secret, now = request.match_info["secret"], request.app[CLOCK]()
    found = await pass_of(request, link_hash(secret))
    return Door(secret=secret, entrance=entrance(found, now), found=found, now=now)


async def pass_of(request: web.Request, hashed: bytes) -> Pass | None:
    """Return the pass from the snapshot; one made this second, or of another day, is asked for."""
    snapshot: Snapshot = request.app[SNAPSHOT]
    if found := known_pass(snapshot, hashed):
        return found
    async with connection(request) as conn:
        return await find_pass(conn, hashed)


def known_pass(snapshot: Snapshot, hashed: bytes) -> Pass | None:
    """Return the pass if the snapshot has it; one that was never taken has none."""
    try:
        return snapshot.admission(hashed)
    except SnapshotMissing:
        return None


def bridge_of(request: web.Request, door: Door) -> KnownBridge | None:
    """Return the bridge that carries the room."""
    snapshot: Snapshot = request.app[SNAPSHOT]
    if door.found is None or door.entrance is not Entrance.OPEN:
        return None
    return snapshot.bridge(door.found.occasion.bridge)


def place_of(found: Pass) -> str:
    """Return where the room is, and whether the hall leads it; the page enters anew with either.

    Who is in keeps the powers of the token it came with: only who enters gets others.
    """
    return f"{found.occasion.bridge}/{found.occasion.room}{LEADING if found.chairs else ''}"


def is_there(place: str, found: Pass) -> bool:
    """Tell whether a page is where the room is, whatever it may do there; an old one tells none."""
    return place.removesuffix(LEADING) in {"", place_of(found).removesuffix(LEADING)}
