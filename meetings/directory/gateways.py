"""Addresses of room systems: `sip:` and `h323:` as gateways take them; pure.

Sources: RFC 3261 section 19.1 (SIP URI, without headers and passwords), RFC 3508 (H.323 URL).
"""

from __future__ import annotations

import re
from ipaddress import ip_address

from meetings.kinds import Means

LONGEST = 200
PATTERN = re.compile(
    r"(?P<scheme>sips?|h323):"
    r"(?:(?P<user>[A-Za-z0-9][A-Za-z0-9._+\-]{0,63})@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?)"
    r"(?::(?P<port>[0-9]{1,5}))?",
    re.IGNORECASE | re.ASCII,
)
LARGEST_PORT, LONGEST_LABEL = 65_535, 63
SIP = ("sip:", "sips:")
TELEPHONE = r"\+?[0-9]{9,15}"
"""What is shorter is an extension, and may as well be a room system's."""


def read_gateway(text: str) -> str:
    """Return an address with its scheme and host in small letters, "" where it is none."""
    match = PATTERN.fullmatch(text.strip())
    if match is None or len(text) > LONGEST:
        return ""
    user, host, port = match["user"], match["host"].lower(), match["port"]
    if not is_host(host) or (port and not 0 < int(port) <= LARGEST_PORT):
        return ""
    whom = f"{user}@" if user else ""
    return f"{match['scheme'].lower()}:{whom}{host}{f':{int(port)}' if port else ''}"


def is_host(host: str) -> bool:
    """Tell whether a host is an address, or a name of labels that are not too long."""
    plain = host.strip("[]")
    if host.startswith("[") or re.fullmatch(r"[0-9.]+", host):
        try:
            return ip_address(plain).version == (6 if host.startswith("[") else 4)
        except ValueError:
            return False
    labels = host.split(".")
    return all(0 < len(one) <= LONGEST_LABEL and one.strip("-") == one for one in labels)


def read_caller(text: str) -> str:
    """Return the address of who calls as SIP's From header names it, "" where it names none.

    `"Mường Nhé" <sip:hall@gw.example.vn:5066;transport=tcp>;tag=1` is `sip:hall@gw.example.vn`:
    the port is the call's own.
    """
    inner = re.search(r"<([^<>]*)>", text)
    plain = read_gateway(re.split(r"[;?]", inner[1] if inner else text, maxsplit=1)[0])
    return without_port(plain)


def without_port(gateway: str) -> str:
    """Return an address without its port; the colons of IPv6 stand in brackets."""
    return re.sub(r":[0-9]+$", "", gateway)


def means_of(caller: str) -> Means:
    """Return by what somebody enters who calls from an address: a whole number is a telephone's."""
    if not is_sip(caller):
        return Means.H323
    user = caller.partition(":")[2].partition("@")[0]
    return Means.PHONE if re.fullmatch(TELEPHONE, user, re.ASCII) else Means.SIP


def is_sip(gateway: str) -> bool:
    """Tell whether Jigasi can call it; H.323 needs a gateway that calls by itself."""
    return gateway.startswith(SIP)
