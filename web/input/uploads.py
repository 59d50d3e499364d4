"""Routes that take files may be sent more than others."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

LARGEST_FILE = 20 * 1024**2
ROOM_FOR_THE_FORM = 64 * 1024
PLACES = ("/import/", "/api/v1/import/")


@web.middleware
async def make_room(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a file in where one is expected; every other body stays small."""
    if request.method == "POST" and request.path.startswith(PLACES):
        # `clone` would lose what later layers note on the request, so the limit itself is raised.
        request._client_max_size = LARGEST_FILE + ROOM_FOR_THE_FORM  # noqa: SLF001 - see above
    return await handler(request)
