"""Facts that keep somebody out of a room of the trial bridge."""

from __future__ import annotations

from bridges.trial.model import OccupantJid, RoomName


class TrialError(Exception):
    """Base of everything the trial bridge refuses."""

    code = "trial"

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class TokenRefused(TrialError):
    """The token is missing, broken, out of its time, or not for this bridge or room."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class ReservationRefused(TrialError):
    """The reservation service does not want the room now; `text` is its own message."""

    code = "reservation"

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class NoSeat(TrialError):
    """All seats of the bridge are taken."""

    code = "seats-full"

    def __init__(self, seats: int) -> None:
        super().__init__(f"all {seats} seats of the trial bridge are taken")
        self.seats = seats


class NoMediaSeat(TrialError):
    """The room has as many browsers with picture and sound as the trial bridge carries."""

    code = "media-full"

    def __init__(self, limit: int) -> None:
        super().__init__(f"the trial bridge carries {limit} browsers with media in one room")
        self.limit = limit


class BadFirstMessage(TrialError):
    """The socket did not begin with a join message, or not in time."""

    code = "bad-message"


class RoomMissing(TrialError):
    """No such room is open."""

    code = "room-missing"

    def __init__(self, room: RoomName) -> None:
        super().__init__("Room does not exist")
        self.room = room


class RoomOpen(TrialError):
    """The room is open already; it cannot be created again."""

    code = "room-open"

    def __init__(self, room: RoomName) -> None:
        super().__init__(f"room {room} is open already")
        self.room = room


class OccupantMissing(TrialError):
    """Nobody with that address is in any room."""

    code = "occupant-missing"

    def __init__(self, jid: OccupantJid) -> None:
        super().__init__(f"no occupant {jid}")
        self.jid = jid


class SlowService(TrialError):
    """No answer came within the time; a late one is dropped."""

    code = "slow-service"

    def __init__(self, url: str) -> None:
        super().__init__(f"no answer in time from {url}")
        self.url = url


class PastRefused(TrialError):
    """The receiver did not take an event of a conference that is over."""

    code = "past-refused"

    def __init__(self, path: str, status: int) -> None:
        super().__init__(f"{path} was answered {status}")
        self.path = path
        self.status = status


class HallRefused(TrialError):
    """The bridge did not let a simulated hall in; the code is the bridge's."""

    def __init__(self, code: str, text: str, status: int | None) -> None:
        super().__init__(text)
        self.code = code
        self.status = status
