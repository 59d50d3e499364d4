"""Who must agree before a conference is confirmed: chains of steps, and whose turn it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from meetings.model import ConferenceId, Grant, Kind, PersonId, Role, UnitId


class Decision(StrEnum):
    """What was said at a step."""

    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Who may say yes: a role over a unit, or named people."""

    role: Role | None = None
    unit: UnitId | None = None
    people: frozenset[PersonId] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a step that nobody, or that everybody, could take."""
        if (self.role is None) != (self.unit is None) or (self.role is None) != bool(self.people):
            raise ValueError("a step is a role over a unit, or named people")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The steps for conferences of a unit's subtree; a kind of None is any kind."""

    id: int
    unit: UnitId
    kind: Kind | None
    steps: tuple[Step, ...]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One step of a request; `path` leads to the unit of its role."""

    place: int
    step: Step
    path: tuple[UnitId, ...] = ()
    decision: Decision | None = None
    by: str = ""
    at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a draft or a request waits for; round 0 was never sent."""

    conference: ConferenceId
    bridge: str
    round: int
    asked_by: str
    asked_at: datetime
    displaced_by: ConferenceId | None
    approvals: tuple[Approval, ...] = ()

    @property
    def turn(self) -> Approval | None:
        """Return the step that waits for an answer."""
        return next((one for one in self.approvals if one.decision is None), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decider:
    """Who wants to answer; `name` is what the audit writes."""

    name: str
    person: PersonId | None
    grants: frozenset[Grant]


def chain_for(chains: Iterable[Chain], path: Sequence[UnitId], kind: Kind) -> Chain | None:
    """Return the chain that applies: the nearest unit wins, then the exact kind."""
    fitting = [one for one in chains if one.unit in path and one.kind in {None, kind}]
    return max(fitting, key=lambda one: (path.index(one.unit), one.kind is not None), default=None)


def may_decide(approval: Approval, host_path: Collection[UnitId], decider: Decider) -> bool:
    """Tell whether it is the decider's to answer; an admin over the host may answer any step."""
    step = approval.step
    return any(
        (grant.role is Role.ADMIN and grant.unit in host_path)
        or (grant.role is step.role and grant.unit in approval.path)
        for grant in decider.grants
    ) or (decider.person is not None and decider.person in step.people)


def own_step(host: UnitId) -> Step:
    """Return who answers a request where no chain applies: a leader over the host."""
    return Step(role=Role.LEADER, unit=host)
