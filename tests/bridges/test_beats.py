"""Halls' pages among what bridges count: whose word is good, and that nobody is asked twice."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from bridges.beats import believed, deserted
from bridges.endings import last_word
from bridges.evidence import Census
from bridges.model import Event, EvidenceKind
from bridges.stays import Seen, Told
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
    beats = [moment(second) for second in range(0, 60, 10)]

    assert believed(beats, [(moment(10), moment(30)), (moment(45), moment(50))]) == [
        moment(second) for second in (0, 30, 40, 50)
    ]


class Beats(tuple[datetime, ...]):
    """Beats that count how often they are gone through."""

    __slots__ = ()
    looks: list[int] = []  # noqa: RUF012 - one test only

    def __iter__(self) -> Iterator[datetime]:
        self.looks.append(1)
        return super().__iter__()


def test_the_others_beats_are_gone_through_once_however_many_lines_are_cut():
    silent, left = moment(60), moment(100)
    own = [moment(second) for second in range(0, 61, 10)]
    seen = Seen(
        told={},
        heartbeats={
            **{SiteId(number): Beats(own) for number in range(1, 6)},
            SiteId(6): Beats([silent + timedelta(seconds=20)]),
        },
    )
    Beats.looks.clear()

    words = [last_word(SiteId(number), seen, moment(0), left) for number in range(1, 6)]

    assert words == [silent] * 5
    assert len(Beats.looks) == len(seen.heartbeats) + len(words)
