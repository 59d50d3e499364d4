"""What is submitted for approval while the old promise stands, and which changes have to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from meetings.approval.chains import Approval
from meetings.model import Changes, Conference, ConferenceId, Period, SiteId, State, UnitId
from meetings.series.plan import SeriesId

LARGE = ("kind", "host", "period", "sites")
"""What somebody agreed to when a conference was approved; everything else is a small change."""

CARRIED = (
    "title",
    "kind",
    "chair",
    "note",
    "main_site",
    "period",
    "urgency",
    "waiver",
    "call_systems",
    "secretary",
    "visibility",
    "chair_id",
)


class What(StrEnum):
    """What is submitted."""

    CHANGE = "change"
    HOST = "host"
    SERIES = "series"
    SERIES_CHANGE = "series-change"
    SERIES_DATE = "series-date"


class Standing(StrEnum):
    """Where a submission stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    LAPSED = "lapsed"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What somebody wants: its name, when and where it would be held, and what to carry out."""

    what: What
    host: UnitId
    title: str
    period: Period
    sites: tuple[SiteId, ...]
    payload: Mapping[str, Any]
    lapses_at: datetime
    conference: ConferenceId | None = None
    series: SeriesId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A subject that waits for the answers of its steps, or had them."""

    id: int
    subject: Subject
    asked_by: str
    asked_at: datetime
    state: Standing = Standing.WAITING
    closed_at: datetime | None = None
    reason: str = ""
    approvals: tuple[Approval, ...] = ()

    @property
    def turn(self) -> Approval | None:
        """Return the step that waits for an answer; none when it is closed."""
        if self.state is not Standing.WAITING:
            return None
        return next((one for one in self.approvals if one.decision is None), None)


def needs_approval(before: Conference, after: Conference) -> bool:
    """Tell whether a change touches what was agreed to; only a confirmed one keeps a promise."""
    return before.state is State.CONFIRMED and any(
        getattr(before, name) != getattr(after, name) for name in LARGE
    )


def only_new(before: Conference, after: Conference) -> Changes:
    """Return the changes that make one of the other, and nothing that stays as it is.

    What others change while it waits is not undone by carrying it out.
    """
    given = {
        name: getattr(after, name)
        for name in CARRIED
        if getattr(before, name) != getattr(after, name) and getattr(after, name) is not None
    }
    return Changes(
        **given,
        sites=None if before.sites == after.sites else frozenset(after.sites),
        no_chair=after.chair_id is None and before.chair_id is not None,
        delegates=None if before.delegates == after.delegates else frozenset(after.delegates),
    )
