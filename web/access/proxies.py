"""The client's address: the socket's, or what a trusted proxy says of it."""

from __future__ import annotations

from aiohttp import web

from bridges.receiving.callers import nearest
from web.keys import ADDRESS, SETTINGS


def address_of(request: web.Request) -> str:
    """Return the client's address, decided once for a request."""
    if ADDRESS not in request:
        request[ADDRESS] = read_address(request)
    return request[ADDRESS]


def read_address(request: web.Request) -> str:
    """Read the address from the socket and the headers of proxies we trust."""
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
    trusted = request.config_dict[SETTINGS].trusted_proxies
    return nearest(request.remote or "", forwarded, trusted)
