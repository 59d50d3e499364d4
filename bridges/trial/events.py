"""Bodies of the events, with exactly the fields event_sync_component sends.

Source: jitsi-contrib/prosody-plugins, event_sync/mod_event_sync_component.lua (2026-05-23), with
`include_speaker_stats`; nobody's speaking is measured here, so that figure is always 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bridges.trial.model import Occupant, Outgoing, RoomName, Sink
from bridges.trial.wire import whole_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomFacts:
    """What every event says of its room."""

    name: RoomName
    jid: str
    created_at: datetime


def created(room: RoomFacts) -> Outgoing:
    """Return the event that opens a room instance."""
    return event(
        "room/created", "muc-room-created", room, created_at=whole_seconds(room.created_at)
    )


def joined(room: RoomFacts, occupant: Occupant, *, active: int) -> Outgoing:
    """Return the event that somebody came; `active` counts them too."""
    return event(
        "occupant/joined",
        "muc-occupant-joined",
        room,
        occupant=occupant_record(occupant),
        active_occupants_count=active,
    )


def left(room: RoomFacts, occupant: Occupant, *, active: int) -> Outgoing:
    """Return the event that somebody went; `active` are those who stayed."""
    return event(
        "occupant/left",
        "muc-occupant-left",
        room,
        occupant=occupant_record(occupant),
        active_occupants_count=active,
    )


def destroyed(room: RoomFacts, everybody: Iterable[Occupant], *, at: datetime) -> Outgoing:
    """Return the event that closes a room instance, with everybody who was ever in it."""
    return event(
        "room/destroyed",
        "muc-room-destroyed",
        room,
        created_at=whole_seconds(room.created_at),
        destroyed_at=whole_seconds(at),
        all_occupants=[occupant_record(occupant) for occupant in everybody],
    )


def deleted(reservation: str) -> Outgoing:
    """Return the call that gives a reservation back; it has no body."""
    return Outgoing(sink=Sink.RESERVATION, method="DELETE", path=f"/conference/{reservation}")


def event(path: str, name: str, room: RoomFacts, **fields: Any) -> Outgoing:
    """Return one event with the fields all of them have."""
    body = {
        "event_name": name,
        "room_name": room.name,
        "room_jid": room.jid,
        "is_breakout": False,
        **fields,
    }
    return Outgoing(sink=Sink.EVENT, method="POST", path=f"/events/{path}", body=body)


def occupant_record(occupant: Occupant) -> Mapping[str, Any]:
    """Return what an event says of somebody; the last two fields only once they left."""
    record = {
        "occupant_jid": occupant.jid,
        "joined_at": whole_seconds(occupant.joined_at),
        **occupant.entrant.user,
    }
    if occupant.left_at is not None:
        record["left_at"] = whole_seconds(occupant.left_at)
        record["total_dominant_speaker_time"] = 0
    return record
