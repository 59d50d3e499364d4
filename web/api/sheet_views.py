"""The shapes of a sheet: who was there, and what is not known or was told by another clock."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from meetings.model import Attendance, Means, State
from web.api.views import View
from web.input.moments import Moment


class IntervalView(View):
    """A stretch in which a site was in; `to` is null while it still is.

    `evidence` is all that tells of it, the other two what tells of each end; they are empty where
    nobody told, or the record is older than they are.  `means` is by what it was in: its `link`,
    its room system by `sip` or `h323`, or a `phone`.
    """

    from_: Moment = Field(alias="from")
    to: Moment | None
    evidence: str
    from_evidence: str
    to_evidence: str
    means: list[Means]

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class SheetRowView(View):
    """What the record says of one site; seconds count inside the conference's period only."""

    site: int
    label: str
    state: Attendance
    present_seconds: int
    intervals: list[IntervalView]
    first_in: Moment | None
    last_out: Moment | None
    late_minutes: int
    left_early_minutes: int
    headcount: int | None
    means: list[Means]


class BlindSpotView(View):
    """A stretch in which nobody could have been seen, or somebody was of whom nobody told."""

    from_: Moment = Field(alias="from")
    to: Moment
    reason: str

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ClockStepView(View):
    """A bridge's clock was set in this stretch, forward by so many seconds (negative: back).

    What was told before and after is read each by its own difference.
    """

    bridge: str
    from_: Moment = Field(alias="from")
    to: Moment
    seconds: int

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class SheetView(View):
    """Who was there; `complete` says whether every invited site is in it."""

    conference: int
    state: State
    complete: bool
    rows: list[SheetRowView]
    blind_spots: list[BlindSpotView]
    clock_steps: list[ClockStepView]
