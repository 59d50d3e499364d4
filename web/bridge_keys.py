"""The public keys with which a bridge checks our tokens, as its Prosody asks for them.

Source: jitsi-meet token/util.lib.lua (0e53bd87): `GET {asap_key_server}/{sha256 of kid}.pem`, 200
with PEM, remembered until Prosody restarts; `cache_keys_url` is read anew by its max-age.
"""

from __future__ import annotations

from aiohttp import web

from bridges.errors import SnapshotMissing
from bridges.jitsi.keys import credential, jwk, pem_name, public_pem
from bridges.rotation import shown_keys
from web.keys import CLOCK, SNAPSHOT
from web.permissions import PUBLIC
from web.routes import Routes

PEM_TYPE = "application/x-pem-file"
LET_CACHE = {"Cache-Control": "public, max-age=300"}

routes = Routes("/bridges/{bridge}/keys")


@routes.get("/{hash:[0-9a-f]{64}}.pem", allow=PUBLIC)
async def show_pem(request: web.Request) -> web.Response:
    """Give one public key; there is nothing secret about it."""
    wanted = request.match_info["hash"]
    for key in keys_of(request):
        if pem_name(credential(key).kid) == wanted:
            return web.Response(body=public_pem(key), content_type=PEM_TYPE, headers=LET_CACHE)
    raise web.HTTPNotFound


@routes.get("/jwks.json", allow=PUBLIC)
async def show_all(request: web.Request) -> web.Response:
    """Give every key that signs now or did a moment ago (RFC 7517)."""
    keys = [jwk(key) for key in keys_of(request)]
    return web.json_response({"keys": keys}, headers=LET_CACHE)


def keys_of(request: web.Request) -> list[str]:
    """Return the private keys of the bridge in the address.

    Raises:
        HTTPNotFound: there is no such bridge.
    """
    try:
        known = request.config_dict[SNAPSHOT].bridge(request.match_info["bridge"])
    except SnapshotMissing:
        known = None
    if known is None:
        raise web.HTTPNotFound
    return shown_keys(known.secrets, request.config_dict[CLOCK]())
