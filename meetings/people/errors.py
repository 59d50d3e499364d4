"""Facts that stop somebody from lending a role; each carries a stable code."""

from __future__ import annotations

from meetings.errors import MeetingsError


class DeputyNotFound(MeetingsError):
    """There is no such lending that still stands, or not for this person."""

    code = "deputy-not-found"

    def __init__(self, number: int) -> None:
        super().__init__(f"no lending {number}")
        self.number = number


class NotYoursToLend(MeetingsError):
    """The giver does not hold the role over the unit themselves, or it is an admin's."""

    code = "not-yours-to-lend"


class NotFitAsDeputy(MeetingsError):
    """The deputy is the giver, or may not sign in."""

    code = "not-fit-as-deputy"
