"""Facts that stop a use case; each carries its subject and a stable code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from meetings.directory.unit_rows import CellProblem
from meetings.model import ConferenceId, OfficialId, Period, Rival, SiteId, State
from meetings.scheduling.reasons import Reason
from meetings.scheduling.ways import Alternative


class MeetingsError(Exception):
    """Something about meetings is not as the caller hoped."""

    code = "meetings"


class ConferenceNotFound(MeetingsError):
    """There is no conference of that id, or not for this person."""

    code = "conference-not-found"

    def __init__(self, conference: int) -> None:
        super().__init__(f"no conference {conference}")
        self.conference = conference


class SitesNotFound(MeetingsError):
    """Some sites do not exist, or are not valid on that day."""

    code = "sites-not-found"

    def __init__(self, sites: frozenset[SiteId]) -> None:
        super().__init__(f"no sites {sorted(sites)} on that day")
        self.sites = sites


class OfficialsNotFound(MeetingsError):
    """Some officials do not exist, or are not in office on that day."""

    code = "officials-not-found"

    def __init__(self, officials: frozenset[OfficialId]) -> None:
        super().__init__(f"no officials {sorted(officials)} on that day")
        self.officials = officials


class AlreadyThere(MeetingsError):
    """The unit has an official or a line of that name already."""

    code = "already-there"


class UnitNotFound(MeetingsError):
    """There is no unit of that code on that day."""

    code = "unit-not-found"

    def __init__(self, unit: str) -> None:
        super().__init__(f"no unit {unit}")
        self.unit = unit


class GroupNotFound(MeetingsError):
    """There is no group of sites of that code."""

    code = "group-not-found"

    def __init__(self, group: str) -> None:
        super().__init__(f"no group {group}")
        self.group = group


class PersonNotFound(MeetingsError):
    """There is nobody of that id, or not for this person."""

    code = "person-not-found"

    def __init__(self, person: int) -> None:
        super().__init__(f"no person {person}")
        self.person = person


class LoginTaken(MeetingsError):
    """Somebody has that login already."""

    code = "login-taken"

    def __init__(self, login: str) -> None:
        super().__init__(f"login {login!r} is taken")
        self.login = login


class LastAdmin(MeetingsError):
    """Nobody would be left who administers everything and can sign in."""

    code = "last-admin"


class SiteBusy(MeetingsError):
    """Something that is wished for is promised to others or cannot be had in that period.

    The code names the gravest of the reasons; halls come before everything else.
    """

    code = "site-busy"

    def __init__(
        self,
        rivals: Sequence[Rival],
        alternatives: Sequence[Alternative] = (),
        reasons: Sequence[Reason] = (),
    ) -> None:
        taken = sorted({rival.site for rival in rivals})
        super().__init__(f"sites {taken} are taken, {[one.rule.value for one in reasons]}")
        self.rivals = tuple(rivals)
        self.alternatives = tuple(alternatives)
        self.reasons = tuple(reasons)
        if reasons and not rivals:
            self.code = reasons[0].rule.value


class Contended(MeetingsError):
    """Others changed the same things at the same moment, in every one of our attempts."""

    code = "contended"


class NoSeats(MeetingsError):
    """The bridges cannot carry so many sites at that time."""

    code = "no-seats"

    def __init__(self, wanted: int, free: int) -> None:
        super().__init__(f"{wanted} seats wanted, {free} free")
        self.wanted = wanted
        self.free = free


class IllegalMove(MeetingsError):
    """A conference's life has no step from its state to the wanted one."""

    code = "illegal-move"

    def __init__(self, conference: ConferenceId, state: State, to: State) -> None:
        super().__init__(f"conference {conference} cannot go from {state} to {to}")
        self.conference = conference
        self.state = state
        self.to = to


class StaleVersion(MeetingsError):
    """Somebody else changed it first."""

    code = "stale-version"

    def __init__(self, conference: ConferenceId, version: int) -> None:
        super().__init__(f"conference {conference} is at version {version} now")
        self.conference = conference
        self.version = version


class ImpossibleHeadcount(MeetingsError):
    """No hall holds so many people."""

    code = "headcount"

    def __init__(self, headcount: int) -> None:
        super().__init__(f"{headcount} people in one hall")
        self.headcount = headcount


class TooLate(MeetingsError):
    """The wanted period lies in the past."""

    code = "in-the-past"

    def __init__(self, period: Period, now: datetime) -> None:
        super().__init__(f"{period.start} to {period.end} is in the past at {now}")
        self.period = period
        self.now = now


class SecretContent(MeetingsError):
    """A text carries a mark of secrecy; such content must not enter this system."""

    code = "secret-content"

    def __init__(self, field: str, mark: str) -> None:
        super().__init__(f"{field} is marked {mark}")
        self.field = field
        self.mark = mark


class KeyReused(MeetingsError):
    """The idempotency key was used for another request."""

    code = "idempotency-key-reused"


class InProgress(MeetingsError):
    """The first request with this idempotency key is still at work."""

    code = "in-progress"


class BadRows(MeetingsError):
    """A directory file has cells that cannot be right; nothing of it was loaded."""

    code = "bad-rows"

    def __init__(self, problems: Sequence[CellProblem]) -> None:
        first = problems[0]
        super().__init__(
            f"{len(problems)} wrong cells, first in line {first.line}, {first.column}: {first.code}"
        )
        self.problems = tuple(problems)


class DirectoryNotFound(MeetingsError):
    """No directory of that name ships with the product."""

    code = "directory-not-found"

    def __init__(self, name: str, shipped: frozenset[str]) -> None:
        super().__init__(f"no directory {name!r}, only {sorted(shipped)}")
        self.name = name
        self.shipped = shipped


class ProvincesUnavailable(MeetingsError):
    """The package that knows every province is not installed."""

    code = "provinces-unavailable"

    def __init__(self, package: str) -> None:
        super().__init__(f"{package} is not installed")
        self.package = package


class ProvinceNotFound(MeetingsError):
    """There is no province of that code."""

    code = "province-not-found"

    def __init__(self, province: str) -> None:
        super().__init__(f"no province {province}")
        self.province = province
