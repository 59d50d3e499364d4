"""One table: which role may do what; a role always acts over one subtree of units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from aiohttp import web

from meetings.model import Role, UnitId
from web.access.actors import Actor
from web.errors import Forbidden, NotSignedIn
from web.keys import ACTOR


class Permission(StrEnum):
    """What a route asks for."""

    SIGNED_IN = "signed-in"
    READ_CONFERENCES = "read-conferences"
    BOOK = "book"
    CONTROL = "control"
    MANAGE_RESOURCES = "manage-resources"
    SHOW_LINKS = "show-links"
    READ_SHEETS = "read-sheets"
    READ_RECORDINGS = "read-recordings"
    WATCH = "watch"
    READ_SITES = "read-sites"
    PROPOSE = "propose"
    MANAGE_DIRECTORY = "manage-directory"
    MANAGE_DEVICES = "manage-devices"
    READ_BOARD = "read-board"
    READ_REPORT = "read-report"
    READ_METRICS = "read-metrics"
    READ_BRIDGES = "read-bridges"
    MANAGE_BRIDGES = "manage-bridges"
    MANAGE_PEOPLE = "manage-people"
    MANAGE_CHAINS = "manage-chains"
    DISPLACE = "displace"
    READ_AUDIT = "read-audit"
    ADMIT = "admit"
    MANAGE_CALENDAR = "manage-calendar"
    MANAGE_POLICIES = "manage-policies"


class Access(StrEnum):
    """How a route is open to those who are not signed in."""

    PUBLIC = "public"
    LINK = "link"
    BRIDGE = "bridge"


PUBLIC = Access.PUBLIC
"""Anybody."""
LINK = Access.LINK
"""Whoever holds the secret in the address; the handler checks it."""
BRIDGE = Access.BRIDGE
"""A bridge with its bearer secret; the handler checks it."""

EVERYBODY = frozenset(Role)
STAFF = frozenset({Role.SECRETARY, Role.TECHNICIAN, Role.LEADER, Role.ADMIN})

ROLES: Mapping[Permission, frozenset[Role]] = MappingProxyType(
    {
        Permission.SIGNED_IN: EVERYBODY,
        Permission.READ_CONFERENCES: EVERYBODY,
        Permission.BOOK: frozenset({Role.SECRETARY, Role.ADMIN}),
        Permission.CONTROL: frozenset({Role.SECRETARY, Role.TECHNICIAN, Role.ADMIN}),
        Permission.MANAGE_RESOURCES: frozenset({Role.SECRETARY, Role.ADMIN}),
        Permission.SHOW_LINKS: frozenset({Role.SECRETARY, Role.ADMIN}),
        Permission.READ_SHEETS: frozenset({Role.SECRETARY, Role.LEADER, Role.HALL, Role.ADMIN}),
        Permission.READ_RECORDINGS: frozenset({Role.SECRETARY, Role.LEADER, Role.ADMIN}),
        Permission.WATCH: STAFF,
        Permission.READ_SITES: STAFF,
        Permission.PROPOSE: frozenset({Role.SECRETARY, Role.TECHNICIAN, Role.ADMIN}),
        Permission.MANAGE_DIRECTORY: frozenset({Role.ADMIN}),
        Permission.MANAGE_DEVICES: frozenset({Role.TECHNICIAN, Role.ADMIN}),
        Permission.READ_BOARD: frozenset({Role.TECHNICIAN, Role.ADMIN}),
        Permission.READ_REPORT: frozenset({Role.LEADER, Role.ADMIN}),
        Permission.READ_METRICS: EVERYBODY,
        Permission.READ_BRIDGES: frozenset({Role.TECHNICIAN, Role.ADMIN}),
        Permission.MANAGE_BRIDGES: frozenset({Role.ADMIN}),
        Permission.MANAGE_PEOPLE: frozenset({Role.ADMIN}),
        Permission.MANAGE_CHAINS: frozenset({Role.ADMIN}),
        Permission.DISPLACE: frozenset({Role.LEADER, Role.ADMIN}),
        Permission.READ_AUDIT: frozenset({Role.ADMIN}),
        Permission.ADMIT: frozenset({Role.ADMIN}),
        Permission.MANAGE_CALENDAR: frozenset({Role.ADMIN}),
        Permission.MANAGE_POLICIES: frozenset({Role.ADMIN}),
    }
)


WHOLE = frozenset({Permission.MANAGE_BRIDGES, Permission.MANAGE_CALENDAR})
"""What belongs to everybody, so that only who acts over the whole tree may change it."""


def holds(actor: Actor, permission: Permission) -> bool:
    """Tell whether the actor has the permission over any unit at all, or over all where it must."""
    units = units_of(actor, permission)
    return bool(units & actor.tops if permission in WHOLE else units)


def units_of(actor: Actor, permission: Permission) -> frozenset[UnitId]:
    """Return the units over whose subtrees the actor has the permission."""
    return frozenset(grant.unit for grant in actor.grants if grant.role in ROLES[permission])


def may(actor: Actor, permission: Permission, unit_path: Iterable[UnitId]) -> bool:
    """Tell whether the actor has the permission over the unit at the end of the path."""
    return not units_of(actor, permission).isdisjoint(unit_path)


def permissions_of(actor: Actor | None) -> frozenset[str]:
    """Return every permission held anywhere, for pages that hide what would be refused."""
    if actor is None:
        return frozenset()
    return frozenset(permission.value for permission in Permission if holds(actor, permission))


def require(request: web.Request) -> Actor:
    """Return who asks; the route's permission was checked before the handler ran.

    Raises:
        NotSignedIn: the route is public and nobody is signed in.
    """
    actor = request.get(ACTOR)
    if not isinstance(actor, Actor):
        raise NotSignedIn
    return actor


def require_over(
    request: web.Request, permission: Permission, unit_path: Iterable[UnitId]
) -> Actor:
    """Return who asks, if the permission reaches the unit at the end of the path.

    Raises:
        Forbidden: the actor acts over other units.
    """
    actor = require(request)
    if not may(actor, permission, unit_path):
        raise Forbidden(permission.value)
    return actor
