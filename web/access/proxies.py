"""The client's address: the socket's, or what a trusted proxy says of it."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network

from aiohttp import web

from bridges.receiving.callers import lies_in
from web.keys import ADDRESS, SETTINGS

Networks = Sequence[IPv4Network | IPv6Network]


def client_address(peer: str, forwarded: Sequence[str], trusted: Networks) -> str:
    """Return the nearest address on the way here that is not a trusted proxy.

    `forwarded` is X-Forwarded-For from the farthest to the nearest; anybody can write the far
    end of it, so it is read from the near end and only behind proxies we know.
    """
    for hop in reversed((*forwarded, peer)):
        if not lies_in(hop, trusted):
            return hop
    return peer


def address_of(request: web.Request) -> str:
    """Return the client's address, decided once for a request."""
    if ADDRESS not in request:
        request[ADDRESS] = read_address(request)
    return request[ADDRESS]


def read_address(request: web.Request) -> str:
    """Read the address from the socket and the headers of proxies we trust."""
    header = ",".join(request.headers.getall("X-Forwarded-For", []))
    hops = [hop.strip() for hop in header.split(",") if hop.strip()]
    trusted = request.config_dict[SETTINGS].trusted_proxies
    return client_address(request.remote or "", hops, trusted)
