"""Any order of steps leaves the store as the model says; T-A5, short."""

from tests.meetings.life import walk


def test_store_follows_the_model(database):
    walk(database, examples=25, steps=30)
