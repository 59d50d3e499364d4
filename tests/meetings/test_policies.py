"""What is in force at a unit: of each term, what the nearest unit says that says anything."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from meetings.model import UnitId
from meetings.scheduling.policies import TERMS, USUAL, PolicyTerms, UnitPolicy, standing

NUMBERS = st.one_of(st.none(), st.integers(0, 60))
LINES = st.lists(st.fixed_dictionaries(dict.fromkeys(TERMS, NUMBERS)), max_size=4)


@given(LINES)
def test_the_nearest_unit_that_says_anything_is_in_force(line: list[dict[str, Any]]):
    policies = [
        UnitPolicy(unit=UnitId(place), terms=PolicyTerms(**terms))
        for place, terms in enumerate(line)
    ]

    found = standing(UnitPolicy(unit=UnitId(9)), policies)

    for name in TERMS:
        said = [(place, terms[name]) for place, terms in enumerate(line) if terms[name] is not None]
        place, value = said[-1] if said else (None, getattr(USUAL, name))
        assert (found.said_by.get(name), getattr(found.in_force, name)) == (place, value)
