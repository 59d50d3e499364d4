"""What is said after a wish became a draft, a request or a booking."""

from __future__ import annotations

from http import HTTPStatus

from meetings.approval.submissions import Submission
from meetings.idempotency import Answer
from meetings.model import Conference


def said_of(conference: Conference) -> str:
    """Return what the page says after a wish became this."""
    return {"draft": "drafted", "requested": "asked"}.get(conference.state.value, "booked")


def seen_waiting(submission: Submission) -> Answer:
    """Lead to what waits for its approval."""
    place = f"/submissions/{submission.id}?said=submitted"
    return Answer(status=HTTPStatus.SEE_OTHER, headers={"Location": place}, body="")
