"""The tables of routes of the API, and what it adds to problem documents."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from aiohttp import web

from web.routes import Routes

ROUTES: tuple[Routes, ...] = ()

DETAILS: Mapping[type[Exception], Callable[[web.Request, Exception], Awaitable[dict[str, Any]]]] = (
    MappingProxyType({})
)
"""Members a fact adds to its problem document: rivals and alternatives of SiteBusy, for example."""
