"""Which addresses may be looked at: a probe must not become a way into the server's own house.

Checked is the address that is connected to, after the name was resolved, with every IPv4 address
that is wrapped inside an IPv6 one.  `ipaddress` alone calls `::ffff:127.0.0.1` no loopback and a
NAT64 form of 169.254.169.254 global.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# Prefixes whose last 32 bits are an IPv4 address: NAT64 (RFC 6052, RFC 8215), SIIT (RFC 7915),
# IPv4-compatible (RFC 4291).
WRAPPING = (
    IPv6Network("64:ff9b::/96"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("::ffff:0:0:0/96"),
    IPv6Network("::/96"),
)
# What ipaddress does not call by one of its names.
NEVER = (
    IPv4Network("0.0.0.0/8"),
    IPv6Network("fec0::/10"),
)

LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
NUMERIC = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
LONGEST_NAME = 253


def plain(address: Address) -> Address:
    """Return the IPv4 address that an IPv4-mapped one means; any other as it is."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def wrapped(address: Address) -> tuple[IPv4Address, ...]:
    """Return the IPv4 addresses that a translator or tunnel would make of an IPv6 address."""
    if isinstance(address, IPv4Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in prefix for prefix in WRAPPING):
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(inner for inner in found if inner is not None)


def is_dangerous(address: Address) -> bool:
    """Tell whether the address leads to this machine, its link, or to many machines at once."""
    return (
        address.is_loopback
        or address.is_unspecified
        or address.is_link_local
        or address.is_multicast
        or (isinstance(address, IPv4Address) and address.is_reserved)
        or any(address in network for network in NEVER)
    )


def may_look(address: Address, networks: Iterable[Network] = ()) -> bool:
    """Tell whether the address may be connected to; the operator's networks are always allowed."""
    address = plain(address)
    if any(address in network for network in networks):
        return True
    return not any(map(is_dangerous, (address, *wrapped(address))))


def parse(host: str) -> Address | None:
    """Return the address that the host spells in the one usual way; None when it is a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def is_name(host: str) -> bool:
    """Tell whether the host is a name that only a name server can make an address of.

    A last label of digits (`127.1`, `0x7f000001`) is an address in disguise, as in the URL
    standard (https://url.spec.whatwg.org/#ends-in-a-number-checker).
    """
    labels = host.removesuffix(".").split(".")
    return (
        len(host) <= LONGEST_NAME
        and all(LABEL.fullmatch(label) for label in labels)
        and NUMERIC.fullmatch(labels[-1]) is None
    )
