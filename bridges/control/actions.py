"""What can be done to a live room, and how each is carried out; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from bridges.errors import ExtensionTooLong, NothingToExtend
from bridges.model import Bridge, BridgeKind, Room, RoomState
from bridges.rules import CLOSES_AFTER
from meetings.model import ConferenceId, Period

ActionId = NewType("ActionId", int)

GIVE_UP = timedelta(seconds=30)
"""What was not seen to have happened by then is called unconfirmed."""

GIVE_UP_INSIDE = timedelta(seconds=12)
"""The same for what a moderator's client does at once."""

GIVE_UP_RECORDING = timedelta(seconds=100)
"""The same for Jibri.  Source: jicofo reference.conf, `pending-timeout` 90 s."""


TAKE_UP_WITHIN = timedelta(seconds=8)
"""What a program asked is taken up by a control page so soon, or not at all."""

SEAT_LASTS = timedelta(seconds=20)
"""A control page that said nothing for so long counts as closed."""

SEAT_BEAT = 5
"""After how many seconds a control page says again that it is in the room."""


class Action(StrEnum):
    """Something that is asked of a room."""

    EXTEND = "extend"
    END = "end"
    REMOVE = "remove"
    MUTE = "mute"
    MUTE_ALL = "mute-all"
    LOBBY_ON = "lobby-on"
    LOBBY_OFF = "lobby-off"
    RECORD_START = "record-start"
    RECORD_STOP = "record-stop"
    STREAM_START = "stream-start"
    STREAM_STOP = "stream-stop"
    DIAL_OUT = "dial-out"


ONLY_INSIDE = frozenset(
    {
        Action.MUTE,
        Action.MUTE_ALL,
        Action.LOBBY_ON,
        Action.LOBBY_OFF,
        Action.RECORD_START,
        Action.RECORD_STOP,
        Action.STREAM_START,
        Action.STREAM_STOP,
    }
)
"""A stock Prosody has no call for these: only a moderator inside the room can do them."""

MUTING = frozenset({Action.MUTE, Action.MUTE_ALL})
RECORDING = frozenset(
    {Action.RECORD_START, Action.RECORD_STOP, Action.STREAM_START, Action.STREAM_STOP}
)
"""What Jibri does; it may take a minute and a half to begin."""

ABOUT_SITE = frozenset({Action.REMOVE, Action.MUTE})


class ActionState(StrEnum):
    """How far an action is; `unconfirmed` was asked and perhaps done, but was not seen."""

    ASKED = "asked"
    DONE = "done"
    UNCONFIRMED = "unconfirmed"
    REFUSED = "refused"


Outcome = tuple[ActionState, str]
"""What an action became, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One action that was asked of a room; `subject` is a site's id, a number, a moment.

    `carried_by` is the person at whose control page it is done; "" while nobody has taken it up.
    """

    id: ActionId
    conference: ConferenceId
    action: Action
    subject: str
    state: ActionState
    detail: str
    asked_by: str
    asked_at: datetime
    settled_at: datetime | None
    carried_by: str = ""


def check_extension(room: Room, period: Period, until: datetime, *, now: datetime) -> Period:
    """Return the longer period.

    The bridge was told at the beginning how long it may keep the room at most; nothing it does by
    itself comes before that, so whatever is allowed here cuts nobody off.

    Raises:
        NothingToExtend: the room is closed, the conference goes on until then anyway, or it is
            later already.
        ExtensionTooLong: the bridge would end the room before.
    """
    if room.state is RoomState.CLOSED or until <= max(period.end, now):
        raise NothingToExtend
    latest = latest_end(room)
    if until > latest:
        raise ExtensionTooLong(latest)
    return Period(period.start, until)


def latest_end(room: Room) -> datetime:
    """Return until when a conference can be extended at most."""
    return room.grant_ends_at - CLOSES_AFTER


def is_overdue(asked: Asked, now: datetime) -> bool:
    """Tell whether an action has waited too long to be seen done, or to be taken up by a page."""
    limit = GIVE_UP_INSIDE if is_left(asked) else patience(asked.action)
    return now - asked.asked_at > limit


def is_left(asked: Asked) -> bool:
    """Tell whether no control page has taken up what only one of them can do."""
    return asked.action in ONLY_INSIDE and not asked.carried_by


def patience(action: Action) -> timedelta:
    """Return how long something may take until it is seen."""
    if action in RECORDING:
        return GIVE_UP_RECORDING
    return GIVE_UP_INSIDE if action in ONLY_INSIDE else GIVE_UP


def lack(bridge: Bridge, action: Action, *, public: bool = False) -> str:
    """Return why something cannot be done in a room at all, "" where it can.

    What is not public is streamed by nobody: the token would not let us either.
    """
    if action is Action.STREAM_START and not public:
        return "not-public"
    if action not in ONLY_INSIDE | {Action.DIAL_OUT} or action in MUTING:
        return ""
    if bridge.kind is BridgeKind.TRIAL:
        return "trial-cannot"
    return "no-jibri" if action in RECORDING and not bridge.jibri_urls else ""
