"""Every route, as a stranger and as each role: the table says all, and nothing else counts."""

import re

import pytest
from aiohttp import web

from meetings.model import Grant, Role, UnitId
from web.access.actors import Actor
from web.keys import POLICIES
from web.permissions import (
    BRIDGE,
    LINK,
    PUBLIC,
    ROLES,
    WHOLE,
    Access,
    Permission,
    holds,
    may,
    permissions_of,
    units_of,
)
from web.routes import Allow, Routes, add_routes, check_policies

# Written down a second time on purpose: who changes the table says so twice.
EXPECTED = {
    "signed-in": "admin hall leader secretary technician",
    "read-conferences": "admin hall leader secretary technician",
    "book": "admin secretary",
    "control": "admin secretary technician",
    "manage-resources": "admin secretary",
    "show-links": "admin secretary",
    "read-sheets": "admin hall leader secretary",
    "read-recordings": "admin leader secretary",
    "watch": "admin leader secretary technician",
    "read-sites": "admin leader secretary technician",
    "propose": "admin secretary technician",
    "manage-directory": "admin",
    "manage-devices": "admin technician",
    "read-board": "admin technician",
    "read-report": "admin leader",
    "read-metrics": "admin hall leader secretary technician",
    "read-bridges": "admin technician",
    "manage-bridges": "admin",
    "manage-people": "admin",
    "manage-chains": "admin",
    "displace": "admin leader",
    "read-audit": "admin",
    "admit": "admin",
    "manage-calendar": "admin",
    "manage-policies": "admin",
}

# Whoever holds the secret in the address, or the bridge's own: the handlers have their own tests.
OPEN = {
    "GET /healthz",
    "GET /readyz",
    "GET /sign-in",
    "POST /sign-in",
    "GET /static/{name}",
    "GET /welcome/{secret}",
    "POST /welcome/{secret}",
}


def table_of(app: web.Application) -> dict[tuple[str, str], Allow]:
    """Return method and path with what the policy asks for."""
    return {
        (route.method, route.resource.canonical): policy.allow
        for route, policy in app[POLICIES].items()
        if route.method != "HEAD" and route.resource
    }


def address(path: str) -> str:
    """Return an address of the template in which every part is a thing that does not exist."""
    return re.sub(r"\{[^}]*\}", "999999", path)


def test_table_of_roles_is_the_one_agreed_on():
    assert {
        permission.value: " ".join(sorted(roles)) for permission, roles in ROLES.items()
    } == EXPECTED


def test_every_permission_has_its_roles():
    assert set(ROLES) == set(Permission)


async def test_every_route_turns_strangers_away_unless_it_is_open(client_for, app):
    stranger = await client_for(None)

    for (method, path), allow in table_of(app).items():
        if isinstance(allow, Access):
            continue
        answer = await stranger.request(method, address(path), allow_redirects=False)
        await answer.read()
        if method == "GET" and answer.status == 303:
            assert answer.headers["Location"].startswith("/sign-in?next="), path
        else:
            assert answer.status == 401, (method, path)


async def test_every_route_answers_a_stranger_with_the_strict_headers(client_for, app):
    stranger = await client_for(None)

    for method, path in table_of(app):
        answer = await stranger.request(method, address(path), allow_redirects=False)
        await answer.read()
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["Referrer-Policy"] == "no-referrer", path
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'"), path
        assert "unsafe" not in answer.headers["Content-Security-Policy"], path
        assert "Server" not in answer.headers, path
        assert answer.status < 500 or path == "/readyz", (method, path)


@pytest.mark.parametrize("role", list(Role))
async def test_every_route_lets_each_role_do_what_the_table_says(client_for, app, role):
    client = await client_for(role)

    for (method, path), allow in table_of(app).items():
        if isinstance(allow, Access) or path == "/sign-out" or path.endswith("/stream"):
            continue
        answer = await client.request(method, address(path), allow_redirects=False)
        await answer.read()
        refused = answer.status == 403
        assert refused == (role not in ROLES[allow]), (method, path, answer.status)
        assert answer.status < 500, (method, path, await answer.text())


def test_only_these_routes_of_our_own_are_open(app):
    routes = {
        f"{method} {path}"
        for (method, path), allow in table_of(app).items()
        if isinstance(allow, Access) and not path.startswith(("/j/", "/bridges/", "/calendar/"))
    }

    assert routes == OPEN


def test_no_bridge_or_link_route_is_public_but_for_keys_and_phone_numbers(app):
    table = table_of(app)

    assert {
        path
        for (_, path), allow in table.items()
        if path.startswith("/bridges/{") and allow is not BRIDGE
    } == {
        "/bridges/{bridge}/keys/commands/{hash}.pem",
        "/bridges/{bridge}/keys/{hash}.pem",
        "/bridges/{bridge}/keys/jwks.json",
        "/bridges/{bridge}/phone/conference-mapper",
        "/bridges/{bridge}/phone/numbers",
    }
    assert {
        path for (_, path), allow in table.items() if path.startswith("/j/") and allow is not LINK
    } == set()


def test_a_route_without_a_policy_stops_the_start():
    async def forgotten(request):
        return web.Response()

    app = web.Application()
    app[POLICIES] = {}
    routes = Routes()
    routes.get("/known", allow=PUBLIC)(forgotten)
    add_routes(app, [routes])
    app.router.add_get("/forgotten", forgotten)

    with pytest.raises(LookupError) as caught:
        check_policies(app)

    assert str(caught.value) == ("routes without a policy: GET /forgotten, HEAD /forgotten")


def test_a_role_reaches_the_subtree_of_its_unit_and_nothing_else():
    grants = frozenset({Grant(role=Role.SECRETARY, unit=UnitId(2))})
    actor = Actor(name="person:1", label="", grants=grants)

    assert may(actor, Permission.BOOK, (UnitId(1), UnitId(2), UnitId(3)))
    assert may(actor, Permission.BOOK, (UnitId(1), UnitId(2)))
    assert not may(actor, Permission.BOOK, (UnitId(1), UnitId(4)))
    assert not may(actor, Permission.READ_REPORT, (UnitId(1), UnitId(2)))
    assert units_of(actor, Permission.BOOK) == {2}
    assert units_of(actor, Permission.READ_AUDIT) == frozenset()
    assert holds(actor, Permission.BOOK)
    assert not holds(actor, Permission.ADMIT)
    assert "book" in permissions_of(actor)
    assert permissions_of(None) == frozenset()


def test_what_belongs_to_all_is_kept_by_who_acts_over_the_whole_tree():
    grants = frozenset({Grant(role=Role.ADMIN, unit=UnitId(2))})
    part = Actor(name="person:1", label="", grants=grants)
    whole = Actor(name="person:2", label="", grants=grants, tops=frozenset({UnitId(2)}))

    assert [holds(part, one) for one in WHOLE] == [False] * len(WHOLE)
    assert [holds(whole, one) for one in WHOLE] == [True] * len(WHOLE)
    assert holds(part, Permission.READ_BRIDGES)
    assert "manage-calendar" not in permissions_of(part)
