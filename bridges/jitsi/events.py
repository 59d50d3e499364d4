"""The events a bridge posts: from the wire to values, and a key that is the same for the same news.

Source: jitsi-contrib/prosody-plugins event_sync (cd9b905); captures of Prosody 13.0.1 and 0.12.3.
Events come unordered, doubled, or not at all; an empty list comes as `{}`; a number in the token's
`context.user.id` comes as `7.0`.  Only what presence needs is kept: no e-mail address stays here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from bridges.errors import BadNews
from bridges.jitsi.names import read_room
from bridges.model import Event, EvidenceKind, Occupant, OccupantJid

PATHS: Mapping[str, EvidenceKind] = MappingProxyType(
    {
        "room/created": EvidenceKind.CREATED,
        "room/destroyed": EvidenceKind.DESTROYED,
        "occupant/joined": EvidenceKind.JOINED,
        "occupant/left": EvidenceKind.LEFT,
    }
)
OF_ROOMS = (EvidenceKind.CREATED, EvidenceKind.DESTROYED)
LONGEST_TEXT = 1024
# Moments outside this are nonsense that would later overflow a date: 2001 to 2100.
EARLIEST, LATEST = 10**9, 4_102_444_800


def parse(path: str, body: bytes) -> Event:
    """Return the news of one POST under `/events/`.

    Raises:
        BadNews: it is no event that a bridge can have sent.
    """
    kind = PATHS.get(path)
    if kind is None:
        raise BadNews("no such event")
    return read_event(kind, read_object(body))


def read_event(kind: EvidenceKind, fields: Mapping[str, Any]) -> Event:
    """Return the event that a JSON object tells; also reads back what `as_body` wrote."""
    room = read_room(text(fields, "room_name"))
    if not room:
        raise BadNews("no room")
    created_at: datetime | None = None
    occupants: tuple[Occupant, ...]
    if kind not in OF_ROOMS:
        occupant = read_occupant(fields.get("occupant"))
        occupants = (occupant,)
        at = occupant.left_at if kind is EvidenceKind.LEFT else occupant.joined_at
    else:
        created_at = moment(fields, "created_at")
        occupants = tuple(read_occupants(listed(fields.get("all_occupants"))))
        at = moment(fields, "destroyed_at") if kind is EvidenceKind.DESTROYED else created_at
    if at is None:
        raise BadNews("no moment")
    return Event(
        kind=kind,
        room=room,
        at=at,
        breakout=read_breakout(fields),
        created_at=created_at,
        occupants=occupants,
    )


def read_breakout(fields: Mapping[str, Any]) -> str:
    """Return the side room; in its news `room_*` describe the main room."""
    if fields.get("is_breakout") is not True:
        return ""
    return text(fields, "breakout_room_id") or "breakout"


def read_occupants(values: Iterable[object]) -> Iterator[Occupant]:
    """Give everybody who can be read: one odd entry takes nobody else's record along."""
    for value in values:
        with suppress(BadNews):
            yield read_occupant(value)


def read_occupant(value: object) -> Occupant:
    """Return one occupant; a recorder has no `id`, a last one of a dying room no `left_at`."""
    if not isinstance(value, dict):
        raise BadNews("no occupant")
    jid, joined_at = text(value, "occupant_jid"), moment(value, "joined_at")
    if not jid or joined_at is None:
        raise BadNews("no occupant")
    left_at = moment(value, "left_at")
    return Occupant(
        jid=OccupantJid(jid),
        user=text(value, "id"),
        joined_at=joined_at,
        left_at=left_at,
        name=text(value, "name"),
    )


def read_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body."""
    try:
        value = DECODER.decode(body.decode())
    except (ValueError, RecursionError) as error:
        raise BadNews("no JSON") from error
    if not isinstance(value, dict):
        raise BadNews("no object")
    return value


def no_number(constant: str) -> None:
    """Refuse NaN and Infinity, which are no JSON."""
    raise ValueError(constant)


# Made once: `json.loads` makes another for each text as soon as it is told anything.
DECODER = json.JSONDecoder(parse_constant=no_number)


def listed(value: object) -> list[Any]:
    """Return a list; Lua's empty list is an empty object, and none at all is empty too."""
    if isinstance(value, list):
        return value
    if value in ({}, None):
        return []
    raise BadNews("no list")


def text(fields: Mapping[str, Any], name: str) -> str:
    """Return a text that a database can hold; what is no text counts as missing."""
    value = fields.get(name)
    if not isinstance(value, str):
        return ""
    if not value.isascii():
        value = value.encode("utf-8", "replace").decode()
    return value.replace("\0", "?")[:LONGEST_TEXT]


def moment(fields: Mapping[str, Any], name: str) -> datetime | None:
    """Return Unix seconds as a moment; what is no sensible number counts as missing."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if not EARLIEST <= value < LATEST:
        return None
    return datetime.fromtimestamp(int(value), UTC)


def as_body(event: Event) -> dict[str, Any]:
    """Return the event as an object in the bridge's own words; `read_event` reads it back."""
    body: dict[str, Any] = {"room_name": event.room}
    if event.breakout:
        body |= {"is_breakout": True, "breakout_room_id": event.breakout}
    if event.created_at is not None:
        body["created_at"] = seconds(event.created_at)
    if event.kind in {EvidenceKind.JOINED, EvidenceKind.LEFT}:
        return body | {"occupant": occupant_body(event.occupants[0])}
    if event.kind is EvidenceKind.DESTROYED:
        people = [occupant_body(occupant) for occupant in event.occupants]
        body |= {"destroyed_at": seconds(event.at), "all_occupants": people}
    return body


def occupant_body(occupant: Occupant) -> dict[str, Any]:
    """Return one occupant in the bridge's own words."""
    body: dict[str, Any] = {"occupant_jid": occupant.jid, "joined_at": seconds(occupant.joined_at)}
    if occupant.left_at is not None:
        body["left_at"] = seconds(occupant.left_at)
    named = {"id": occupant.user, "name": occupant.name}
    return body | {key: value for key, value in named.items() if value}


def seconds(at: datetime) -> int:
    """Return a moment as events carry it."""
    return int(at.timestamp())


def content_key(bridge: str, kind: EvidenceKind, body: Mapping[str, Any]) -> bytes:
    """Return a digest that is the same whenever a bridge tells the same news again."""
    told = json.dumps([bridge, kind.value, body], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(told.encode()).digest()
