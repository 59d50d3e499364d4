"""The thin client of a bridge's Jicofo: whose microphone is on, and whether the lobby is.

Source: jicofo, JitsiMeetConferenceImpl.java and ChatRoomImpl.kt, `debugState` (2026-08-19).  It is
a debug page whose shape may change: what is not there in the known shape was not seen.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import aiohttp

from bridges.control.actions import Action
from bridges.errors import BridgeSilent
from bridges.jitsi.prosody import call
from bridges.model import Bridge, BridgeKind, RoomName

MACHINES = ("is_jibri", "is_transcriber")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A room as Jicofo sees it: who is in, by which address, who is muted, each by endpoint.

    `lobby` is None where it is silent about that.
    """

    inside: frozenset[str] = frozenset()
    owners: Mapping[str, str] = field(default_factory=dict)
    muted: Mapping[str, bool]
    lobby: bool | None


async def look(http: aiohttp.ClientSession, bridge: Bridge, room: RoomName) -> Sight | None:
    """Return a room as it is now, None where nobody tells; the trial bridge is its own Jicofo."""
    base = bridge.prosody_url if bridge.kind is BridgeKind.TRIAL else bridge.jicofo_url
    if not base:
        return None
    try:
        url = f"{base}/debug/conference/{room}@{bridge.muc_domain}"
        status, body = await call(http, "GET", url)
    except BridgeSilent:
        return None
    return read_sight(body) if status == HTTPStatus.OK else None


def read_sight(body: bytes) -> Sight | None:
    """Return what the debug page says, None where it is none; an unknown room is `{}`."""
    try:
        told = json.loads(body)["chat_room"]
        members = told["members"].items()
        muted = {str(name).lower(): one["is_audio_muted"] for name, one in members if is_heard(one)}
        inside = frozenset(str(name).lower() for name, one in members if not is_machine(one))
        owners = {str(name).lower(): one["jid"] for name, one in members if is_known(one)}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    lobby = told.get("lobby_enabled")
    shut = lobby if isinstance(lobby, bool) else None
    return Sight(inside=inside, owners=owners, muted=muted, lobby=shut)


def is_known(member: Mapping[str, Any]) -> bool:
    """Tell whether a member's own address is told; Kotlin writes "null" where it has none."""
    jid = member.get("jid")
    return isinstance(jid, str) and "@" in jid


def is_heard(member: Mapping[str, Any]) -> bool:
    """Tell whether a member is somebody whose microphone counts."""
    return isinstance(member.get("is_audio_muted"), bool) and not is_machine(member)


def is_machine(member: Mapping[str, Any]) -> bool:
    """Tell whether a member is a recorder."""
    return any(member.get(machine) for machine in MACHINES)


def is_so(action: Action, sight: Sight, whom: Collection[str]) -> bool:
    """Tell whether an action is seen to have happened.

    `whom` are the endpoints it is about; for muting everybody those that it leaves alone.
    """
    there = sight.inside | sight.muted.keys()
    if action is Action.MUTE:
        theirs = there & set(whom)
        return bool(theirs) and are_muted(sight, theirs)
    if action is Action.MUTE_ALL:
        return are_muted(sight, there - set(whom))
    wanted = {Action.LOBBY_ON: True, Action.LOBBY_OFF: False}.get(action)
    return wanted is not None and sight.lobby is wanted


def are_muted(sight: Sight, names: Collection[str]) -> bool:
    """Tell whether all of these are seen to be muted; of whom nothing is told, that is not seen."""
    return all(sight.muted.get(name) for name in names)
