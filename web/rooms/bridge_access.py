"""Who must not come in again, as a bridge asks at each connection.

Our own mod_diemcau_access asks, and jitsi-meet's mod_muc_auth_ban until February 2026 (87d82e2):
`GET` with the entrant's own token; a 200 with the JSON object `{"access": false}` turns him away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog
from aiohttp import web

from bridges.jitsi.holders import Holder, holder_of
from bridges.jitsi.tokens import read
from bridges.model import SecretKind
from bridges.receiving.astray import Setting
from bridges.registered.rotation import taken
from bridges.store.unwanted import is_denied
from web.errors import DatabaseDown
from web.keys import CLOCK
from web.permissions import BRIDGE
from web.rooms.astray import came_right
from web.rooms.reservations import find_bridge, look_again
from web.routes import Routes
from web.transactions import connection

log = structlog.get_logger(__name__)

PATIENCE = timedelta(seconds=2)

routes = Routes("/bridges/{bridge}")


@routes.get("/access", allow=BRIDGE)
async def judge(request: web.Request) -> web.Response:
    """Say whether the holder of a token may be in its room; what we cannot tell is a yes."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    told = read_ours(request, token)
    if told is None:
        # A bridge or secret of this second is known too.
        await look_again(request)
        told = read_ours(request, token)
    holder = holder_of(told) if told is not None else None
    refused = holder is not None and await is_refused(request, holder)
    if told is not None:
        came_right(request, Setting.ACCESS)
    return web.json_response({"access": not refused}, headers={"Cache-Control": "no-store"})


def read_ours(request: web.Request, token: str) -> Mapping[str, Any] | None:
    """Return the claims of a token that we gave for the bridge in the address, else None."""
    known = find_bridge(request, request.match_info["bridge"])
    if known is None:
        return None
    now = request.config_dict[CLOCK]()
    readings = (
        read(token, secret, app_id=known.bridge.app_id, now=now)
        for secret in taken(known.secrets, SecretKind.JWT, now)
    )
    return next((claims for claims in readings if claims is not None), None)


async def is_refused(request: web.Request, holder: Holder) -> bool:
    """Tell whether a token is of a hall that was removed after it was given."""
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()), connection(request) as conn:
            refused = await is_denied(
                conn,
                holder.room,
                holder.site,
                given_at=holder.given_at,
                generation=holder.generation,
            )
    except (DatabaseDown, TimeoutError):
        return False
    if refused:
        log.info("entry refused", room=holder.room, site=holder.site)
    return refused
