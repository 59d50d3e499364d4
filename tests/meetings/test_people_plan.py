"""People of a directory service beside ours: who comes, changes, goes, and who is left alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.model import Grant, Person, PersonId, Role, UnitId
from meetings.people.plan import ClashKind, Entry, Known, Plan, plan_people

SECRETARY = Grant(role=Role.SECRETARY, unit=UnitId(1))
ADMIN = Grant(role=Role.ADMIN, unit=UnitId(1))


def an_entry(key: str = "k1", login: str = "lan", **what: Any) -> Entry:
    values: dict[str, Any] = {"name": "Lò Thị Lan", "grants": frozenset({SECRETARY})} | what
    return Entry(key=key, login=login, **values)


def a_known(number: int = 1, login: str = "lan", key: str = "", **what: Any) -> Known:
    values: dict[str, Any] = {
        "name": "Lò Thị Lan",
        "email": "",
        "active": True,
        "grants": frozenset({SECRETARY}),
    } | what
    person = Person(id=PersonId(number), login=login, unit_id=UnitId(1), locale="vi", **values)
    return Known(person=person, key=key)


def test_who_is_new_is_added_and_who_has_no_role_is_not():
    lan, chi = an_entry(), an_entry("k2", "chi", grants=frozenset())

    assert plan_people([], [lan, chi]) == Plan(added=(lan,))
    assert plan_people([], [lan, chi], grants_too=False).added == (chi, lan)


def test_who_is_renamed_keeps_the_person():
    [change] = plan_people([a_known(key="k1")], [an_entry(login="lan.lo", name="Lò Lan")]).changed

    assert (change.after.person.id, change.fields) == (1, ("login", "name"))


def test_roles_given_by_hand_are_replaced_where_the_service_gives_roles():
    known = a_known(key="k1", grants=frozenset({ADMIN}))

    [change] = plan_people([known], [an_entry()]).changed

    assert (change.fields, change.after.person.grants) == (("grants",), frozenset({SECRETARY}))
    assert plan_people([known], [an_entry()], grants_too=False) == Plan(same=1)


def test_who_vanished_or_lost_every_role_is_gone_once():
    known = a_known(key="k1")

    assert plan_people([known], []).gone == (known,)
    assert plan_people([known], [an_entry(grants=frozenset())]).gone == (known,)
    assert plan_people([a_known(key="k1", active=False)], []) == Plan()
    assert plan_people([a_known(key="k1", active=False)], [an_entry()]).changed[0].fields == (
        "active",
    )


def test_local_people_are_adopted_only_when_named():
    known, admin = a_known(), a_known(2, "admin", grants=frozenset({ADMIN}))

    assert plan_people([known], [an_entry()]).clashes[0].kind is ClashKind.LOCAL
    [change] = plan_people([known, admin], [an_entry()], adopt=["lan"]).changed
    assert (change.adopted, change.after.key, change.fields) == (True, "k1", ("key",))


def test_last_local_administrator_stays_local():
    admins = [
        a_known(1, "a", grants=frozenset({ADMIN})),
        a_known(2, "b", grants=frozenset({ADMIN})),
    ]
    entries = [an_entry("k1", "a"), an_entry("k2", "b")]

    one = plan_people(admins, entries, adopt=["a"])
    both = plan_people(admins, entries, adopt=["a", "b"])

    assert ([clash.kind for clash in one.clashes], len(one.changed)) == ([ClashKind.LOCAL], 1)
    assert [clash.kind for clash in both.clashes] == [ClashKind.LAST_ADMIN] * 2


def test_login_that_went_to_somebody_else_is_not_handed_on():
    known = a_known(key="old")

    plan = plan_people([known], [an_entry("new")])

    assert ([clash.kind for clash in plan.clashes], plan.gone) == ([ClashKind.OTHER], (known,))
    assert plan_people([known], [an_entry("new")], adopt=["lan"]).changed[0].after.key == "new"


def test_login_that_stands_twice_touches_nobody():
    known = a_known(key="k1")

    plan = plan_people([known], [an_entry("k1"), an_entry("k2")])

    assert [clash.kind for clash in plan.clashes] == [ClashKind.TWICE] * 2
    assert (plan.changed, plan.gone) == ((), ())


@pytest.mark.parametrize(("gone", "stay", "doubtful"), [(3, 0, False), (4, 3, True), (4, 4, False)])
def test_more_who_vanish_than_stay_are_doubtful(gone, stay, doubtful):
    known = [a_known(n, f"p{n}", key=f"k{n}") for n in range(gone + stay)]
    entries = [an_entry(f"k{n}", f"p{n}") for n in range(stay)]

    assert plan_people(known, entries).is_doubtful == doubtful


logins = st.sampled_from(["a", "b", "c", "d"])
grants = st.frozensets(st.sampled_from([SECRETARY, ADMIN]))
entry_lists = st.lists(
    st.builds(
        Entry,
        key=st.sampled_from(["k1", "k2", "k3", "k4"]),
        login=logins,
        name=st.sampled_from(["A", "B"]),
        grants=grants,
    ),
    max_size=5,
    unique_by=lambda one: one.key,
)


@st.composite
def crowds(draw) -> list[Known]:
    names = draw(st.lists(logins, unique=True))
    keys = draw(st.permutations(["k1", "k2", "k3", "k5"]))
    return [
        a_known(
            n,
            login,
            key=draw(st.sampled_from(["", keys[n]])),
            active=draw(st.booleans()),
            grants=draw(grants),
        )
        for n, login in enumerate(names)
    ]


def applied(known: list[Known], plan: Plan) -> list[Known]:
    """Return the people as they are once the plan was carried out."""
    people = {one.person.id: one for one in known}
    people |= {change.after.person.id: change.after for change in plan.changed}
    for one in plan.gone:
        people[one.person.id] = replace(one, person=replace(one.person, active=False))
    new = [
        a_known(100 + n + len(known), one.login, key=one.key, name=one.name, grants=one.grants)
        for n, one in enumerate(plan.added)
    ]
    return [*people.values(), *new]


@given(crowds(), entry_lists, st.frozensets(logins), st.booleans())
def test_plan_leaves_local_people_alone_and_comes_to_rest(known, entries, adopt, grants_too):
    local = {one.person.id for one in known if not one.key and one.person.login not in adopt}
    had_admin = any(one.is_admin for one in known)
    now, plan = known, Plan()
    for _ in range(len(entries) + 2):
        plan = plan_people(now, entries, adopt=adopt, grants_too=grants_too)
        now = applied(now, plan)
        held = [one.person.login for one in now]
        assert len(set(held)) == len(held)
    assert (plan.added, plan.changed, plan.gone) == ((), (), ())
    assert {one for one in now if one.person.id in local} == {
        one for one in known if one.person.id in local
    }
    assert any(one.is_admin for one in now) == had_admin
    by_key = {one.key: one for one in entries if one.grants or not grants_too}
    for one in now:
        if one.key:
            assert one.person.active <= (one.key in by_key)
