"""T-A6 in full: the engine and the constraints agree about 20,000 pairs of promises."""

from tests.meetings.agreeing import TABLES, agree


def test_engine_and_constraints_agree(database, pytestconfig):
    seen = agree(database, examples=pytestconfig.getoption("--rounds") or 20_000)

    print(dict(sorted(seen.items())))
    assert set(seen) == {(kind.value, free) for kind in TABLES for free in (True, False)}
