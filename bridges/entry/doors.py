"""The door of a bridge: signing in by a token as Jitsi's page does, and going away at once.

Source: RFC 7395; jitsi-meet mod_auth_token: the token stands in the address, and ANONYMOUS succeeds
where it is taken.  No room is entered, so nobody sees it.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from xml.sax.saxutils import quoteattr

import aiohttp

from bridges.jitsi.prosody import headers_of
from bridges.model import Bridge, RoomName

PATIENCE = timedelta(seconds=5)
LARGEST_STANZA = 64 * 1024
OPENING = "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to={} version='1.0'/>"
AUTH = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>"
REFUSALS = ("not-allowed", "not-authorized")


async def is_let_in(
    http: aiohttp.ClientSession, bridge: Bridge, room: RoomName, token: str
) -> bool | None:
    """Tell whether a bridge takes a token, None where its door cannot be tried from here."""
    try:
        async with (
            asyncio.timeout(PATIENCE.total_seconds()),
            http.ws_connect(
                f"{bridge.prosody_url}/xmpp-websocket",
                params={"room": room, "token": token},
                headers=headers_of("", bridge.http_host),
                protocols=("xmpp",),
                max_msg_size=LARGEST_STANZA,
            ) as socket,
        ):
            await socket.send_str(OPENING.format(quoteattr(bridge.xmpp_domain.lower())))
            await socket.receive_str()
            offered = await socket.receive_str()
            if "ANONYMOUS" not in offered:
                return None
            await socket.send_str(AUTH)
            return judge(await socket.receive_str())
    except (aiohttp.ClientError, TimeoutError, TypeError, ValueError):
        return None


def judge(answer: str) -> bool | None:
    """Read the answer to a wish to sign in; one that is about something else tells nothing."""
    if answer.startswith("<success"):
        return True
    refused = answer.startswith("<failure") and any(why in answer for why in REFUSALS)
    return False if refused else None
