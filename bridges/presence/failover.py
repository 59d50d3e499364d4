"""The gap that a dead bridge leaves: from its last good answer until the halls are in again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridges.model import Move
from bridges.presence.stays import Stay
from meetings.model import BlindSpot, Interval, Period, SiteId

REENTRY = timedelta(seconds=60)
"""Whoever is in again within this of a move, or of a bridge's return, had only lost its line."""
FAILOVER = "failover"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """From when to when nobody could be in, and when each hall was in again."""

    begins: datetime
    ends: datetime
    back: Mapping[SiteId, datetime]

    def spot(self, period: Period, now: datetime) -> BlindSpot | None:
        """Return the gap as a blind spot of the period, None where it lies outside."""
        begins, ends = max(self.begins, period.start), min(self.ends, period.end, now)
        return BlindSpot(period=Period(begins, ends), reason=FAILOVER) if begins < ends else None


def gap_of(
    move: Move, stays: Sequence[Stay], found: Mapping[SiteId, Sequence[Interval]], now: datetime
) -> Gap:
    """Return the gap of a move: it ends when all who were in are back, or a minute after it.

    Where nobody was thrown out it ends with the move: the room was empty, or the bridge lived and
    told itself who went, for it was we who could not reach it.
    """
    inside = {
        site
        for site, intervals in found.items()
        if any(one.end == move.heard_at and one.end_evidence == FAILOVER for one in intervals)
    }
    latest = min(move.moved_at + REENTRY, max(now, move.moved_at))
    back: dict[SiteId, datetime] = {}
    for stay in stays:
        if stay.bridge == move.target and move.heard_at <= stay.joined_at <= latest:
            back[stay.site] = min(stay.joined_at, back.get(stay.site, stay.joined_at))
    ends = latest
    if inside <= back.keys():
        ends = max((back[site] for site in inside), default=move.moved_at)
    returned = {site: at for site, at in back.items() if site in inside}
    return Gap(begins=move.heard_at, ends=max(ends, move.heard_at), back=returned)


def bridged(site: SiteId, intervals: Sequence[Interval], gaps: Sequence[Gap]) -> list[Interval]:
    """Return what joins the stays before and after a gap: the hall was moved, it did not leave."""
    return [
        Interval(
            start=gap.begins,
            end=gap.back[site],
            evidence=FAILOVER,
            start_evidence=FAILOVER,
            end_evidence=FAILOVER,
        )
        for gap in gaps
        if site in gap.back
        and any(one.end == gap.begins and one.end_evidence == FAILOVER for one in intervals)
    ]
