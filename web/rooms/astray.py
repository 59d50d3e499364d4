"""Requests to addresses where nothing of ours is: those of a bridge are remembered for its check.

The answer stays what it is; a request that bears no bridge's marks costs a comparison or two.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler

from bridges.entry.passes import KnownBridge
from bridges.errors import SnapshotMissing
from bridges.model import SecretKind
from bridges.receiving.astray import AGENT, Marks, Setting, stray_of
from bridges.receiving.calls import is_from
from bridges.registered.rotation import is_bearer
from web.access.proxies import address_of
from web.keys import CALLS, CLOCK, SNAPSHOT

OF_BRIDGES = "/bridges/{bridge}"


@web.middleware
async def notice(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer, and remember a call of a bridge that nobody was there to hear."""
    answer = await handler(request)
    if is_lost(request):
        remember(request, known_bridges(request))
    return answer


def known_bridges(request: web.Request) -> Mapping[str, KnownBridge]:
    """Return every bridge there is, as far as anybody knows."""
    try:
        return request.config_dict[SNAPSHOT].contents.bridges
    except SnapshotMissing:
        return {}


def is_lost(request: web.Request) -> bool:
    """Tell whether nothing is there for a request, or only for a bridge that there is not."""
    match = request.match_info
    if match.http_exception is not None:
        return True
    resource = match.route.resource
    if resource is None or not resource.canonical.startswith(OF_BRIDGES):
        return False
    bridges = known_bridges(request)
    return bool(bridges) and match.get("bridge") not in bridges


def remember(request: web.Request, bridges: Mapping[str, KnownBridge]) -> None:
    """Remember a request, if it may be a bridge's."""
    stray = stray_of(
        request.method,
        request.host + request.rel_url.raw_path,
        marks_of(request, bridges),
        bridges=bridges,
        at=request.config_dict[CLOCK](),
        address=address_of(request),
    )
    if stray is not None:
        request.config_dict[CALLS].strays.note(stray)


def marks_of(request: web.Request, bridges: Mapping[str, KnownBridge]) -> Marks:
    """Return by what a request may be a bridge's."""
    presented, now = request.headers.get("Authorization", ""), request.config_dict[CLOCK]()
    address = address_of(request)
    return Marks(
        agent=request.headers.get("User-Agent", ""),
        by_secret=[
            name
            for name, known in bridges.items()
            for kind in (SecretKind.RESERVATION, SecretKind.EVENT)
            if is_bearer(presented, known.secrets, kind, now)
        ],
        by_address=[name for name, known in bridges.items() if is_from(known.bridge, address)],
    )


def came_right(request: web.Request, setting: Setting) -> None:
    """Remember that a bridge that is known came to the address of a setting by itself."""
    if request.headers.get("User-Agent", "").startswith(AGENT):
        strays = request.config_dict[CALLS].strays
        strays.came_right(request.match_info["bridge"], setting, request.config_dict[CLOCK]())
