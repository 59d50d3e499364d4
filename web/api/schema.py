"""The OpenAPI document, for those who know us already."""

from __future__ import annotations

from aiohttp import web

from web.api.endpoints import JSON, Endpoints, Tells
from web.permissions import Permission

routes = Endpoints("schema")

DOCUMENT: web.AppKey[bytes] = web.AppKey("document", bytes)


@routes.endpoint(
    "GET", "/openapi.json", allow=Permission.SIGNED_IN, tells=Tells(schema={"type": "object"})
)
async def show(request: web.Request) -> web.Response:
    """Give this document."""
    return web.Response(body=request.config_dict[DOCUMENT], content_type=JSON, charset="utf-8")
