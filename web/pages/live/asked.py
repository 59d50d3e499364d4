"""What was lately asked of a room, each in a line: when, what, of whom, what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bridges.control.actions import ABOUT_SITE, Action, ActionState, Asked
from meetings.model import Site, SiteId
from web.formats import clock_time
from web.i18n import N_
from web.pages.reading import Reader
from web.wording.room_phrases import ROOM_ACTIONS

STATES: Mapping[ActionState, str] = MappingProxyType(
    {
        ActionState.ASKED: N_("asked"),
        ActionState.DONE: N_("done"),
        ActionState.UNCONFIRMED: N_("asked, done, not confirmed"),
        ActionState.REFUSED: N_("not done"),
    }
)
DETAILS: Mapping[str, str] = MappingProxyType(
    {
        "seen-inside": N_("seen inside the room"),
        "seen-by-bridge": N_("the bridge shows it"),
        "not-inside": N_("the hall is not in the room"),
        "not-available": N_("the bridge does not know this command"),
        "forbidden": N_("the bridge does not let us lead the room"),
        "no-stream": N_("nobody said where the stream is to go"),
        "recorder-refused": N_("the bridge's recorder is busy, missing or not allowed"),
        "no-page": N_("no control page took it up"),
        "no-call": N_("the bridge takes no such command; its check says what to mend"),
        "unreachable": N_("the bridge has no address for commands"),
        "no-answer": N_("the bridge did not answer; look whether somebody is called"),
        "invited": N_("the call was ordered; look who comes in"),
        "HTTP 404": N_("no telephone gateway is there"),
    }
)
"""Why something became what it did; others are for technicians and stand in the API."""


def lines(asked: Sequence[Asked], sites: Mapping[SiteId, Site], reader: Reader) -> tuple[str, ...]:
    """Return what was asked, the newest first."""
    return tuple(line(one, sites, reader) for one in asked)


def line(one: Asked, sites: Mapping[SiteId, Site], reader: Reader) -> str:
    """Return one action in words."""
    speech = reader.speech
    what = speech.word(ROOM_ACTIONS[f"room.{one.action.value}"])
    about = about_of(one, sites)
    told = f"{what} ({about})" if about else what
    why = f" – {speech.word(DETAILS[one.detail])}" if one.detail in DETAILS else ""
    return f"{clock_time(one.asked_at)} · {told}: {speech.word(STATES[one.state])}{why}"


def about_of(one: Asked, sites: Mapping[SiteId, Site]) -> str:
    """Return the hall or the number that an action is about."""
    if one.action is Action.DIAL_OUT:
        return one.subject
    if one.action not in ABOUT_SITE:
        return ""
    site = sites.get(SiteId(int(one.subject)))
    return site.label if site else ""
