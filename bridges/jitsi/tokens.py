"""The tokens with which halls enter and with which we command a bridge.

Source: lib-jitsi-meet doc/tokens.md; jitsi-meet token/util.lib.lua, luajwtjitsi.lib.lua (0e53bd87).
There is no leeway on either side: `nbf` lies two minutes back for bridges whose clock is late.
A token without `room` or `sub` makes Prosody hang, so neither can be left out here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.util import urlsafe_b64encode

from bridges.jitsi.keys import credential
from bridges.jitsi.names import person_id, user_id
from bridges.jitsi.roles import EntryRole, affiliation, features
from bridges.model import RoomName
from bridges.unique import unique
from meetings.model import Means, PersonId, SiteId

ENCODER = json.JSONEncoder(separators=(",", ":"))
AUDIENCE = "jitsi"
ROOMS_REMEMBERED = 256
OWN = "\0"
"""Stands for what is each token's own; no text of ours or of the store holds a zero."""
CLOCK_SKEW = timedelta(minutes=2)
CLOCK_SKEW_SECONDS = int(CLOCK_SKEW.total_seconds())
SERVICE_LIFE = timedelta(minutes=5)
SERVICE_USER = "diemcau"
UNREADABLE = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What a library raises that looks into a head before the signature; a stranger wrote both."""
# What Prosody's luajwtjitsi.lib.lua looks at is enough for us too.
REQUIRED = frozenset({"iss", "aud", "sub", "room", "exp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a token lets in: a site, or a person where there is none, into one room.

    The name shown is ours, and so is the hard end: the latest to which the conference can be
    extended, for whoever is in keeps this token, and a line that breaks then comes back with it.
    Only a public room may be streamed.  `generation` is that of the link it was given for, 0 where
    it was none.
    """

    room: RoomName
    site: SiteId | None = None
    person: PersonId | None = None
    name: str
    hard_end: datetime
    role: EntryRole = EntryRole.SITE
    public: bool = False
    means: Means = Means.LINK
    generation: int = 0


def entry_claims(entry: Entry, *, app_id: str, xmpp_domain: str, now: datetime) -> dict[str, Any]:
    """Return the claims of a hall's token; every value of the user is text but for the lobby's.

    Who was invited does not wait in a lobby, also when a broken line brings it back as somebody
    new: jitsi-contrib's token_lobby_bypass wants the JSON `true`, no text.
    """
    user: dict[str, str | bool] = {"id": who(entry), "name": entry.name, "lobby_bypass": True}
    user |= affiliation(entry.role)
    told = claims(entry.room, user, app_id=app_id, xmpp_domain=xmpp_domain, now=now)
    told["context"]["features"] = features(entry.role, public=entry.public)
    return told | {"exp": int(entry.hard_end.timestamp()), "generation": entry.generation}


def who(entry: Entry) -> str:
    """Return what stands for who is let in."""
    site = entry.site
    return person_id(entry.person) if site is None else user_id(site, entry.means)


def entry_text(entry: Entry, *, app_id: str, xmpp_domain: str, now: datetime) -> str:
    """Return the claims of a hall's token as JSON, quicker: most of it is written once a room."""
    shared = shared_text(
        entry.room, entry.role, entry.hard_end, app_id, xmpp_domain, public=entry.public
    )
    issued = int(now.timestamp())
    own = (ENCODER.encode(text) for text in (unique(), who(entry), entry.name))
    return shared % (issued, issued - CLOCK_SKEW_SECONDS, *own, entry.generation)


@lru_cache(maxsize=ROOMS_REMEMBERED)
def shared_text(
    room: RoomName,
    role: EntryRole,
    hard_end: datetime,
    app_id: str,
    xmpp_domain: str,
    *,
    public: bool,
) -> str:
    """Return the claims of a room's halls as JSON, with `%s` for what is each token's own."""
    entry = Entry(room=room, name=OWN, hard_end=hard_end, role=role, public=public)
    told = entry_claims(entry, app_id=app_id, xmpp_domain=xmpp_domain, now=hard_end)
    told |= dict.fromkeys(("iat", "nbf", "jti", "generation"), OWN)
    told["context"]["user"]["id"] = OWN
    return ENCODER.encode(told).replace("%", "%%").replace(ENCODER.encode(OWN), "%s")


def service_claims(
    room: RoomName, *, app_id: str, xmpp_domain: str, now: datetime
) -> dict[str, Any]:
    """Return the claims with which we end a room or send somebody out."""
    user = {"id": SERVICE_USER, "name": SERVICE_USER, "affiliation": "owner", "moderator": "true"}
    return claims(room, user, app_id=app_id, xmpp_domain=xmpp_domain, now=now) | {
        "exp": int((now + SERVICE_LIFE).timestamp())
    }


def claims(
    room: RoomName, user: Mapping[str, str | bool], *, app_id: str, xmpp_domain: str, now: datetime
) -> dict[str, Any]:
    """Return what every token of ours carries, but for its end."""
    return {
        "iss": app_id,
        "aud": AUDIENCE,
        "sub": xmpp_domain,
        "room": room,
        "iat": int(now.timestamp()),
        "nbf": int((now - CLOCK_SKEW).timestamp()),
        "jti": unique(),
        "context": {"user": user},
    }


def sign(payload: dict[str, Any], secret: str, *, commands: bool = False) -> str:
    """Return the claims as a compact token (RFC 7519); a private key signs by RS256.

    What `commands` bears the key's other name.
    """
    return sign_text(ENCODER.encode(payload), secret, commands=commands)


def sign_text(payload: str, secret: str, *, commands: bool = False) -> str:
    """Return claims that are JSON already as a token."""
    with_what = credential(secret)
    head = with_what.command_head if commands else with_what.head
    told = b".".join((head, urlsafe_b64encode(payload.encode())))
    return b".".join((told, urlsafe_b64encode(with_what.sign(told)))).decode()


def read(token: str, secret: str, *, app_id: str, now: datetime) -> dict[str, Any] | None:
    """Return the claims of a token that a bridge with this secret lets in, else None."""
    with_what = credential(secret)
    try:
        found = jwt.decode(token, with_what.key, algorithms=[with_what.algorithm.value])
    except UNREADABLE:
        return None
    payload = dict(found.claims)
    fits = (
        found.header.get("typ") == "JWT"
        and payload.keys() >= REQUIRED
        and payload["iss"] == app_id
        and payload["aud"] == AUDIENCE
        and is_now(payload, now.timestamp())
    )
    return payload if fits else None


def is_now(payload: dict[str, Any], now: float) -> bool:
    """Tell whether `nbf` and `exp` are numbers around the moment."""
    begins, ends = payload.get("nbf", 0), payload["exp"]
    if any(
        isinstance(value, bool) or not isinstance(value, (int, float)) for value in (begins, ends)
    ):
        return False
    return bool(begins <= now < ends)
