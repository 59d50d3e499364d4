"""By which name a bridge's Prosody answers: its address's own, or its XMPP domain.

Debian's Prosody answers 404 to a Host that is none of its domains; docker's takes every one, and a
proxy in front may know its own name only.  So the address's own is tried first, and what answered
is remembered with the bridge.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import aiohttp

from bridges.errors import BridgeSilent
from bridges.jitsi import prosody
from bridges.jitsi.census import Tally
from bridges.model import Bridge


async def census_by_name(
    http: aiohttp.ClientSession, bridge: Bridge, *, patience: timedelta
) -> tuple[Bridge, Tally]:
    """Return a census, and the bridge with the name under which it answered.

    Raises:
        BridgeSilent: neither brought one.
    """
    try:
        return bridge, await prosody.census(http, bridge, patience=patience)
    except BridgeSilent as error:
        if not error.lives:
            raise
        other = by_other_name(bridge)
        try:
            return other, await prosody.census(http, other, patience=patience)
        except BridgeSilent:
            raise error from None


def by_other_name(bridge: Bridge) -> Bridge:
    """Return a bridge as it may answer where it did not under the name we knew."""
    return replace(bridge, http_host="" if bridge.http_host else bridge.xmpp_domain.lower())
