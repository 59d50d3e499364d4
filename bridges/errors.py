"""Facts that stop a use case of the bridges package; each carries its subject and a code."""

from __future__ import annotations

from datetime import datetime

from meetings.ids import SiteId


class BridgesError(Exception):
    """Something about bridges is not as the caller hoped."""

    code = "bridges"


class BridgeNotFound(BridgesError):
    """There is no bridge of that name."""

    code = "bridge-not-found"

    def __init__(self, name: str) -> None:
        super().__init__(f"no bridge {name}")
        self.name = name


class BridgeExists(BridgesError):
    """A bridge of that name was added before."""

    code = "bridge-exists"

    def __init__(self, name: str) -> None:
        super().__init__(f"bridge {name} exists")
        self.name = name


class BridgeInUse(BridgesError):
    """Something is booked on the bridge, or the record needs what it carried or told."""

    code = "bridge-in-use"

    def __init__(self, name: str) -> None:
        super().__init__(f"bridge {name} carried or told something")
        self.name = name


class BridgeBuiltIn(BridgesError):
    """The trial bridge is a part of the program."""

    code = "bridge-built-in"

    def __init__(self, name: str) -> None:
        super().__init__(f"bridge {name} is built in")
        self.name = name


class StaleBridge(BridgesError):
    """Somebody else has changed the bridge meanwhile."""

    code = "stale-bridge"

    def __init__(self, name: str) -> None:
        super().__init__(f"bridge {name} was changed meanwhile")
        self.name = name


class RotationUnderWay(BridgesError):
    """The bridge may not know the present secret yet; a third one would lock it out."""

    code = "rotation-under-way"

    def __init__(self, name: str, kind: str) -> None:
        super().__init__(f"the {kind} secret of bridge {name} is being rotated")
        self.name = name
        self.kind = kind


class NoBridgeFits(BridgesError):
    """No bridge has so many seats free in that period."""

    code = "no-bridge-fits"

    def __init__(self, sites: int) -> None:
        super().__init__(f"no bridge has {sites} seats free")
        self.sites = sites


class RoomNotFound(BridgesError):
    """The conference has no room on any bridge."""

    code = "room-not-found"

    def __init__(self, conference: int) -> None:
        super().__init__(f"no room for conference {conference}")
        self.conference = conference


class BadNews(BridgesError):
    """A bridge sent something that cannot be an event."""

    code = "bad-event"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SpoolFull(BridgesError):
    """The record could not be written to disk; the sender must try again."""

    code = "spool-full"


class SpoolInUse(BridgesError):
    """Another process writes to that spool."""

    code = "spool-in-use"

    def __init__(self, folder: str) -> None:
        super().__init__(f"another process writes to {folder}")
        self.folder = folder


class SnapshotMissing(BridgesError):
    """Neither the database nor the local disk has told yet what is booked."""

    code = "snapshot-missing"


class BridgeSilent(BridgesError):
    """A bridge did not answer, or not as it should; then it `lives`, and is set wrongly.

    One that was not `reached` has heard nothing of what it was asked.
    """

    code = "bridge-silent"

    def __init__(self, reason: str, *, lives: bool = False, reached: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lives = lives
        self.reached = reached


class NothingToExtend(BridgesError):
    """The room is closed, or the conference lasts until then anyway."""

    code = "nothing-to-extend"


class NoControlPage(BridgesError):
    """Only a moderator inside the room can do it, and no control page is in there."""

    code = "no-control-page"

    def __init__(self, action: str) -> None:
        super().__init__(f"{action} needs a control page in the room")
        self.action = action


class NoRoomSystem(BridgesError):
    """The hall has no room system that a bridge can call: only SIP ones are called."""

    code = "no-room-system"

    def __init__(self, site: SiteId) -> None:
        super().__init__(f"nothing to call at site {site}")
        self.site = site


class BridgeCannot(BridgesError):
    """The bridge that carries the room has nothing to do that with."""

    code = "bridge-cannot"

    def __init__(self, action: str, why: str) -> None:
        super().__init__(f"no way to {action}: {why}")
        self.action = action
        self.why = why


class ExtensionTooLong(BridgesError):
    """The bridge was not told that it may keep the room so long."""

    code = "extension-too-long"

    def __init__(self, latest: datetime) -> None:
        super().__init__(f"at most until {latest.isoformat()}")
        self.latest = latest


class NoSuchRoom(BridgesError):
    """A bridge speaks of a room that it never carried for us."""

    code = "no-such-room"


class RecordingNotFound(BridgesError):
    """There is no such recording, or not for this person."""

    code = "recording-not-found"


class RecordingMissing(BridgesError):
    """The recording is known, and neither has an address nor lies where we could give it."""

    code = "recording-missing"
