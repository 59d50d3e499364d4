"""Addresses of room systems as people type them; pure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.directory.gateways import is_sip, means_of, read_caller, read_gateway
from meetings.model import Means


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" SIP:Muong-Nhe@GW.example.vn ", "sip:Muong-Nhe@gw.example.vn"),
        ("sips:hall@[2001:db8::1]:5061", "sips:hall@[2001:db8::1]:5061"),
        ("h323:10.20.3.4", "h323:10.20.3.4"),
        ("h323:0215100@gk.example.vn:01720", "h323:0215100@gk.example.vn:1720"),
        ("sip:hall", "sip:hall"),
    ],
)
def test_an_address_is_read_with_scheme_and_host_in_small_letters(typed, read):
    assert read_gateway(typed) == read


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "sip:",
        "tel:+84215",
        "http://gw.example.vn",
        "sip:a b@gw",
        "sip:hall:password@gw",
        "sip:hall@gw;transport=tcp",
        "sip:hall@gw?Subject=x",
        "sip:hall@300.1.1.1",
        "sip:hall@gw:0",
        "sip:hall@gw:65536",
        "sip:hall@-gw.vn",
        "sip:hall@gw..vn",
        "sip:họp@gw.vn",
        "sip:hall@gw\nX: y",
        "h323:" + "a" * 200,
    ],
)
def test_what_no_gateway_takes_is_none(typed):
    assert read_gateway(typed) == ""


@pytest.mark.parametrize(
    ("header", "read"),
    [
        ('"Mường Nhé" <sip:hall@GW.example.vn:5066;transport=tcp>;tag=1', "sip:hall@gw.example.vn"),
        ("sip:hall@[2001:db8::1]:5061", "sip:hall@[2001:db8::1]"),
        ("h323:10.20.3.4", "h323:10.20.3.4"),
        ("<tel:113>", ""),
        ("<>", ""),
        ("", ""),
    ],
)
def test_a_caller_is_read_without_the_port_of_the_call(header, read):
    assert read_caller(header) == read


@given(st.text() | st.from_regex(r"(sip|h323):[a-z@.:\[\]0-9\-]{0,40}", fullmatch=True))
def test_reading_twice_is_reading_once(typed):
    once = read_gateway(typed)

    assert read_gateway(once) == once
    assert not once or once.isascii()
    assert not (is_sip(once) and once.startswith("h323"))


@pytest.mark.parametrize(
    ("caller", "means"),
    [
        ("sip:hall@gw.example.vn", Means.SIP),
        ("sips:1001@gw.example.vn", Means.SIP),
        ("sip:+84215382688@trunk.example.vn", Means.PHONE),
        ("sip:0215382688@trunk.example.vn", Means.PHONE),
        ("h323:0215382688@gk.example.vn", Means.H323),
        ("h323:10.20.3.4", Means.H323),
    ],
)
def test_an_address_says_by_what_somebody_calls(caller, means):
    assert means_of(caller) is means
