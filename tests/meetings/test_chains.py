"""Which chain applies, and whose turn it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.approval.chains import Approval, Chain, Decider, Step, chain_for, may_decide
from meetings.model import Grant, Kind, PersonId, Role, UnitId

PATH = (UnitId(1), UnitId(2), UnitId(3))
KINDS = st.sampled_from([None, Kind.BRIEFING, Kind.TRAINING])
CHAINS = st.lists(
    st.builds(
        Chain,
        id=st.integers(1, 99),
        unit=st.integers(1, 5).map(UnitId),
        kind=KINDS,
        steps=st.just(()),
        version=st.just(1),
    ),
    unique_by=lambda chain: (chain.unit, chain.kind),
)


@given(CHAINS)
def test_the_nearest_unit_wins_then_the_exact_kind(chains):
    found = chain_for(chains, PATH, Kind.BRIEFING)

    fitting = {
        (chain.unit, chain.kind): chain
        for chain in chains
        if chain.unit in PATH and chain.kind is not Kind.TRAINING
    }
    order = [(unit, kind) for unit in (3, 2, 1) for kind in (Kind.BRIEFING, None)]
    assert found == next((fitting[one] for one in order if one in fitting), None)


@pytest.mark.parametrize(
    ("step", "role", "unit", "allowed"),
    [
        (Step(role=Role.LEADER, unit=UnitId(2)), Role.LEADER, 1, True),
        (Step(role=Role.LEADER, unit=UnitId(2)), Role.LEADER, 2, True),
        (Step(role=Role.LEADER, unit=UnitId(2)), Role.LEADER, 3, False),
        (Step(role=Role.LEADER, unit=UnitId(2)), Role.SECRETARY, 2, False),
        (Step(role=Role.LEADER, unit=UnitId(2)), Role.ADMIN, 1, True),
        (Step(people=frozenset({PersonId(7)})), Role.HALL, 9, True),
        (Step(people=frozenset({PersonId(8)})), Role.LEADER, 1, False),
    ],
)
def test_a_step_is_for_its_role_its_people_and_the_hosts_admins(step, role, unit, allowed):
    decider = Decider(
        name="person:7",
        person=PersonId(7),
        grants=frozenset({Grant(role=role, unit=UnitId(unit))}),
    )
    approval = Approval(place=1, step=step, path=PATH[:2] if step.role else ())

    assert may_decide(approval, PATH, decider) is allowed


def test_a_step_is_never_for_nobody_or_for_half_a_role():
    for wrong in ({}, {"role": Role.LEADER}, {"unit": UnitId(1)}):
        with pytest.raises(ValueError, match="a step is"):
            Step(**wrong)
