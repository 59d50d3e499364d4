"""Sessions of browsers: a random secret in a cookie, its digest and times in the store."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from aiohttp import web

from meetings.model import PersonId
from meetings.office.workdays import local_day
from meetings.store import Connection
from web.access.actors import Actor
from web.keys import SETTINGS
from web.store import sessions as store

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=10)
MOST_PER_PERSON = 5
TOUCH_AFTER = timedelta(minutes=1)
SECRET_BYTES = 32


def new_secret() -> str:
    """Return 256 random bits, to be put in a cookie or an address."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(secret: str) -> bytes:
    """Return what the store keeps of a secret; random secrets need no slow hash."""
    return hashlib.sha256(secret.encode(errors="replace")).digest()


def is_https(request: web.Request) -> bool:
    """Tell whether people reach us by https, as the settings say; requests cannot change it."""
    return request.config_dict[SETTINGS].base_url.startswith("https:")


def cookie_name(request: web.Request, name: str) -> str:
    """Return the cookie's name: on https bound to this host by the browser itself."""
    return f"__Host-{name}" if is_https(request) else name


def set_cookie(request: web.Request, answer: web.StreamResponse, name: str, value: str) -> None:
    """Give the browser a cookie that scripts and other sites do not see."""
    answer.set_cookie(
        cookie_name(request, name),
        value,
        path="/",
        secure=is_https(request),
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(request: web.Request, answer: web.StreamResponse, name: str) -> None:
    """Take a cookie back."""
    answer.del_cookie(cookie_name(request, name), path="/", secure=is_https(request))


def session_secret(request: web.Request) -> str:
    """Return the browser's session secret, or ""."""
    return request.cookies.get(cookie_name(request, "sid"), "")


async def begin_session(conn: Connection, person: PersonId, now: datetime) -> str:
    """Open a session and return its secret; the person's sixth closes the oldest."""
    secret = new_secret()
    await store.insert_session(
        conn,
        digest(secret),
        person,
        now=now,
        expires_at=now + LONGEST,
        most=MOST_PER_PERSON,
    )
    return secret


async def resume_session(conn: Connection, secret: str, now: datetime) -> Actor | None:
    """Return who holds the session; using it keeps it from falling asleep."""
    secret_hash = digest(secret)
    signed = await store.find_session(
        conn, secret_hash, now=now, idle_since=now - IDLE, day=local_day(now)
    )
    if signed is None:
        return None
    if signed.seen_at < now - TOUCH_AFTER:
        await store.touch_session(conn, secret_hash, now)
    return Actor(
        name=f"person:{signed.person}",
        label=signed.name,
        grants=signed.grants,
        tops=signed.tops,
        lent=signed.lent,
        person=signed.person,
        locale=signed.locale,
        session=secret_hash,
    )
