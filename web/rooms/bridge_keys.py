"""The public keys with which a bridge checks our tokens, as its Prosody asks for them.

Source: jitsi-meet token/util.lib.lua (0e53bd87): `GET {asap_key_server}/{sha256 of kid}.pem`, 200
with PEM, remembered until Prosody restarts; `cache_keys_url` is read anew by its max-age.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from aiohttp import web

from bridges.entry.passes import KnownBridge
from bridges.jitsi.keys import Credential, credential, jwk, pem_name, public_pem
from bridges.receiving.astray import Setting
from bridges.registered.rotation import is_rotating, shown_keys
from web.keys import CLOCK
from web.permissions import PUBLIC
from web.rooms.astray import came_right
from web.rooms.reservations import find_bridge, look_again
from web.routes import Routes

PEM_TYPE = "application/x-pem-file"
LET_CACHE = {"Cache-Control": "public, max-age=300"}
# Prosody reads anew a minute before the end of this.
WHILE_ROTATING = {"Cache-Control": "public, max-age=90"}

routes = Routes("/bridges/{bridge}/keys")


@routes.get("/{hash:[0-9a-f]{64}}.pem", allow=PUBLIC)
async def show_pem(request: web.Request) -> web.Response:
    """Give one public key, by either of its names; there is nothing secret about it."""
    return await shown(request, lambda one: {one.kid, one.command_kid})


@routes.get("/commands/{hash:[0-9a-f]{64}}.pem", allow=PUBLIC)
async def show_for_commands(request: web.Request) -> web.Response:
    """Give one public key by the name that only commands bear: no hall's token passes here."""
    return await shown(request, lambda one: {one.command_kid})


async def shown(
    request: web.Request, names: Callable[[Credential], Collection[str]]
) -> web.Response:
    """Return the public key that is asked for by one of its names."""
    key = named(request, names)
    if key is None:
        # A key of this second is asked for at once.
        await look_again(request)
        key = named(request, names)
    if key is None:
        raise web.HTTPNotFound
    came_right(request, Setting.KEYS)
    return web.Response(body=public_pem(key), content_type=PEM_TYPE, headers=LET_CACHE)


@routes.get("/jwks.json", allow=PUBLIC)
async def show_all(request: web.Request) -> web.Response:
    """Give every key that signs now or did a moment ago (RFC 7517); never none of them."""
    # It is remembered for minutes, so that a rotation of this second must be in it.
    await look_again(request)
    known = find_bridge(request, request.match_info["bridge"])
    keys = keys_of(request, known)
    if known is None or not keys:
        raise web.HTTPNotFound
    came_right(request, Setting.ALL_KEYS)
    rotating = is_rotating(known.secrets, request.config_dict[CLOCK]())
    headers = WHILE_ROTATING if rotating else LET_CACHE
    return web.json_response({"keys": [jwk(key) for key in keys]}, headers=headers)


def named(request: web.Request, names: Callable[[Credential], Collection[str]]) -> str | None:
    """Return the private key whose public half has the name, None where there is none."""
    keys = keys_of(request, find_bridge(request, request.match_info["bridge"]))
    asked = request.match_info["hash"]
    return next(
        (key for key in keys if asked in map(pem_name, names(credential(key)))),
        None,
    )


def keys_of(request: web.Request, known: KnownBridge | None) -> list[str]:
    """Return the private keys of a bridge whose public halves it may ask for."""
    return shown_keys(known.secrets, request.config_dict[CLOCK]()) if known else []
