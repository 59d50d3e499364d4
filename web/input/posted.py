"""The form that was posted, whoever reads it first."""

from __future__ import annotations

from aiohttp import web
from multidict import MultiDictProxy

from web.errors import BadRequest

Posted = MultiDictProxy[str | bytearray | bytes | web.FileField]


async def posted(request: web.Request) -> Posted:
    """Return the fields of the posted form; it is read once.

    Raises:
        BadRequest: its bytes are no form, or not of the kind and alphabet that it says.
    """
    try:
        return await request.post()
    except (ValueError, LookupError, RuntimeError) as error:
        raise BadRequest("form") from error
