"""What the address of a request names, on pages and in the API alike."""

from __future__ import annotations

import unicodedata

from aiohttp import web

from web.errors import PageNotFound
from web.input.strict_json import is_plain

PREFIX = "/api/v1"
"""Below which the API stands."""


def code_of(request: web.Request) -> str:
    """Return the code in the address.

    Raises:
        PageNotFound: nothing could have such a code.
    """
    code = request.match_info["code"]
    if not is_plain(code):
        raise PageNotFound
    return unicodedata.normalize("NFC", code).strip()


def id_of(request: web.Request) -> int:
    """Return the id in the address."""
    return int(request.match_info["id"])
