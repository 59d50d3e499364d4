"""Every typed name under which the application and a request carry something."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from web.access.actors import Actor

if TYPE_CHECKING:
    from jinja2 import Environment

    from bridges.entry.snapshot import Snapshot
    from bridges.entry.tokens_ahead import TokensAhead
    from bridges.receiving.calls import Calls
    from bridges.spooling.spool import Spool
    from web.access.passwords import Passwords
    from web.access.throttling import Tries
    from web.database import Pool
    from web.i18n import Catalogue
    from web.keyring.keyring import Keyring
    from web.ldap.proving import Prover
    from web.live import News
    from web.metrics import Metrics
    from web.routes import Policy
    from web.scheduling.remembering import Office
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
DATABASE_URL: web.AppKey[str] = web.AppKey("database_url")
POOL: web.AppKey[Pool] = web.AppKey("pool")
PASSWORDS: web.AppKey[Passwords] = web.AppKey("passwords")
PROVER: web.AppKey[Prover | None] = web.AppKey("prover")
NEWS: web.AppKey[News] = web.AppKey("news")
METRICS: web.AppKey[Metrics] = web.AppKey("metrics")
KEYRING: web.AppKey[Keyring] = web.AppKey("keyring")
CALLS: web.AppKey[Calls] = web.AppKey("calls")
SNAPSHOT: web.AppKey[Snapshot] = web.AppKey("snapshot")
OFFICE: web.AppKey[Office] = web.AppKey("office")
GUESSES: web.AppKey[dict[str, Tries]] = web.AppKey("guesses")
ADMISSIONS: web.AppKey[Spool] = web.AppKey("admissions")
TOKENS: web.AppKey[TokensAhead] = web.AppKey("tokens")

ACTOR: web.RequestKey[Actor | None] = web.RequestKey("actor")
LOCALE: web.RequestKey[str] = web.RequestKey("locale")
PRE_SESSION: web.RequestKey[str] = web.RequestKey("pre_session")
LOOKED: web.RequestKey[bool] = web.RequestKey("looked")
EMBED_SCRIPT: web.RequestKey[str] = web.RequestKey("embed_script")
EMBED: web.RequestKey[str] = web.RequestKey("embed")
ADDRESS: web.RequestKey[str] = web.RequestKey("address")
