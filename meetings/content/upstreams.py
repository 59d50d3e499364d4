"""An upstream, the higher conference that is relayed, and the stretches in which it was lost; pure.

A loss is what a person told, or what the record of the relaying hall shows: it was not in.  What
nobody could have seen is no loss.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from meetings.model import BlindSpot, Interval, Period, SiteId

SHORTEST_LOSS = timedelta(minutes=2)
"""The relaying hall that comes back sooner has lost nothing that is worth a line."""


class Source(StrEnum):
    """Who or what says that the upstream was lost."""

    PERSON = "person"
    RELAY = "relay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """Whose bridge is relayed, how it is dialled, and through which hall.

    Its part is counted in minutes from the conference's start, so that it moves along; without
    one it is the whole conference.
    """

    name: str
    address: str
    relay: SiteId
    from_minute: int | None = None
    to_minute: int | None = None

    def within(self, period: Period) -> Period:
        """Return from when until when it is relayed."""
        if self.from_minute is None or self.to_minute is None:
            return period
        return Period(
            period.start + timedelta(minutes=self.from_minute),
            period.start + timedelta(minutes=self.to_minute),
        )

    def over_at(self, period: Period, ended_at: datetime) -> datetime:
        """Return from when on nothing was relayed in a conference that has ended.

        The whole of it is relayed until it ends, which may be after its planned end.
        """
        whole = self.to_minute is None
        return ended_at if whole else min(self.within(period).end, ended_at)

    def fitted(self, minutes: int) -> Upstream:
        """Return it for a conference of that length; a part that does not fit is the whole."""
        if self.to_minute is not None and self.to_minute <= minutes:
            return self
        return replace(self, from_minute=None, to_minute=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A stretch without the upstream; `end` is None while it lasts."""

    start: datetime
    end: datetime | None
    source: Source
    remark: str = ""
    by: str = ""


def absences(
    part: Period, seen: Iterable[Interval], blind: Iterable[BlindSpot], now: datetime
) -> list[Loss]:
    """Return when the relaying hall was not in during the part, as far as the record shows."""
    until = min(part.end, now)
    covered = sorted(
        [(one.start, one.end or now) for one in seen]
        + [(spot.period.start, spot.period.end) for spot in blind]
    )
    found, at = [], part.start
    for start, end in [*covered, (until, until)]:
        gap = min(start, until)
        if gap - at >= SHORTEST_LOSS:
            lasts = gap == until and now < part.end
            found.append(Loss(start=at, end=None if lasts else gap, source=Source.RELAY))
        at = max(at, end)
    return found


def cut_off(told: Iterable[Loss], over: datetime) -> list[Loss]:
    """Return what people told, no longer than until nothing was relayed any more.

    Nobody says that an upstream is back which has ended.  What was told later stands as it is.
    """
    return [
        replace(one, end=min(one.end or over, over)) if one.start < over else one for one in told
    ]


def in_order(told: Sequence[Loss], shown: Sequence[Loss]) -> list[Loss]:
    """Return what people told and what the record shows, by time, each with its source."""
    return sorted([*told, *shown], key=lambda loss: (loss.start, loss.source))
