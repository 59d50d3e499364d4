"""What people call that which is done to a room, and why nobody could be seen in it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bridges.presence.failover import FAILOVER
from bridges.presence.sight import LOST_TRACK, NEVER_HEARD
from bridges.presence.uncounted import UNCOUNTED
from bridges.presence.undercounted import UNDERCOUNTED
from meetings.model import Means
from web.i18n import N_

ROOM_ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "room.move": N_("Moved a room to another bridge"),
        "room.extend": N_("Extended a conference"),
        "room.end": N_("Ended a conference for all"),
        "room.remove": N_("Sent a hall out"),
        "room.mute": N_("Muted a hall"),
        "room.mute-all": N_("Muted everybody"),
        "room.lobby-on": N_("Closed the door of a room"),
        "room.lobby-off": N_("Opened the door of a room"),
        "room.record-start": N_("Started recording"),
        "room.record-stop": N_("Stopped recording"),
        "room.stream-start": N_("Started streaming"),
        "room.stream-stop": N_("Stopped streaming"),
        "room.lead": N_("Entered a room to lead it"),
        "room.watch": N_("Entered a room to look on"),
        "room.dial-out": N_("Called a number into a room"),
        "room.carry": N_("Carried out what a program asked of a room"),
        "recording.tell": N_("Was told of a recording"),
        "recording.move": N_("Was told where a recording lies now"),
        "recording.let": N_("Said who may open the recordings"),
        "recording.open": N_("Opened a recording"),
        "recording.remove": N_("Took a recording off the list"),
    }
)

BLIND: Mapping[str, str] = MappingProxyType(
    {
        NEVER_HEARD: N_("the bridge told nothing of the room"),
        LOST_TRACK: N_("the bridge fell silent before the room's end"),
        FAILOVER: N_("the room moved away from a bridge that had failed"),
        UNCOUNTED: N_("the bridge counted people that it did not name"),
        UNDERCOUNTED: N_("the bridge counted fewer people than it had named"),
    }
)

MEANS: Mapping[Means, str] = MappingProxyType(
    {
        Means.LINK: N_("its link"),
        Means.SIP: N_("its SIP room system"),
        Means.H323: N_("its H.323 room system"),
        Means.PHONE: N_("a telephone"),
    }
)
BRIDGE_SAID: Mapping[str, str] = MappingProxyType(
    {
        "bridge-saved": N_("The bridge is saved."),
        "bridge-removed": N_("The bridge is removed."),
        "room-moved": N_("The room is on the other bridge; the halls' pages follow by themselves."),
        "replay-ordered": N_("The receivers do it within seconds."),
    }
)
