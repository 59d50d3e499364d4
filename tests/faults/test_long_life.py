"""Any order of steps leaves the store as the model says; T-A5 in full."""

from tests.meetings.life import walk


def test_store_follows_the_model(database, pytestconfig):
    walk(database, examples=pytestconfig.getoption("--rounds") or 2000, steps=50)
