"""What every request must look like, and which headers every answer carries."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import urlsplit

from aiohttp import HttpVersion10, HttpVersion11, web
from aiohttp.typedefs import Handler

from web.keys import EMBED, EMBED_SCRIPT, SETTINGS
from web.routes import policy_of, program_of

CONTENT = (
    "default-src 'none'; script-src 'self'{script}; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; media-src 'self' blob:; form-action 'self'{embed}; "
    "frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)
POWERS = ("camera", "microphone", "display-capture")
OTHER_POWERS = "geolocation=(), payment=(), usb=()"
HSTS = "max-age=63072000; includeSubDomains"
BANNED_METHODS = frozenset({"TRACE", "TRACK", "CONNECT"})

ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}


@web.middleware
async def refuse_odd(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what no browser and no bridge sends: proxy-style targets, TRACE, other versions."""
    if request.version not in {HttpVersion10, HttpVersion11}:
        return web.Response(status=HTTPStatus.HTTP_VERSION_NOT_SUPPORTED)
    if request.method in BANNED_METHODS:
        return web.Response(status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET, POST"})
    if not request.raw_path.startswith("/") or "\0" in request.path:
        raise web.HTTPBadRequest
    return await handler(request)


def embed(request: web.Request, public_url: str, *, script: str = "") -> None:
    """Let this answer hold the bridge in a frame; the route must be registered with `embed=True`.

    `script` is the address of the one script of the bridge that may run in the page itself.

    Raises:
        LookupError: the route's policy does not allow a bridge in its page.
    """
    policy = policy_of(request)
    if policy is None or not policy.embed:
        raise LookupError("only routes registered with embed=True may hold a bridge")
    request[EMBED] = origin_of(public_url)
    request[EMBED_SCRIPT] = script


@lru_cache
def origin_of(address: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Set the strict headers; what a handler has set itself stays."""
    policy = policy_of(request)
    wanted = strict_headers(
        request.get(EMBED, ""),
        request.get(EMBED_SCRIPT, ""),
        embeds=policy is not None and policy.embed,
        secure=program_of(request)[SETTINGS].base_url.startswith("https:"),
    )
    headers = response.headers
    for name, value in wanted.items():
        headers.setdefault(name, value)
    headers.popall("Server", None)


@lru_cache
def strict_headers(origin: str, script: str, *, embeds: bool, secure: bool) -> Mapping[str, str]:
    """Return the headers of an answer that may hold a bridge of that origin."""
    return MappingProxyType(
        {
            **ALWAYS,
            "Content-Security-Policy": content_policy(origin, script),
            "Permissions-Policy": powers_policy(origin, embeds=embeds),
            **({"Strict-Transport-Security": HSTS} if secure else {}),
        }
    )


def content_policy(origin: str, script: str = "") -> str:
    """Return the CSP, with the bridge's origin as a frame and as the way of the enter form."""
    policy = CONTENT.format(
        embed=f" {origin}" if origin else "", script=f" {script}" if script else ""
    )
    return f"{policy}; frame-src {origin}" if origin else policy


def powers_policy(origin: str, *, embeds: bool) -> str:
    """Return who may use camera, microphone and screen: nobody, or hall page and bridge."""
    if not embeds:
        return ", ".join([f"{power}=()" for power in POWERS] + [OTHER_POWERS])
    allowed = f'(self "{origin}")' if origin else "(self)"
    powers = [f"{power}={allowed}" for power in (*POWERS, "autoplay", "fullscreen")]
    return ", ".join([*powers, OTHER_POWERS])
