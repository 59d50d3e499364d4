"""Halls' pages among what bridges count: whose word is good."""

from datetime import datetime

import pytest

from bridges.model import Event, EvidenceKind
from bridges.presence.beats import believed, deserted
from bridges.presence.endings import last_word
from bridges.presence.evidence import Census
from bridges.presence.seconds import Seconds
from bridges.presence.stays import Seen
from bridges.presence.told import Told
from meetings.model import SiteId
from tests.bridges.histories import NAME, moment


def counts(*told: tuple[int, int]) -> Told:
    return Told(census=tuple(Census(at=moment(at), participants=number) for at, number in told))


@pytest.mark.parametrize(
    ("told", "empty"),
    [
        ([counts((0, 0), (20, 0), (40, 1))], [(0, 20)]),
        ([counts((0, 1), (20, 0), (40, 0))], [(20, 40)]),
        ([counts((0, 0), (61, 0))], []),
        ([counts((0, 0), (60, 0))], [(0, 60)]),
        ([counts((0, 0), (20, 0), (20, 1), (40, 0))], [(0, 20)]),
        ([counts((0, 0), (30, 0)), counts((10, 2), (20, 0))], [(0, 10), (20, 30)]),
        ([counts((0, 0), (30, 0)), counts((10, 0), (50, 0))], [(0, 50)]),
    ],
)
def test_a_room_is_empty_where_none_of_its_bridges_counts_somebody(
    told: list[Told], empty: list[tuple[int, int]]
):
    seen = Seen(told=dict(zip("abc", told, strict=False)), heartbeats={})

    assert deserted(seen) == [(moment(begins), moment(ends)) for begins, ends in empty]


def test_side_rooms_are_in_no_count():
    aside = Event(kind=EvidenceKind.CREATED, room=NAME, at=moment(0), breakout="a")
    told = Told(events=frozenset({aside}), census=counts((0, 0), (20, 0)).census)

    assert deserted(Seen(told={"lab": told}, heartbeats={})) == []


def test_a_page_in_an_empty_room_is_not_believed():
    beats = Seconds.of(moment(second) for second in range(0, 60, 10))

    found = believed(beats, [(moment(10), moment(30)), (moment(45), moment(50))])

    assert found == Seconds.of(moment(second) for second in (0, 30, 40, 50))


def test_a_page_that_fell_silent_tells_when_a_line_was_cut_as_long_as_others_are_heard():
    own = Seconds.of(moment(second) for second in range(0, 61, 10))

    def word(other: float) -> datetime | None:
        beats = {SiteId(1): own, SiteId(2): Seconds.of([moment(other)])}
        return last_word(SiteId(1), Seen(told={}, heartbeats=beats), moment(0), moment(100))

    assert [word(other) for other in (75, 76, 100, 101)] == [None, moment(60), moment(60), None]
