"""What the API answers about submissions."""

from __future__ import annotations

from http import HTTPStatus

from meetings.approval.submissions import Standing, Submission, What
from meetings.directory.finding import units_by_ids
from meetings.idempotency import Answer
from meetings.store import Connection
from web.access.actors import Actor
from web.api.answering import done
from web.api.approval_views import StepView, step_view
from web.api.presenting import unit_name
from web.api.views import UnitName, View
from web.approval.submission_sight import SeenSubmission, see_submission
from web.input.addressed import PREFIX
from web.input.moments import Moment


class SubmissionView(View):
    """What waits for approval or was answered; the title, time and halls as they would be.

    `turn` is the place of the step that waits; `series` is the one changed, or booked by it.
    """

    id: int
    what: What
    state: Standing
    conference: int | None
    series: int | None
    host: UnitName
    title: str
    start: Moment
    end: Moment
    sites: list[int]
    asked_by: str
    asked_at: Moment
    lapses_at: Moment
    turn: int | None
    may_answer: bool
    steps: list[StepView]
    reason: str


async def submission_views(conn: Connection, seen: list[SeenSubmission]) -> list[SubmissionView]:
    """Return submissions as the API tells of them."""
    approvals = [step for one in seen for step in one.submission.approvals]
    wanted = {step.step.unit for step in approvals if step.step.unit is not None}
    units = await units_by_ids(conn, wanted)
    return [
        SubmissionView(
            id=one.submission.id,
            what=one.submission.subject.what,
            state=one.submission.state,
            conference=one.submission.subject.conference,
            series=one.submission.subject.series,
            host=unit_name(one.host),
            title=one.submission.subject.title,
            start=one.submission.subject.period.start,
            end=one.submission.subject.period.end,
            sites=list(one.submission.subject.sites),
            asked_by=one.submission.asked_by,
            asked_at=one.submission.asked_at,
            lapses_at=one.submission.subject.lapses_at,
            turn=one.submission.turn.place if one.submission.turn else None,
            may_answer=one.may_answer,
            steps=[step_view(step, units) for step in one.submission.approvals],
            reason=one.submission.reason,
        )
        for one in seen
    ]


async def submitted_answer(conn: Connection, actor: Actor, submission: Submission) -> Answer:
    """Answer that something waits for its approval, and where to look at it."""
    seen = await see_submission(conn, actor, submission.id)
    [view] = await submission_views(conn, [seen])
    place = {"Location": f"{PREFIX}/submissions/{submission.id}"}
    return done(view, status=HTTPStatus.ACCEPTED, headers=place)
