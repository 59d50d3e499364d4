from ipaddress import ip_address, ip_network

import pytest

from monitoring.addresses import is_name, may_look, parse, plain

FORBIDDEN = [
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",
    "0.1.2.3",
    "169.254.169.254",
    "169.254.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "240.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "ff02::1",
    "fec0::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0.0.0.0",
    "::ffff:224.0.0.1",
    "::ffff:0:127.0.0.1",
    "::ffff:0:169.254.169.254",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "64:ff9b::",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2002:e000:1::",
    "2001:0:7f00:1::",
    "2001:0:102:304:0:0:80ff:fffe",
    "::127.0.0.1",
    "::169.254.169.254",
]
ALLOWED = [
    "10.0.0.7",
    "172.16.3.4",
    "192.168.1.20",
    "100.64.0.9",
    "8.8.8.8",
    "203.113.131.1",
    "2405:4800::1",
    "fd00::7",
    "::ffff:10.0.0.7",
    "64:ff9b::10.0.0.7",
    "2002:a00:7::1",
]


@pytest.mark.parametrize("spelled", FORBIDDEN)
def test_addresses_of_our_own_house_are_forbidden(spelled):
    assert may_look(ip_address(spelled)) is False


@pytest.mark.parametrize("spelled", ALLOWED)
def test_addresses_of_halls_are_allowed(spelled):
    assert may_look(ip_address(spelled)) is True


def test_the_operator_allows_whole_networks_and_nothing_beside():
    here = [ip_network("127.0.0.0/8")]

    assert may_look(ip_address("127.0.0.1"), here) is True
    assert may_look(ip_address("::ffff:127.0.0.1"), here) is True
    assert may_look(ip_address("0.0.0.0"), here) is False
    assert may_look(ip_address("::1"), here) is False


def test_a_mapped_address_is_the_one_it_means():
    assert plain(ip_address("::ffff:10.0.0.7")) == ip_address("10.0.0.7")
    assert plain(ip_address("2405:4800::1")) == ip_address("2405:4800::1")


@pytest.mark.parametrize(
    "spelled",
    ["127.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "①②⑦.⓪.⓪.①", "127.0.0.1 ",
     "[::1]", "a..b", "-a.b", "a-.b", "a b", "a/b", "a@b", "", ".", "1.2.3.4.", "a\0b"],
)  # fmt: skip
def test_disguised_addresses_are_neither_address_nor_name(spelled):
    assert parse(spelled) is None
    assert is_name(spelled) is False


@pytest.mark.parametrize("name", ["localhost", "codec-1.xa.gov.vn", "a_b.c", "vc.gov.vn."])
def test_names_are_names(name):
    assert is_name(name) is True
