"""T-A6, short: the engine and the constraints agree about every pair of promises."""

from tests.meetings.agreeing import agree


def test_engine_and_constraints_agree(database):
    seen = agree(database, examples=150)

    assert {free for _, free in seen} == {True, False}
