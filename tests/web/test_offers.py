"""Every alternative of a refusal books when it is posted as it stands; short."""

from tests.web.offers import prove


def test_what_a_refusal_offers_is_booked(database):
    seen = prove(database, examples=40)

    assert seen.refused
    assert seen.offered
