"""Every typed name under which the application and a request carry something."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from web.actors import Actor

if TYPE_CHECKING:
    from jinja2 import Environment

    from web.i18n import Catalogue
    from web.routes import Policy
    from web.settings import Settings
    from web.statics import Statics

SETTINGS: web.AppKey[Settings] = web.AppKey("settings")
POLICIES: web.AppKey[dict[web.AbstractRoute, Policy]] = web.AppKey("policies")
ENVIRONMENTS: web.AppKey[Mapping[str, Environment]] = web.AppKey("environments")
CATALOGUES: web.AppKey[Mapping[str, Catalogue]] = web.AppKey("catalogues")
DETAILS: web.AppKey[dict[type[Exception], Callable[..., Any]]] = web.AppKey("details")
STATICS: web.AppKey[Statics] = web.AppKey("statics")
FRAME: web.AppKey[Callable[[web.Request], Mapping[str, Any]]] = web.AppKey("frame")
CLOCK: web.AppKey[Callable[[], datetime]] = web.AppKey("clock")
STOP: web.AppKey[asyncio.Event] = web.AppKey("stop")
POOL: web.AppKey[Any] = web.AppKey("pool")
KEYRING: web.AppKey[Any] = web.AppKey("keyring")
SNAPSHOT: web.AppKey[Any] = web.AppKey("snapshot")

ACTOR: web.RequestKey[Actor | None] = web.RequestKey("actor")
LOCALE: web.RequestKey[str] = web.RequestKey("locale")
CSRF: web.RequestKey[str] = web.RequestKey("csrf")
EMBED: web.RequestKey[str] = web.RequestKey("embed")
ADDRESS: web.RequestKey[str] = web.RequestKey("address")
