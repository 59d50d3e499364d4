"""What follows from a bridge's answers, tried against looking at them one by one."""

from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.model import Event, EvidenceKind, Occupant, OccupantJid
from bridges.presence.asked import emptied_at, vanished_at
from bridges.presence.evidence import Census, Roster
from bridges.presence.told import Told, in_order
from tests.bridges import one_by_one
from tests.bridges.histories import NAME, moment

NAMED = ("aaaaaaaa", "bbbbbbbb", "cccccccc")
"""The last is in no event: a list that names it is strange."""
JIDS = {name: OccupantJid(f"{name}-1@meet.lab/x") for name in NAMED}
KNOWN = frozenset(
    Event(
        kind=EvidenceKind.JOINED,
        room=NAME,
        at=moment(0),
        occupants=(Occupant(jid=JIDS[name], user="", joined_at=moment(0)),),
    )
    for name in NAMED[:2]
)
moments = st.integers(0, 30).map(moment)
counts = st.lists(st.builds(Census, at=moments, participants=st.integers(0, 1)), max_size=25)
lists = st.lists(
    st.builds(Roster.naming, st.lists(st.sampled_from(NAMED)), at=moments), max_size=25
)


@settings(max_examples=300, deadline=None)
@given(counts, moments)
def test_a_room_emptied_as_its_counts_say(told: list[Census], joined: datetime):
    counted = Told(census=tuple(sorted(told, key=lambda one: (one.at, one.participants))))

    assert emptied_at(joined, counted) == one_by_one.emptied_at(joined, counted)


@settings(max_examples=300, deadline=None)
@given(lists, moments, st.sampled_from(NAMED))
def test_somebody_vanished_as_the_lists_say(told: list[Roster], joined: datetime, who: str):
    listed = Told(events=KNOWN, rosters=tuple(in_order(set(told))))

    found = vanished_at(JIDS[who], joined, listed)

    assert found == one_by_one.vanished_at(who, joined, listed)


@given(lists)
def test_lists_of_one_moment_are_in_the_order_of_whom_they_name(told: list[Roster]):
    assert in_order(set(told)) == sorted(set(told), key=lambda one: (one.at, one.names))


@settings(max_examples=300, deadline=None)
@given(lists)
def test_lists_read_one_after_the_other_say_what_they_say_as_sets(told: list[Roster]):
    listed = Told(events=KNOWN, rosters=tuple(in_order(set(told))))

    assert listed.named == one_by_one.named(listed.rosters)
    assert listed.strange == one_by_one.strange(listed.rosters, NAMED[:2])


@given(st.lists(st.text(st.characters(exclude_characters="\0"))))
def test_a_list_keeps_each_name_once_whatever_its_letters(names: list[str]):
    told = Roster.naming(names, at=moment(0))

    assert told.names == sorted(set(names))
    assert told == Roster.naming(reversed(names), at=moment(0))
