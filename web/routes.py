"""Routes that cannot be registered without saying who may use them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from aiohttp import web

from web.keys import POLICIES
from web.permissions import Access, Permission

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Decorator = Callable[[Handler], Handler]
Allow = Permission | Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Who may use a route; `embed` lets its page hold a bridge, a camera and a microphone.

    The handler of a route that `streams` reads the form itself and checks its token.  A form that
    `only_asks` changes nothing of anybody's, so that no page of ours has to have sent it.
    """

    allow: Allow
    embed: bool = False
    streams: bool = False
    only_asks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One line of the table of routes."""

    method: str
    path: str
    handler: Handler
    policy: Policy


class Routes:
    """A module's own routes; the program adds them all to one application."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self.definitions: list[Definition] = []

    def get(self, path: str, *, allow: Allow, embed: bool = False) -> Decorator:
        """Register a reading handler; HEAD is answered too."""
        return self.route("GET", path, allow=allow, embed=embed)

    def post(self, path: str, *, allow: Allow, embed: bool = False) -> Decorator:
        """Register a changing handler."""
        return self.route("POST", path, allow=allow, embed=embed)

    def delete(self, path: str, *, allow: Allow) -> Decorator:
        """Register a handler that takes away."""
        return self.route("DELETE", path, allow=allow)

    def route(
        self,
        method: str,
        path: str,
        *,
        allow: Allow,
        embed: bool = False,
        streams: bool = False,
        only_asks: bool = False,
    ) -> Decorator:
        """Register a handler for any method."""

        def register(handler: Handler) -> Handler:
            policy = Policy(allow=allow, embed=embed, streams=streams, only_asks=only_asks)
            self.definitions.append(
                Definition(method=method, path=self.prefix + path, handler=handler, policy=policy)
            )
            return handler

        return register


def add_routes(app: web.Application, tables: Iterable[Routes]) -> None:
    """Put every table's routes and their policies into the application."""
    for table in tables:
        for definition in table.definitions:
            add_route(app, definition)


def add_route(app: web.Application, definition: Definition) -> None:
    """Put one route into the application; a GET answers HEAD as well."""
    methods = ("GET", "HEAD") if definition.method == "GET" else (definition.method,)
    for method in methods:
        route = app.router.add_route(method, definition.path, definition.handler)
        app[POLICIES][route] = definition.policy


def check_policies(app: web.Application, *, public_prefixes: Iterable[str] = ()) -> None:
    """Refuse to start with a route nobody thought about.

    Raises:
        LookupError: with every route that has no policy and no public prefix.
    """
    prefixes = tuple(public_prefixes)
    forgotten = [
        f"{route.method} {route.resource.canonical}"
        for route in app.router.routes()
        if route not in app[POLICIES]
        and route.resource is not None
        and not route.resource.canonical.startswith(prefixes or ("\0",))
    ]
    if forgotten:
        raise LookupError(f"routes without a policy: {', '.join(sorted(forgotten))}")


def policy_of(request: web.Request) -> Policy | None:
    """Return the policy of the route that answers, or None where there is no such route."""
    return program_of(request)[POLICIES].get(request.match_info.route)


def program_of(request: web.Request) -> web.Application:
    """Return the whole program, also where a part of it answers that was added to it."""
    return request.match_info.apps[0]
