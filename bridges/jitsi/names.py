"""Room and user names on the wire: how ours are made, and how a bridge's are read.

Ours are opaque slugs of `[a-z0-9-]`, so that every rule of Jitsi's clients is the identity on them.
Source: jitsi-meet `util/uri.ts` and `util.lib.lua` (6549d4723); captures of Prosody 13.0.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from urllib.parse import unquote

from bridges.model import RoomName
from meetings.model import Kind, Means, PersonId, SiteId

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
TAIL_LETTERS = 10
ENDPOINT_LETTERS = 8
HIDDEN = re.compile(r"%(?:2d|3[0-9]|[46][1-9a-f]|[57][0-9a])")
"""What a slug is made of, in an escape: -, digits, capitals and small letters."""
USER = re.compile(r"site-([1-9][0-9]{0,17})(?:\.(sip|h323|phone))?")


def room_name(kind: Kind, day: date, choose: Callable[[Sequence[str]], str]) -> RoomName:
    """Return a fresh name: what it is for, its day, and 51 bits that nobody guesses."""
    tail = "".join(choose(LETTERS) for _ in range(TAIL_LETTERS))
    return RoomName(f"{kind.value}-{day:%Y%m%d}-{tail}")


def read_room(name: str) -> RoomName:
    """Return the room that a name from the wire means.

    Reads percent-escapes once (a non-ASCII node arrives with escapes in it) and lower-cases; the
    answer still has to echo what came.  `[tenant]room` is another room than `room`, never ours; so
    is a node that hides a slug's letters in escapes, as no client of Jitsi's does: to a bridge it
    is a second room, and what it tells of that must not count for the first.
    """
    node = name.lower()
    plain = node if HIDDEN.search(node) else unquote(node).lower()
    return RoomName(plain.replace("\0", "?"))


def has_tenant(room: RoomName) -> bool:
    """Tell whether a room was made by an address with a tenant, `https://host/tenant/room`."""
    return room.startswith("[")


def user_id(site: SiteId, means: Means = Means.LINK) -> str:
    """Return what stands as `context.user.id` in a site's token; a number would come as `7.0`.

    It also says by what the site enters where that is no link: events carry nothing else of it.
    """
    return f"site-{site}" if means is Means.LINK else f"site-{site}.{means.value}"


def person_id(person: PersonId | None) -> str:
    """Return what stands for somebody who is no hall: never counted as one."""
    return f"person-{person}" if person is not None else "guest"


def read_user(user: str) -> SiteId | None:
    """Return the site of a user, or None for a recorder, a caller or a stranger."""
    match = USER.fullmatch(user)
    return SiteId(int(match[1])) if match else None


def read_means(user: str) -> Means:
    """Return by what a site entered."""
    match = USER.fullmatch(user)
    return Means(match[2]) if match and match[2] else Means.LINK


def short_name(occupant: str) -> str:
    """Return the name by which clients, lists and commands know somebody, of their address."""
    return occupant[:ENDPOINT_LETTERS].lower()
