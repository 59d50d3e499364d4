"""What the reservation service is asked, and how its answer is read.

Source: jitsi-meet, mod_reservations.lua (0e53bd87ce16, 2026-01-05).  Two traps of the original are
not copied: an answer that kills its callback (a number as `start_time`, `null` as `id`, a list as
body) leaves the room name hanging until Prosody restarts; here it refuses like any wrong answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bridges.trial.model import OccupantJid, RoomName
from bridges.trial.wire import start_time

INVALID = "Invalid response from reservation server"
REJECTED = "Rejected by reservation server"
TIMED_OUT = "Reservation lookup timed out"
EXPIRED = "Reservation expired"
DURATION_EXCEEDED = "Scheduled conference duration exceeded."

# Source: prosody, util/datetime.lua `parse`: a zone may be missing, blanks and short forms may not.
MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|([+-])(\d\d)(?::?(\d\d))?)?", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """The room may be made and lives until `ends_at`; `id` is for giving it back."""

    id: str
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The room may not be made; `code` and `text` reach the person."""

    code: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """The room is reserved under another id, which must be looked up."""

    id: str


Verdict = Approved | Refused


def request_fields(room: RoomName, owner: OccupantJid, now: datetime) -> Mapping[str, str]:
    """Return the form of `POST /conference`; the owner is a random address, never a person."""
    bare = owner.partition("/")[0]
    return {"name": room, "start_time": start_time(now), "mail_owner": bare}


def read_answer(room: RoomName, status: int, body: bytes, now: datetime) -> Verdict | Conflict:
    """Return what an answer to `POST /conference` means."""
    if status == 409:  # noqa: PLR2004 - the protocol's own number
        conflict = read_object(body).get("conflict_id")
        return (
            Refused(code=409, text=INVALID) if conflict is None else Conflict(id=lua_id(conflict))
        )
    return read_reservation(room, status, body, now)


def read_reservation(room: RoomName, status: int, body: bytes, now: datetime) -> Verdict:
    """Return what a reservation looked up, or made, means."""
    answer = read_object(body)
    if status not in {200, 201}:
        message = answer.get("message")
        return Refused(code=status, text=message if isinstance(message, str) else REJECTED)
    starts, duration = read_moment(answer.get("start_time")), read_number(answer.get("duration"))
    if starts is None or duration is None or not is_complete(room, answer):
        return Refused(code=500, text=INVALID)
    ends_at = starts + timedelta(seconds=min(duration, 10**9))
    if ends_at <= now:
        return Refused(code=419, text=EXPIRED)
    return Approved(id=lua_id(answer["id"]), ends_at=ends_at)


def read_object(body: bytes) -> Mapping[str, Any]:
    """Return the JSON object in the body; empty when it is anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def is_complete(room: RoomName, answer: Mapping[str, Any]) -> bool:
    """Tell whether the compulsory fields are there and the others, if there, make sense."""
    name, ident = answer.get("name"), answer.get("id")
    seats = read_number(answer.get("max_occupants", 1))
    return (
        is_id(ident)
        and isinstance(name, str)
        and name.lower() == room
        and isinstance(answer.get("mail_owner"), str)
        and seats is not None
        and seats >= 1
        and isinstance(answer.get("password", ""), str)
    )


def is_id(value: Any) -> bool:
    """Tell whether a JSON value can identify a reservation."""
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def lua_id(value: Any) -> str:
    """Return an id as it comes back in addresses: Lua 5.4 makes `42.0` of the number 42."""
    return str(float(value)) if isinstance(value, int) else str(value)


def read_number(value: Any) -> float | None:
    """Return a number, also one written as text; `None` for anything else."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < float("inf") else None


def read_moment(value: Any) -> datetime | None:
    """Return the moment a text names, in UTC; `None` for what Prosody cannot read."""
    match = MOMENT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    try:
        local = datetime.fromisoformat(match[1]).replace(tzinfo=UTC)
        offset = timedelta(hours=int(match[3] or 0), minutes=int(match[4] or 0))
        return local + offset if match[2] == "-" else local - offset
    except (ValueError, OverflowError):
        return None
