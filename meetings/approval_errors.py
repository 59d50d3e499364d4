"""Facts that stop an approval; each carries its subject and a stable code."""

from __future__ import annotations

from meetings.errors import MeetingsError
from meetings.model import ConferenceId


class NotYourTurn(MeetingsError):
    """Somebody else is to answer the request now."""

    code = "not-your-turn"

    def __init__(self, conference: ConferenceId) -> None:
        super().__init__(f"conference {conference} waits for somebody else")
        self.conference = conference


class ChainNotFound(MeetingsError):
    """There is no chain of approval of that id, or not for this person."""

    code = "chain-not-found"

    def __init__(self, chain: int) -> None:
        super().__init__(f"no chain {chain}")
        self.chain = chain


class ChainExists(MeetingsError):
    """The unit has a chain for that kind already."""

    code = "chain-exists"


class StaleChain(MeetingsError):
    """Somebody else changed the chain first."""

    code = "stale-version"

    def __init__(self, chain: int, version: int) -> None:
        super().__init__(f"chain {chain} is at version {version} now")
        self.chain = chain
        self.version = version
