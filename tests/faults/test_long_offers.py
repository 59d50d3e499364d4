"""Every alternative of a refusal books when it is posted as it stands; in full."""

from tests.web.offers import prove

RULES = {
    "site-busy",
    "official-busy",
    "line-busy",
    "blacked-out",
    "no-seats",
    "beyond-horizon",
}


def test_what_a_refusal_offers_is_booked(database, pytestconfig):
    wanted = pytestconfig.getoption("--rounds")

    seen = prove(database, examples=wanted or 2000)

    print(f"{seen.refused} refusals by {sorted(seen.rules)}, {seen.offered} offers booked")
    assert wanted or seen.rules == RULES
