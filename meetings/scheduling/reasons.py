"""Reasons: why a wish cannot be granted, or had better not be; each names rule, holder, period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from meetings.ids import UnitId
from meetings.period import Period
from meetings.scheduling.resources import Subject, SubjectKind


class Rule(StrEnum):
    """What a wish runs against."""

    PAST = "in-the-past"
    HORIZON = "beyond-horizon"
    QUOTA = "quota-reached"
    SITE_TAKEN = "site-busy"
    OFFICIAL_TAKEN = "official-busy"
    LINE_TAKEN = "line-busy"
    BLACK_OUT = "blacked-out"
    NO_SEATS = "no-seats"
    FAR_AHEAD = "far-ahead"
    DAY_OFF = "day-off"
    OUT_OF_HOURS = "out-of-hours"
    LUNCH = "crosses-lunch"
    SHORT_NOTICE = "short-notice"
    TIGHT = "tight-turn-round"
    LONG = "unusually-long"


TAKEN = {
    SubjectKind.SITE: Rule.SITE_TAKEN,
    SubjectKind.OFFICIAL: Rule.OFFICIAL_TAKEN,
    SubjectKind.LINE: Rule.LINE_TAKEN,
}
"""By what a promise to somebody else is called, for each kind of subject."""


class HolderKind(StrEnum):
    """Who or what stands in the way."""

    CONFERENCE = "conference"
    BLACK_OUT = "black-out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who stands in the way: a conference with its host and title, or a black-out and its words."""

    kind: HolderKind
    id: int
    host: UnitId | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing against a wish; `period` is the stretch of the holder, or the wished one.

    `limit` and `given` are numbers the rule speaks of: seats wanted and free, days, conferences,
    minutes that halls need between the two where the periods themselves keep apart.  `kept` is
    the holder's period with what halls need before and after it.
    """

    rule: Rule
    period: Period
    subjects: tuple[Subject, ...] = ()
    holder: Holder | None = None
    limit: int = 0
    given: int = 0
    until: datetime | None = None
    kept: Period | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is against a wish: hard reasons refuse it, soft ones are told and recorded."""

    hard: tuple[Reason, ...] = ()
    soft: tuple[Reason, ...] = ()

    @property
    def is_free(self) -> bool:
        """Tell whether the wish can be granted."""
        return not self.hard


def digest_of(reasons: Sequence[Reason]) -> str:
    """Return what names exactly these reasons; their order does not matter."""
    lines = sorted(
        repr(
            (
                one.rule.value,
                one.period.start.isoformat(),
                one.period.end.isoformat(),
                sorted((subject.kind.value, subject.id) for subject in one.subjects),
                one.holder and (one.holder.kind.value, one.holder.id),
            )
        )
        for one in reasons
    )
    return sha256("\n".join(lines).encode()).hexdigest()[:32]
