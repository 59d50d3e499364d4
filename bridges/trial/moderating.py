"""What somebody inside a room does to it: say whether one can be heard, and mute others.

A bridge without a media server cannot silence anybody: the other browser turns its own microphone
off when it is told to, and says so to all.  That word is what the moderator's page waits for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridges.trial.admission import Session, TrialBridge
from bridges.trial.model import Affiliation

MUTE = "mute"


def tell_microphone(bridge: TrialBridge, session: Session, *, on: bool) -> None:
    """Note whether somebody can be heard, and tell the others."""
    bridge.rooms.set_audible(session.occupant.jid, on=on)
    bridge.tell_others(session, {"type": "microphone", "occupant": session.endpoint, "on": on})


def command(bridge: TrialBridge, session: Session, message: Mapping[str, Any]) -> None:
    """Do what a moderator asks; the answer says why, where it is not done."""
    wanted, about = str(message.get("command")), str(message.get("occupant"))
    refusal = refused(bridge, session, wanted, about)
    if not refusal:
        for other in bridge.in_room(session.room):
            if other.endpoint == about:
                other.tell({"type": MUTE})
    session.tell({"type": "answer", "command": wanted, "occupant": about, "refused": refusal})


def refused(bridge: TrialBridge, session: Session, wanted: str, about: str) -> str:
    """Return why a command is not carried out, "" where it is."""
    if session.occupant.entrant.affiliation is not Affiliation.OWNER:
        return "forbidden"
    if wanted != MUTE:
        return "not-available"
    inside = {other.endpoint for other in bridge.in_room(session.room)}
    return "" if about in inside else "not-inside"
