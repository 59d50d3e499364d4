"""Facts that stop an approval; each carries its subject and a stable code."""

from __future__ import annotations

from collections.abc import Sequence

from meetings.errors import MeetingsError
from meetings.model import Conference, ConferenceId, PersonId


class NotYourTurn(MeetingsError):
    """Somebody else is to answer the request or the submission now."""

    code = "not-your-turn"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} waits for somebody else")


class SubmissionNotFound(MeetingsError):
    """There is no submission of that id, or not for this person."""

    code = "submission-not-found"

    def __init__(self, number: int) -> None:
        super().__init__(f"no submission {number}")
        self.number = number


class SubmissionClosed(MeetingsError):
    """It was answered, taken back, replaced, or lapsed."""

    code = "submission-closed"

    def __init__(self, number: int) -> None:
        super().__init__(f"submission {number} waits no more")
        self.number = number


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

    code = "stale-chain"

    def __init__(self, chain: int, version: int) -> None:
        super().__init__(f"chain {chain} is at version {version} now")
        self.chain = chain
        self.version = version


class DisplacementRefused(MeetingsError):
    """What stands in the way of an approval over others; the digest marks who would give way."""

    code = "displacement"

    def __init__(
        self, displaced: Sequence[Conference], protected: Sequence[Conference], digest: str
    ) -> None:
        super().__init__(
            f"{[one.id for one in displaced]} give way, {[one.id for one in protected]} do not"
        )
        self.displaced = tuple(displaced)
        self.protected = tuple(protected)
        self.digest = digest


class Unseen(DisplacementRefused):
    """Others would give way than those that were shown."""

    code = "displacement-unseen"


class Protected(DisplacementRefused):
    """Somebody in the way has begun, has the same or a higher rank, or stands above."""

    code = "not-displaceable"


class NotWaiting(MeetingsError):
    """The conference does not stand on the waiting list."""

    code = "not-waiting"

    def __init__(self, conference: ConferenceId) -> None:
        super().__init__(f"conference {conference} does not wait")
        self.conference = conference


class HandOverWaits(MeetingsError):
    """The conference is offered to somebody already."""

    code = "hand-over-waits"

    def __init__(self, conference: ConferenceId) -> None:
        super().__init__(f"conference {conference} is offered already")
        self.conference = conference


class NoHandOver(MeetingsError):
    """Nothing is offered, not to this one, or the conference began meanwhile."""

    code = "no-hand-over"

    def __init__(self, conference: ConferenceId) -> None:
        super().__init__(f"conference {conference} is not offered")
        self.conference = conference


class NotFitToOwn(MeetingsError):
    """The person does not book for the unit that holds the conference."""

    code = "not-fit-to-own"

    def __init__(self, person: PersonId) -> None:
        super().__init__(f"person {person} does not book for the host")
        self.person = person
