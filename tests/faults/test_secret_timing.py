"""T-C14: how long a secret is looked at tells nothing of how much of it is right (Welch's t)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from itertools import chain
from random import Random
from statistics import fmean, quantiles, variance
from time import perf_counter_ns

import pytest

from bridges.model import BridgeSecrets, SecretKind
from bridges.receiving.callers import Caller, Digest
from bridges.registered.rotation import is_bearer

SECRET = b"k7q2x9d4m1r8w5t3" * 3
WRONG_AT_ONCE = b"#" + SECRET[1:]
WRONG_AT_LAST = SECRET[:-1] + b"#"
MEASURED = 10_000
LIMIT = 4.5
NOW = datetime(2026, 11, 30, tzinfo=UTC)

Look = Callable[[bytes], bool]


def welch(ones: list[int], others: list[int]) -> float:
    """Return Welch's t of two samples: above 4.5 they differ but once in 100,000 tries."""
    error = variance(ones) / len(ones) + variance(others) / len(others)
    return float(abs(fmean(ones) - fmean(others)) / error**0.5)


def difference(look: Look, chance: Random) -> float:
    """Return the t of secrets that are wrong at once and at last, measured in turns by chance."""
    taken: dict[bytes, list[int]] = {WRONG_AT_ONCE: [], WRONG_AT_LAST: []}
    turns = [*taken] * MEASURED
    chance.shuffle(turns)
    for turn in turns:
        # A copy each time: where a secret lies in memory must not be what is measured.
        given = bytes(bytearray(turn))
        began = perf_counter_ns()
        known = look(given)
        ended = perf_counter_ns()
        assert not known
        taken[turn].append(ended - began)
    # Whoever was interrupted meanwhile was measured for that: the slowest tenth of all is left out.
    slowest = quantiles(chain(*taken.values()), n=10)[-1]
    ones, others = ([one for one in times if one < slowest] for times in taken.values())
    return welch(ones, others)


def letter_by_letter(given: bytes) -> bool:
    """Compare as it must not be done, to see that the measure would show it."""
    return all(left == right for left, right in zip(given, SECRET, strict=True))


SECRETS = BridgeSecrets(jwt="", reservation=SECRET.decode(), event="")
CALLER = Caller(digests=(Digest(value=sha256(SECRET).digest()),))
LOOKS: tuple[Look, ...] = (
    lambda given: CALLER.knows(given, 0.0),
    lambda given: is_bearer(f"Bearer {given.decode()}", SECRETS, SecretKind.RESERVATION, NOW),
)


def test_a_careless_comparison_would_be_seen(chance: Random):
    t = difference(letter_by_letter, chance)

    print(f"t = {t:.2f}")
    assert t > LIMIT


@pytest.mark.parametrize("look", LOOKS, ids=["events", "reservations"])
def test_a_secret_is_looked_at_for_as_long_wherever_it_is_wrong(look: Look, chance: Random):
    t = difference(look, chance)

    print(f"t = {t:.2f}")
    assert t < LIMIT
