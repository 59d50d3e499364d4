"""Whom the program calls by itself when a conference starts; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridges.control.actions import Action, lack
from bridges.model import Bridge, Room
from bridges.rules import is_open
from meetings.directory.gateways import is_sip
from meetings.model import Conference, SiteId

SUMMONED_WITHIN = timedelta(minutes=5)
"""Who was not called so soon after the start is left to people: the program was down, or late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A conference that may start now, its room, and what is known of its halls.

    `addresses` are those of its halls with a room system, `inside` are the halls that are in, and
    `called` are the addresses that were called already, by whomever.
    """

    conference: Conference
    room: Room
    bridge: Bridge
    addresses: Mapping[SiteId, str]
    inside: Collection[SiteId]
    called: Collection[str]


def whom_to_summon(scene: Scene, now: datetime) -> tuple[str, ...]:
    """Return the addresses to call now, in the order of the halls, each once."""
    if not is_time(scene.conference, now) or not is_open(scene.conference, scene.room, now):
        return ()
    if lack(scene.bridge, Action.DIAL_OUT):
        return ()
    absent = [
        scene.addresses[hall]
        for hall in scene.conference.sites
        if hall in scene.addresses and hall not in scene.inside
    ]
    return tuple(dict.fromkeys(one for one in absent if is_sip(one) and one not in scene.called))


def is_time(conference: Conference, now: datetime) -> bool:
    """Tell whether a conference that wants it has started just now."""
    start, end = conference.period.start, conference.period.end
    return conference.call_systems and start <= now < min(start + SUMMONED_WITHIN, end)
