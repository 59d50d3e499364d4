"""Facts that stop a change of the directory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from meetings.errors import MeetingsError
from meetings.model import ConferenceId, OfficialId, Period
from meetings.office.workdays import local_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """A conference that a unit still has after a day: it hosts it, or halls of it are invited.

    `inherited` says that another unit will host it, so that only the halls are in the way.
    """

    conference: ConferenceId
    title: str
    period: Period
    hosts: bool
    halls: int
    inherited: bool = False

    @property
    def todo(self) -> str:
        """Return the code of what is to be done about it first."""
        return "unit-hosts" if self.hosts and not self.inherited else "unit-invited"


class UnitInUse(MeetingsError):
    """The unit still holds conferences after that day, or has units below it."""

    code = "unit-in-use"

    def __init__(
        self, unit: str, obligations: Sequence[Obligation], below: Sequence[str] = ()
    ) -> None:
        super().__init__(f"unit {unit} has {len(obligations)} conferences, {len(below)} units")
        self.unit = unit
        self.obligations = tuple(obligations)
        self.below = tuple(below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A coming conference that an official chairs or attends."""

    conference: ConferenceId
    title: str
    period: Period
    chairs: bool

    @property
    def todo(self) -> str:
        """Return the code of what is to be done about it first."""
        return "official-chairs" if self.chairs else "official-attends"


class OfficialInUse(MeetingsError):
    """Conferences are booked with the official for days on which they would be gone.

    `field` is the day of theirs that is at fault for the first of the conferences.
    """

    code = "official-in-use"

    def __init__(self, official: OfficialId, seats: Sequence[Seat], *, begins: date | None) -> None:
        super().__init__(f"official {official} is wanted for {len(seats)} conferences")
        self.official = official
        self.seats = tuple(seats)
        is_early = begins is not None and local_day(seats[0].period.start) < begins
        self.field = "valid_from" if is_early else "valid_to"


class BadReformDate(MeetingsError):
    """The day lies before the unit began, after it ended, or where it cannot be told yet."""

    code = "bad-reform-date"

    def __init__(self, unit: str, day: date) -> None:
        super().__init__(f"unit {unit} cannot change on {day}")
        self.unit = unit
        self.day = day


class UnitHasBecome(BadReformDate):
    """The unit's end is on record, and so is what it became."""

    code = "unit-has-become"


class CodeTaken(MeetingsError):
    """Another unit carries the code in that time."""

    code = "unit-code-taken"

    def __init__(self, unit: str) -> None:
        super().__init__(f"code {unit} is taken")
        self.unit = unit


class ContactNotFound(MeetingsError):
    """There is no contact of that id."""

    code = "contact-not-found"

    def __init__(self, contact: int) -> None:
        super().__init__(f"no contact {contact}")
        self.contact = contact


class StaleRecord(MeetingsError):
    """Somebody else changed the record first."""

    code = "stale-record"

    def __init__(self, kind: str, record: int) -> None:
        super().__init__(f"{kind} {record} was changed meanwhile")
        self.kind = kind
        self.record = record


class GroupExists(MeetingsError):
    """There is a group of that code already."""

    code = "group-exists"

    def __init__(self, group: str) -> None:
        super().__init__(f"group {group} exists")
        self.group = group


class CorrectionNotFound(MeetingsError):
    """There is no correction of that id."""

    code = "correction-not-found"

    def __init__(self, correction: int) -> None:
        super().__init__(f"no correction {correction}")
        self.correction = correction


class CorrectionDecided(MeetingsError):
    """Somebody has decided about the correction already."""

    code = "correction-decided"

    def __init__(self, correction: int) -> None:
        super().__init__(f"correction {correction} is decided")
        self.correction = correction


class StaleCorrection(MeetingsError):
    """The record is no longer what the proposer saw."""

    code = "stale-correction"

    def __init__(self, correction: int) -> None:
        super().__init__(f"correction {correction} is about an older record")
        self.correction = correction


class NameTaken(MeetingsError):
    """Another hall of the unit has the name."""

    code = "hall-name-taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"a hall {name!r} is there already")
        self.name = name
