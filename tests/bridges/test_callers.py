"""Who really calls, behind proxies that we know and before those that anybody may name."""

from ipaddress import ip_network

from hypothesis import given
from hypothesis import strategies as st

from bridges.receiving.callers import nearest

OURS = (ip_network("10.0.0.0/8"), ip_network("::1/128"))


def test_without_proxies_the_socket_says_who_it_is():
    assert nearest("203.0.113.7", "198.51.100.1", ()) == "203.0.113.7"


def test_behind_a_trusted_proxy_its_nearest_word_counts():
    assert nearest("10.0.0.1", "198.51.100.1", OURS) == "198.51.100.1"
    assert nearest("10.0.0.1", "1.1.1.1, 198.51.100.1", OURS) == "198.51.100.1"
    assert nearest("::1", "198.51.100.1, 10.9.9.9", OURS) == "198.51.100.1"
    assert nearest("::ffff:10.0.0.1", "198.51.100.1", OURS) == "198.51.100.1"
    assert nearest("10.0.0.1", "", OURS) == "10.0.0.1"


def test_a_stranger_cannot_say_he_is_somebody_else():
    assert nearest("203.0.113.7", "10.0.0.5", OURS) == "203.0.113.7"
    assert nearest("203.0.113.7", "10.0.0.5,10.0.0.6", OURS) == "203.0.113.7"


def test_only_proxies_on_the_way_is_the_nearest():
    assert nearest("10.0.0.1", "10.0.0.2", OURS) == "10.0.0.1"


@given(st.text(alphabet=st.one_of(st.characters(), st.just(",")), max_size=100))
def test_nonsense_never_ends_in_an_accident(told):
    hops = [hop.strip() for hop in told.split(",")]

    assert nearest("10.0.0.1", told, OURS) in [*hops, "10.0.0.1"]
