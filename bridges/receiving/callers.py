"""By what a receiver knows the bridges that may call it: digests of secrets, and addresses.

Both digests of a rotation stand here with the end of the former one, so that it dies on time with
the database down too.  Who calls from a bridge's address with a wrong secret is most likely that
bridge, set wrongly; who calls from elsewhere is a stranger.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """SHA-256 of an event secret that is good until a moment in Unix seconds, or without end."""

    value: bytes
    until: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A bridge that may post events."""

    digests: tuple[Digest, ...]
    networks: tuple[Network, ...] = ()

    def knows(self, secret: bytes, now: float) -> bool:
        """Tell whether the secret is good; takes as long whichever letter is wrong."""
        given = sha256(secret).digest()
        good = [one.value for one in self.digests if one.until is None or now < one.until]
        return sum(hmac.compare_digest(given, value) for value in good) > 0

    def calls_from(self, address: str) -> bool:
        """Tell whether the address is one of the bridge's."""
        return lies_in(address, self.networks)


def lies_in(address: str, networks: Iterable[Network]) -> bool:
    """Tell whether an address belongs to one of the networks; nonsense never does.

    A socket for both versions writes `::ffff:10.1.0.4` of somebody who came by version 4.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in networks)


def read_callers(told: Mapping[str, Any]) -> dict[str, Caller]:
    """Return what a file tells, also one written when a bridge had one digest and no addresses.

    Raises:
        ValueError, TypeError, KeyError: it tells something else.
    """
    return {str(name): read_caller(entry) for name, entry in told.items()}


def read_caller(entry: Any) -> Caller:
    """Return one bridge."""
    if isinstance(entry, str):
        return Caller(digests=(Digest(value=bytes.fromhex(entry)),))
    digests = tuple(
        Digest(value=bytes.fromhex(value), until=until) for value, until in entry["digests"]
    )
    return Caller(digests=digests, networks=networks_of(entry["networks"]))


def as_told(callers: Mapping[str, Caller]) -> dict[str, Any]:
    """Return what `read_callers` reads back."""
    return {
        name: {
            "digests": [[one.value.hex(), one.until] for one in caller.digests],
            "networks": [str(network) for network in caller.networks],
        }
        for name, caller in callers.items()
    }


def networks_of(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return networks; what is none was refused when it was typed."""
    return tuple(ip_network(text, strict=False) for text in texts)


def nearest(peer: str, forwarded: str, proxies: Iterable[Network]) -> str:
    """Return who really calls: the nearest hop that is no proxy of ours.

    `forwarded` is X-Forwarded-For; its far end can be written by anybody and is never reached
    past a hop that we do not know.
    """
    trusted = tuple(proxies)
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    for hop in reversed((*hops, peer)):
        if not lies_in(hop, trusted):
            return hop
    return peer
