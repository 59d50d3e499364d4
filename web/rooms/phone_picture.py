"""Which room callers mean while the database is away: the day's picture tells.

Guessing is held back in memory then, by the same rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from bridges.entry.passes import Occasion
from bridges.errors import SnapshotMissing
from bridges.jitsi.names import read_room
from bridges.model import RoomState
from web.access.proxies import address_of
from web.access.throttling import Policy, Tries, judge
from web.errors import DatabaseDown, TooManyTries
from web.keys import CLOCK, GUESSES, SNAPSHOT

MOST_ADDRESSES = 10_000


def find_by_picture(
    request: web.Request, asked: Mapping[str, str], pin: int | None, policy: Policy
) -> dict[str, Any]:
    """Answer for a number, or for a room, as far as it was seen before.

    Raises:
        DatabaseDown: nothing was ever seen.
        TooManyTries: numbers were guessed from this address.
    """
    try:
        return by_number(request, pin, policy) if "id" in asked else by_name(request, asked)
    except SnapshotMissing as error:
        raise DatabaseDown from error


def by_number(request: web.Request, pin: int | None, policy: Policy) -> dict[str, Any]:
    """Return the room of a number."""
    tries, now = request.config_dict[GUESSES], request.config_dict[CLOCK]()
    address = address_of(request)
    before = tries.get(address, Tries(failures=0, last_at=now, blocked_until=None))
    after, wait = judge(before, policy, now)
    if wait > timedelta():
        raise TooManyTries(wait)
    bridge = request.match_info["bridge"]
    found = request.config_dict[SNAPSHOT].room_by_pin(bridge, pin) if pin else None
    if found is not None:
        return {"message": "ok", "id": found.pin, "conference": address_in(request, found)}
    remember(tries, address, after)
    return {"message": "No such conference", "conference": False}


def remember(tries: dict[str, Tries], address: str, after: Tries) -> None:
    """Keep a try in mind, and no more addresses than fit."""
    tries.pop(address, None)
    tries[address] = after
    if len(tries) > MOST_ADDRESSES:
        del tries[next(iter(tries))]


def by_name(request: web.Request, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the number of a room, which none is given now."""
    address = asked.get("conference") or asked.get("room", "")
    room = read_room(address.partition("@")[0][:200])
    found = request.config_dict[SNAPSHOT].room_by_name(request.match_info["bridge"], room)
    if found is None or found.room_state is RoomState.CLOSED:
        return {"message": "No such conference", "id": False, "conference": False}
    whole = address_in(request, found)
    message = "ok" if found.pin else "No number is free"
    return {"message": message, "id": found.pin or False, "conference": whole}


def address_in(request: web.Request, found: Occasion) -> str:
    """Return the address of a room on its bridge."""
    known = request.config_dict[SNAPSHOT].bridge(found.bridge)
    return f"{found.room}@{known.bridge.muc_domain}" if known else found.room
