"""The tables of routes of all pages, and what every page's frame shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from web.routes import Routes

ROUTES: tuple[Routes, ...] = ()


def frame(request: web.Request) -> Mapping[str, Any]:
    """Return the names of the frame around every page: menu and what was just done."""
    _ = request
    return {"nav": [], "said": ""}
