"""Who asks: a program by its bearer token, a person by a session, or a stranger."""

from __future__ import annotations

from contextlib import suppress

from aiohttp import web

from web.access.actors import Actor
from web.access.sessions import digest, resume_session, session_secret
from web.errors import DatabaseDown, NotSignedIn
from web.keys import CLOCK
from web.permissions import Access
from web.routes import Policy
from web.store.tokens import find_token
from web.transactions import connection

BEARER = "Bearer "


async def identify(request: web.Request, policy: Policy) -> Actor | None:
    """Return who asks, as far as the route wants to know.

    Links and bridges prove themselves by other secrets, so their routes do not touch the store;
    a public page is shown to a stranger while the store is away.
    """
    if policy.allow in {Access.LINK, Access.BRIDGE}:
        return None
    if policy.allow is Access.PUBLIC:
        with suppress(DatabaseDown, NotSignedIn):
            return await find_actor(request)
        return None
    return await find_actor(request)


async def find_actor(request: web.Request) -> Actor | None:
    """Return the program or the person.

    Raises:
        NotSignedIn: a token was given that is not good (any more).
    """
    header = request.headers.get("Authorization", "")
    if header:
        return await find_program(request, header)
    return await find_person(request)


async def find_program(request: web.Request, header: str) -> Actor:
    """Return the program whose bearer token this is."""
    if not header.startswith(BEARER):
        raise NotSignedIn
    now = request.config_dict[CLOCK]()
    async with connection(request) as conn:
        token = await find_token(conn, digest(header.removeprefix(BEARER).strip()), now)
    if token is None:
        raise NotSignedIn
    name = f"token:{token.name}"
    return Actor(name=name, label=token.name, grants=token.grants, tops=token.tops)


async def find_person(request: web.Request) -> Actor | None:
    """Return the person whose session the browser carries."""
    secret = session_secret(request)
    if not secret:
        return None
    now = request.config_dict[CLOCK]()
    async with connection(request) as conn:
        return await resume_session(conn, secret, now)
