"""The reservation calls: forms as Prosody sends them, answers as it can read them.

Source: jitsi-meet mod_reservations.lua (6549d4723); captures of Prosody 13.0.1 and 0.12.3.  What is
answered wrongly here wedges a room name until Prosody restarts: the id is always a string,
`start_time` always text, nothing is ever null.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from bridges.errors import BadNews
from bridges.jitsi.names import read_room
from bridges.model import RoomName

LARGEST_FIELDS = 16
# Focus, recorder, secretary, callers; a hall whose line was cut counts twice for a minute.
NO_HALLS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A bridge asks whether a room may be made; `name` is echoed byte for byte."""

    name: str
    room: RoomName
    owner: str


def parse_form(body: bytes) -> Asked:
    """Return what a bridge asks for.

    Raises:
        BadNews: the body is no form, or names no room.
    """
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=LARGEST_FIELDS,
        )
    except ValueError as error:
        raise BadNews("no form") from error
    fields = dict(reversed(pairs))
    name = fields.get("name", "")
    if not name:
        raise BadNews("no room name")
    return Asked(name=name, room=read_room(name), owner=fields.get("mail_owner", ""))


def granted(
    room: RoomName,
    *,
    name: str,
    owner: str,
    opens_at: datetime,
    closes_at: datetime,
    sites: int | None = None,
) -> bytes:
    """Return the answer that lets a room be made until its hard end; the id is the room's name.

    `sites` are the halls invited: twice as many may be in, and a few who are no halls.
    """
    told: dict[str, str | int] = {
        "id": room,
        "name": name,
        "mail_owner": owner,
        "start_time": f"{opens_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}",
        "duration": int((closes_at - opens_at.replace(microsecond=0)).total_seconds()),
    }
    return as_json(told if sites is None else told | {"max_occupants": 2 * sites + NO_HALLS})


def refused(message: str) -> bytes:
    """Return a refusal; the person reads the message, and Prosody repeats it for 30 to 90 s."""
    return as_json({"message": message})


def read_id(path_id: str) -> RoomName:
    """Return the room of `/conference/{id}`; Prosody does not escape the id."""
    return read_room(path_id)


def as_json(value: dict[str, str | int]) -> bytes:
    """Return an object as bytes; letters stay letters."""
    return json.dumps(value, ensure_ascii=False).encode()
