"""What units leave to the one that follows them: nothing is lost, made up or said untold."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from meetings.approval.chains import Chain, Step
from meetings.directory.unit_changes import Change, Plan, UnitVersion
from meetings.ids import OfficialId, UnitId
from meetings.model import Role, UnitKind
from meetings.reforms.inheritance import HEIR, Estate, Outcome, chain_words, legacy, steps_towards
from meetings.reforms.mergers import Merger, Old, mergers
from meetings.scheduling.resources import Official

SAID = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 1))
POSTS = st.lists(st.tuples(st.sampled_from("xy"), st.sampled_from(["", "An"])), max_size=3)
DAY = date(2027, 1, 1)


@st.composite
def estates(draw: st.DrawFn) -> list[Estate]:
    found, number = [], 0
    for unit in range(1, draw(st.integers(2, 4)) + 1):
        posts = []
        for title, name in dict.fromkeys(draw(POSTS)):
            number += 1
            posts.append(an_official(number, unit, title, name))
        words = draw(SAID)
        found.append(Estate(code=str(unit), words=words, officials=tuple(posts)))
    return found


def an_official(number: int, unit: int, title: str, name: str) -> Official:
    return Official(
        id=OfficialId(number),
        unit_id=UnitId(unit),
        unit_code=str(unit),
        unit_name="",
        unit_path=(UnitId(unit),),
        title=title,
        name=name,
        rank=100,
    )


GROUPS = estates().flatmap(lambda found: st.sampled_from([(None, found), (found[0], found[1:])]))
"""The unit that goes on, if any, and those that become it."""


@given(GROUPS)
def test_every_word_stands_goes_over_or_is_told(group: tuple[Estate | None, list[Estate]]):
    own, left = group

    result = legacy("1", left, own)

    stands = dict(own.words) if own else {}
    told = {one.what: one for one in result.contradictions if not one.what.startswith("official")}
    assert not result.words.keys() & stands.keys()
    assert not result.words.keys() & told.keys()
    after = {**stands, **result.words}
    for one in [*([own] if own else []), *left]:
        for what, value in one.words.items():
            assert after.get(what) == value or (one.code, value) in told[what].said
    for what, differing in told.items():
        assert len({value for _, value in differing.said}) > 1
        assert differing.outcome is (Outcome.KEPT if what in stands else Outcome.SET_AGAIN)


@given(GROUPS)
def test_officials_go_on_once_and_a_title_of_several_is_told(
    group: tuple[Estate | None, list[Estate]],
):
    own, left = group
    found = [*([own] if own else []), *left]

    result = legacy("1", left, own)

    offices = result.offices
    left_ones = {one.id: one for estate in left for one in estate.officials}
    assert sorted([*offices.moving, *offices.ending]) == sorted(left_ones)
    after = [(one.title, one.name) for one in own.officials] if own else []
    after += [(left_ones[one].title, left_ones[one].name) for one in offices.moving]
    assert len(set(after)) == len(after)
    assert {(left_ones[one].title, left_ones[one].name) for one in offices.ending} <= set(after)
    told = {one.what.removeprefix("official.") for one in result.contradictions}
    for title in "xy":
        units = {one.code for one in found if title in {post.title for post in one.officials}}
        names = {name for held, name in after if held == title}
        assert (title in told - set("abcd")) == (len(units) > 1 and len(names) > 1)


def test_chains_of_two_units_are_alike_when_each_names_its_own_leader():
    ones = [
        Chain(id=1, unit=UnitId(unit), kind=None, version=1, steps=(over(unit), over(9)))
        for unit in (1, 2)
    ]
    line = [UnitId(1), UnitId(2)]

    assert chain_words(ones[:1], line) == chain_words(ones[1:], line)
    assert chain_words(ones[:1], line) == {"chain.": (over(HEIR), over(9))}


def test_who_would_answer_twice_answers_once():
    steps = steps_towards([over(1), over(9), over(2)], [UnitId(1), UnitId(2)], UnitId(3))

    assert steps == (over(3), over(9))


def over(unit: int) -> Step:
    return Step(role=Role.LEADER, unit=UnitId(unit))


def a_version(number: int | None, code: str, name: str = "", **dates: date | None) -> UnitVersion:
    return UnitVersion(
        id=None if number is None else UnitId(number),
        code=code,
        name=name or code,
        full_name=name or code,
        name_en="",
        kind=UnitKind.COMMUNE,
        parent="11",
        hall="",
        phone="",
        latitude=None,
        longitude=None,
        valid_from=dates.get("since"),
        valid_to=dates.get("until"),
        old_codes=(),
    )


def became(code: str, name: str, *old: str) -> UnitVersion:
    made = a_version(None, code, name, since=DAY)
    return UnitVersion(**{**{f: getattr(made, f) for f in made.__slots__}, "old_codes": old})


def test_units_that_end_on_the_day_go_on_in_those_that_name_their_codes():
    stored = [a_version(1, "a", until=DAY), a_version(2, "b"), a_version(3, "c")]
    closed = a_version(2, "b", until=DAY)
    plan = Plan(added=(became("n", "Mới", "a", "b", "c", "gone"),), closed=(closed,))

    [found] = mergers(plan, stored)

    old = (Old(UnitId(1), "a"), Old(UnitId(2), "b"))
    sole = frozenset({UnitId(1), UnitId(2)})
    assert found == Merger(code="n", since=DAY, own=None, old=old, sole=sole)


def test_of_a_unit_that_is_split_the_part_that_keeps_the_code_is_the_heir():
    stored = [a_version(1, "a", until=DAY)]
    parts = (became("b", "An", "a"), became("a", "Bình", "a"))

    found = mergers(Plan(added=parts), stored)

    assert {one.code: one.sole for one in found} == {"a": {UnitId(1)}, "b": set()}
    others = (became("y", "Đông", "a"), became("x", "Đa", "a"))
    found = mergers(Plan(added=others), stored)
    assert {one.code: one.sole for one in found} == {"x": {UnitId(1)}, "y": set()}


def test_a_unit_that_goes_on_under_its_code_takes_its_neighbours_in():
    stored = [a_version(1, "a"), a_version(2, "b", until=DAY)]
    change = Change(before=stored[0], after=became("a", "Mới", "a", "b"), fields=("name",))
    part = became("p", "An", "a")

    found = mergers(Plan(replaced=(change,), added=(part,)), stored)

    assert [(one.code, one.own, one.old, set(one.sole)) for one in found] == [
        ("p", None, (Old(UnitId(1), "a"),), set()),
        ("a", UnitId(1), (Old(UnitId(2), "b"),), {UnitId(2)}),
    ]
