"""C5, C6, C9, C10 by another hand: two or three troubles at once, and no error that is not told.

What differs from the truth must be a ghost that the bridge told of, lie in a blind spot, or touch
an end that is marked; else somebody would be credited or accused in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from bridges.presence.attendance import Attendance, attendance
from bridges.presence.evidence import Evidence
from meetings.model import Interval, SiteId
from tests.bridges.histories import LATER, LENGTH, PERIOD, ROOM, START
from tests.bridges.venue import Trouble, Venue, a_venue
from tests.bridges.venue_told import evidence_of, moves_of

SEED = 20261127
VENUES = 60
ROUGHLY = 11
"""A page beats every ten seconds."""
BY_A_FAST_CLOCK = 20
"""A clock that is off by less than the post takes is read as it is, at both ends of a stay."""
DOUBT = 200
"""For so long a hall that came back after its bridge was killed may not have been in."""
UNTOLD = {Trouble.NO_COUNTS, Trouble.NO_LISTS, Trouble.SIDE_ROOM, Trouble.LOST_SOME}
"""Where nothing tells that a page is cut off (docs/presence.md)."""
UNREAD = {Trouble.LOST_JOINED, Trouble.LOST_LEFT}
"""Without these there is too little news to read a clock by."""


def some_troubles(chance: Random) -> frozenset[Trouble]:
    found = set(chance.sample(list(Trouble), chance.choice((0, 1, 2, 2, 2, 3))))
    if Trouble.CUT_OFF in found:
        found -= UNTOLD
    if Trouble.FAST_CLOCK in found:
        found -= UNREAD
    return frozenset(found)


def judge(venue: Venue, evidence: Iterable[Evidence], now: datetime = LATER) -> Attendance:
    return attendance(evidence, ROOM, PERIOD, moves=moves_of(venue), now=now)


def whole(found: Attendance) -> object:
    """Return all of it, also what equality leaves out."""
    ends = {
        site: [
            (one.start, one.end, one.evidence, one.start_evidence, one.end_evidence) for one in own
        ]
        for site, own in found.presences.items()
    }
    return ends, found.blind_spots, found.clock_steps


def check_venue(chance: Random) -> None:
    venue = a_venue(chance, some_troubles(chance))
    evidence = evidence_of(venue)
    found = judge(venue, evidence)
    again = [*evidence, *chance.choices(evidence, k=9)] if evidence else []
    chance.shuffle(again)

    assert whole(judge(venue, again, LATER + timedelta(days=300))) == whole(found)
    for stretches in found.presences.values():
        assert all(one.end is not None and one.start <= one.end for one in stretches)
        assert all(one.end and one.end < other.start for one, other in pairwise(stretches))
    sites = {one.site for one in venue.stays if one.site} | set(found.presences)
    silent = {site: unexplained(venue, found, SiteId(site)) for site in sites}
    assert ({site: odd for site, odd in silent.items() if odd}, venue.troubles) == (
        {},
        venue.troubles,
    )


def unexplained(venue: Venue, found: Attendance, site: SiteId) -> list[tuple[int, int]]:
    """Return from when to when a hall's record is wrong and does not say so."""
    rough = BY_A_FAST_CLOCK if Trouble.FAST_CLOCK in venue.troubles else ROUGHLY
    stretches = found.presences.get(site, ())
    told = {one for each in stretches for one in range(second(each.start), second(each.end))}
    dark = {
        one
        for spot in found.blind_spots
        for one in range(second(spot.period.start) - rough, second(spot.period.end) + rough)
    }
    truth = venue.truth(site)
    ghosts = venue.seen(site) - truth
    return [
        (begins, ends)
        for begins, ends in runs((truth ^ told) - ghosts)
        if (bare := len(set(range(max(begins, 0), min(ends, LENGTH))) - dark)) > rough
        and not is_marked((begins, ends), stretches, rough)
        and not (bare <= DOUBT and is_doubted((begins, ends), stretches))
    ]


def is_marked(run: tuple[int, int], stretches: Sequence[Interval], rough: int) -> bool:
    """Tell whether a stretch begins or ends there by what may be wrong."""
    ends = [
        told
        for one in stretches
        for told in ((one.start, one.start_evidence), (one.end, one.end_evidence))
    ]
    return any(
        evidence != "events" and any(abs(second(moment) - border) <= rough for border in run)
        for moment, evidence in ends
    )


def is_doubted(run: tuple[int, int], stretches: Sequence[Interval]) -> bool:
    """Tell whether a stretch around it was made with an estimate, or by a page alone."""
    return any(
        second(one.start) <= run[0]
        and run[1] <= second(one.end)
        and (
            one.evidence not in {"events", "events+heartbeat"}
            or {one.start_evidence, one.end_evidence} != {"events"}
        )
        for one in stretches
    )


def second(moment: datetime | None) -> int:
    assert moment is not None
    return int((moment - START).total_seconds())


def runs(seconds: Iterable[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for one in sorted(seconds):
        if found and found[-1][1] == one:
            found[-1] = (found[-1][0], one + 1)
        else:
            found.append((one, one + 1))
    return found


def test_a_record_is_true_or_says_that_it_may_not_be():
    chance = Random(SEED)

    for _ in range(VENUES):
        check_venue(chance)
