"""T-C5, C6, C9, C10 at length: thousands of histories against a truth told by another hand."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from tests.bridges.histories import LENGTH
from tests.bridges.test_clocks import OFFS, check_set_clock
from tests.bridges.test_histories import (
    ONE_KIND,
    check_ghosts,
    check_lost_ends,
    check_lost_kind,
    check_lost_some,
    check_order,
)
from tests.bridges.test_venues import check_venue

HISTORIES = 3000


def test_any_order_and_doubling_give_the_truth(chance: Random, rounds: Callable[[int], int]):
    for _ in range(rounds(HISTORIES)):
        check_order(chance)


@pytest.mark.parametrize("lost", ONE_KIND)
def test_a_kind_of_event_may_be_lost(lost, chance: Random, rounds: Callable[[int], int]):
    for _ in range(rounds(HISTORIES) // 4):
        check_lost_kind(chance, lost)


def test_ends_and_a_twentieth_may_be_lost(chance: Random, rounds: Callable[[int], int]):
    for _ in range(rounds(HISTORIES) // 2):
        check_lost_ends(chance)
        check_lost_some(chance)


def test_ghosts_are_marked(chance: Random, rounds: Callable[[int], int]):
    for _ in range(rounds(HISTORIES) // 2):
        check_ghosts(chance)


def test_clocks_are_set_in_mid_conference(chance: Random, rounds: Callable[[int], int]):
    for _ in range(rounds(HISTORIES)):
        before, after = chance.choice(OFFS), chance.choice(OFFS)
        check_set_clock(chance, before, after, chance.randrange(LENGTH), chance.choice((0, 2, 9)))


def test_records_are_true_or_say_that_they_may_not_be(chance: Random, rounds: Callable[[int], int]):
    for _ in range(rounds(HISTORIES)):
        check_venue(chance)
