"""The gate before every handler: who asks, may they, and did their own page ask for it."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from meetings.audit import LENT
from web.access.actors import Actor
from web.access.csrf import SAFE, bind_form, check_origin, check_token
from web.access.identity import identify
from web.access.subjects import judge_subject
from web.errors import Forbidden, NotSignedIn
from web.i18n import remember_language
from web.keys import ACTOR
from web.permissions import Access, Permission, holds
from web.routes import Policy, policy_of


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a request through to its handler only as the route's policy says."""
    policy = policy_of(request)
    if policy is None:
        return await handler(request)
    actor = await identify(request, policy)
    request[ACTOR] = actor
    LENT.set(actor.lent if actor else ())
    admit(actor, policy)
    if request.method not in SAFE:
        if actor is not None and isinstance(policy.allow, Permission):
            await judge_subject(request, actor, policy.allow)
        await check_change(request, actor, policy)
    answer = await handler(request)
    bind_form(request, answer)
    remember_language(request, answer)
    return answer


def admit(actor: Actor | None, policy: Policy) -> None:
    """Refuse who is not known, and who is known and may not.

    Raises:
        NotSignedIn: nobody is signed in.
        Forbidden: the role does not hold the permission over any unit.
    """
    if not isinstance(policy.allow, Permission):
        return
    if actor is None:
        raise NotSignedIn
    if not holds(actor, policy.allow):
        raise Forbidden(policy.allow.value)


async def check_change(request: web.Request, actor: Actor | None, policy: Policy) -> None:
    """Refuse a change that another site asks for in somebody's name.

    A bearer token and a bridge's secret are never sent by a browser on its own, so they prove
    the intention; a hall's link is itself the secret, so its forms need no token besides.  Where a
    form streams, its handler checks the token that comes first in it.
    """
    is_program = actor is not None and not actor.is_person
    if policy.allow is Access.BRIDGE or is_program or policy.only_asks:
        return
    check_origin(request)
    if policy.allow is not Access.LINK and not policy.streams:
        await check_token(request)
