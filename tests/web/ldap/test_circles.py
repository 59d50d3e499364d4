"""Groups within groups, against a walk that follows every way there is."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.ldap import circles
from web.ldap.circles import Circle, Walk
from web.ldap.model import ServiceRefuses

NAMES = [f"cn={letter},dc=x" for letter in "abcdef"]
PEOPLE = frozenset(f"uid={number},dc=x" for number in range(4))
GRAPHS = st.dictionaries(
    st.sampled_from(NAMES), st.frozensets(st.sampled_from([*NAMES, *sorted(PEOPLE)])), min_size=1
)

Graph = Mapping[str, frozenset[str]]


def reached(graph: Graph, top: str) -> frozenset[str]:
    """Return everything that is named from the top on, each way walked until nothing is new."""
    found = {top}
    while more := {inner for one in found for inner in graph.get(one, ())} - found:
        found |= more
    return frozenset(found)


@given(GRAPHS)
def test_everybody_inside_is_found_once_whatever_the_groups_name(graph: Graph) -> None:
    asked: list[str] = []

    def ask(dn: str) -> frozenset[str] | None:
        asked.append(dn)
        return graph.get(dn)

    walk = Walk(PEOPLE, ask)
    for top in graph:
        circle, inside = walk.circle(top), reached(graph, top)
        assert circle.groups == inside & frozenset(graph)
        assert circle.members >= inside & PEOPLE
        assert not circle.members & (PEOPLE - inside)

    assert sorted(asked) == sorted(set(asked))
    assert PEOPLE.isdisjoint(asked)


def test_somebody_is_inside_by_what_the_groups_name_or_by_what_they_say_themselves() -> None:
    circle = Circle(groups=frozenset({"cn=a"}), members=frozenset({"uid=1"}))

    assert circle.holds("uid=1", frozenset())
    assert circle.holds("uid=2", frozenset({"cn=a"}))
    assert not circle.holds("uid=2", frozenset({"cn=b"}))


def test_of_what_cannot_be_a_group_it_is_not_asked() -> None:
    graph = {"cn=a,dc=x": frozenset({"uid=out,dc=x", "cn=b,dc=x"}), "cn=b,dc=x": frozenset[str]()}

    walk = Walk(PEOPLE, graph.__getitem__, may_be_group=graph.__contains__)

    assert walk.circle("cn=a,dc=x").groups == {"cn=a,dc=x", "cn=b,dc=x"}


def test_a_group_that_is_not_there_and_one_without_end_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ServiceRefuses, match="there is no group"):
        Walk(PEOPLE, lambda _: None).circle("cn=none")
    monkeypatch.setattr(circles, "MOST_ASKED", 10)
    endless = Walk(PEOPLE, lambda dn: frozenset({f"{dn}x"}))
    with pytest.raises(ServiceRefuses, match="more than 10"):
        endless.circle("cn=a")
