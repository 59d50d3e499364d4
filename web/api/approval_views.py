"""What the API answers about approvals, and what it reads."""

from __future__ import annotations

from collections.abc import Mapping

from meetings.approval.chains import Approval, Decision
from meetings.model import Role, State, Unit, UnitId
from web.api.presenting import unit_name
from web.api.problems import YieldingView
from web.api.views import UnitName, View
from web.input.moments import Moment


class StepView(View):
    """One step of a request: who may answer, and who did."""

    place: int
    role: Role | None
    unit: UnitName | None
    people: list[int]
    decision: Decision | None
    by: str
    at: Moment | None
    reason: str


class ApprovalView(View):
    """Where a conference stands; `turn` is the place of the step that waits, if one does."""

    conference: int
    state: State
    version: int
    round: int
    asked_by: str
    asked_at: Moment | None
    displaced_by: int | None
    turn: int | None
    may_answer: bool
    steps: list[StepView]


class DisplacementView(View):
    """Who would give way to a conference, who would not, and the mark of exactly this answer."""

    displaced: list[YieldingView]
    protected: list[YieldingView]
    digest: str


def step_view(approval: Approval, units: Mapping[UnitId, Unit]) -> StepView:
    """Return one step."""
    unit = approval.step.unit
    return StepView(
        place=approval.place,
        role=approval.step.role,
        unit=None if unit is None else unit_name(units[unit]),
        people=sorted(approval.step.people),
        decision=approval.decision,
        by=approval.by,
        at=approval.at,
        reason=approval.reason,
    )
