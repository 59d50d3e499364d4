"""What Prosody, Jicofo and the bridge answer when asked about rooms; pure.

Source: jitsi-meet, mod_muc_size.lua, mod_muc_census.lua; jicofo, Application.kt and
JitsiMeetConferenceImpl.java (2026-08-19); jitsi-videobridge, VideobridgeStatisticsShim.kt.
There is no focus in a trial room, so nothing is subtracted from its numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bridges.trial.model import Affiliation, Occupant
from bridges.trial.rooms import Room, TrialRooms

VERSION = "diemcau-trial"
ROLES = {Affiliation.OWNER: "OWNER", Affiliation.MEMBER: "PARTICIPANT"}


def census(rooms: TrialRooms) -> Mapping[str, Any]:
    """Return how many are in each room."""
    return {"room_census": [census_row(room) for room in rooms]}


def census_row(room: Room) -> Mapping[str, Any]:
    """Return one room of the census; its time is text in milliseconds."""
    return {
        "room_name": room.facts.jid,
        "participants": len(room.present),
        "created_time": str(int(room.facts.created_at.timestamp()) * 1000),
        "leaked": False,
    }


def people(room: Room) -> list[Mapping[str, Any]]:
    """Return who is in a room under the names others see."""
    return [
        {
            "jid": f"{room.facts.jid}/{occupant.endpoint}",
            "display_name": occupant.entrant.name,
            "email": str(occupant.entrant.user.get("email", "")),
        }
        for occupant in room.present.values()
    ]


def conference(room: Room) -> Mapping[str, Any]:
    """Return a room as Jicofo's debug page does, with the real address of everybody."""
    members = {occupant.endpoint: member(room, occupant) for occupant in room.present.values()}
    return {
        "meeting_id": room.facts.jid,
        "started": room.facts.created_at.timestamp(),
        "participant_count": len(members),
        "visitor_count": 0,
        "jibri_count": 0,
        "jigasi_count": 0,
        "transcriber_count": 0,
        "chat_room": {"members": members, "lobby_enabled": False},
    }


def member(room: Room, occupant: Occupant) -> Mapping[str, Any]:
    """Return one member; `jid` equals the `occupant_jid` of the events."""
    return {
        "occupant_jid": f"{room.facts.jid}/{occupant.endpoint}",
        "jid": occupant.jid,
        "role": ROLES[occupant.entrant.affiliation],
        "is_jibri": False,
        "is_jigasi": False,
        "is_transcriber": False,
        "is_audio_muted": not occupant.audible,
    }


def bridge_stats(rooms: TrialRooms, *, seats: int, now: datetime) -> Mapping[str, Any]:
    """Return the fields of `/colibri/stats` that mean something without a media server."""
    with_media = sum(room.media_count for room in rooms)
    moment = now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    return {
        "conferences": len(rooms),
        "participants": rooms.occupants,
        "endpoints": rooms.occupants,
        "local_endpoints": rooms.occupants,
        "endpoints_sending_video": with_media,
        "largest_conference": largest(rooms),
        "p2p_conferences": sum(room.media_count > 1 for room in rooms),
        "stress_level": round(rooms.occupants / seats, 4),
        "total_conferences_created": rooms.created_total,
        "total_conferences_completed": rooms.destroyed_total,
        "total_participants": rooms.occupants_total,
        "healthy": True,
        "drain": False,
        "graceful_shutdown": False,
        "shutting_down": False,
        "version": VERSION,
        "current_timestamp": moment,
    }


def focus_stats(rooms: TrialRooms) -> Mapping[str, Any]:
    """Return the fields of Jicofo's `/stats` that the service reads."""
    return {
        "conferences": len(rooms),
        "participants": rooms.occupants,
        "largest_conference": largest(rooms),
        "total_conferences_created": rooms.created_total,
        "total_participants": rooms.occupants_total,
        "bridge_selector": {
            "bridge_count": 1,
            "operational_bridge_count": 1,
            "in_shutdown_bridge_count": 0,
            "lost_bridges": 0,
        },
        "bridge_failures": {"participants_moved": 0},
        "participant_notifications": {"ice_failed": 0, "request_restart": 0},
        "healthy": True,
    }


def largest(rooms: TrialRooms) -> int:
    """Return the size of the fullest room."""
    return max((len(room.present) for room in rooms), default=0)
