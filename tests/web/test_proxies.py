from ipaddress import ip_network

from hypothesis import given
from hypothesis import strategies as st

from web.access.proxies import client_address

OURS = (ip_network("10.0.0.0/8"), ip_network("::1/128"))


def test_without_proxies_the_socket_says_who_it_is():
    assert client_address("203.0.113.7", ["198.51.100.1"], ()) == "203.0.113.7"


def test_behind_a_trusted_proxy_its_nearest_word_counts():
    assert client_address("10.0.0.1", ["198.51.100.1"], OURS) == "198.51.100.1"
    assert client_address("10.0.0.1", ["1.1.1.1", "198.51.100.1"], OURS) == "198.51.100.1"
    assert client_address("::1", ["198.51.100.1", "10.9.9.9"], OURS) == "198.51.100.1"
    assert client_address("::ffff:10.0.0.1", ["198.51.100.1"], OURS) == "198.51.100.1"


def test_a_stranger_cannot_say_he_is_somebody_else():
    assert client_address("203.0.113.7", ["10.0.0.5", "10.0.0.6"], OURS) == "203.0.113.7"


def test_only_proxies_on_the_way_is_the_nearest():
    assert client_address("10.0.0.1", ["10.0.0.2"], OURS) == "10.0.0.1"


@given(st.lists(st.text(max_size=20), max_size=5))
def test_nonsense_never_ends_in_an_accident(hops):
    assert client_address("10.0.0.1", hops, OURS) in [*hops, "10.0.0.1"]
