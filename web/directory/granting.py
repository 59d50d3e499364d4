"""Roles of somebody who is there already, given and taken one by one, for pages and programs."""

from __future__ import annotations

from datetime import date

from aiohttp import web

from meetings.directory.finding import unit_by_code, units_by_ids
from meetings.errors import LastAdmin
from meetings.model import Person, PersonId, Role
from meetings.people.grants import grant, person_by_id, withdraw
from meetings.store import Connection
from meetings.store.enrolment import find_key, hold_people
from meetings.store.people import count_admins
from web.directory.people import find_person
from web.errors import NotOneself, RolesLed
from web.input.forms import Body
from web.input.words import UnitCode
from web.keys import SETTINGS
from web.ledgers.people import led_by
from web.permissions import Permission, require, require_over


class GrantBody(Body):
    """A role over the subtree of a unit."""

    role: Role
    unit: UnitCode


async def give(
    conn: Connection, request: web.Request, person: PersonId, body: GrantBody, *, on: date
) -> Person:
    """Give a role over a unit that who asks administers; one that is held already stays.

    Raises:
        PersonNotFound, Forbidden, RolesLed: as `find_changeable`.
        UnitNotFound: there is no such unit on that day.
    """
    found = await find_changeable(conn, request, person)
    unit = await unit_by_code(conn, body.unit, on)
    by = require_over(request, Permission.MANAGE_PEOPLE, unit.path).name
    await grant(conn, found.id, body.role, unit.id, by=by)
    return await person_by_id(conn, person)


async def take(conn: Connection, request: web.Request, person: PersonId, body: GrantBody) -> Person:
    """Take a role away, also over a unit that is no more; one that is not held is no error.

    Raises:
        PersonNotFound, Forbidden, RolesLed: as `find_changeable`.
        NotOneself: it is the asker's own right to administer.
        LastAdmin: nobody would be left who administers everything and can sign in.
    """
    found = await find_changeable(conn, request, person)
    units = await units_by_ids(conn, {one.unit for one in found.grants})
    asked = (body.role, body.unit)
    lost = [one for one in found.grants if (one.role, units[one.unit].code) == asked]
    actor = require(request)
    if lost and body.role is Role.ADMIN and person == actor.person:
        raise NotOneself
    admins = await count_admins(conn)
    for one in lost:
        await withdraw(conn, person, one.role, one.unit, by=actor.name)
    if admins and not await count_admins(conn):
        raise LastAdmin
    return await person_by_id(conn, person)


async def find_changeable(conn: Connection, request: web.Request, person: PersonId) -> Person:
    """Return the person as nobody else changes them until the transaction ends.

    Raises:
        PersonNotFound, Forbidden: as `find_person`.
        RolesLed: the directory service says what they may do.
    """
    await hold_people(conn)
    found = await find_person(conn, request, person)
    if await is_roles_led(conn, request, found):
        raise RolesLed
    return found


async def is_roles_led(conn: Connection, request: web.Request, person: Person) -> bool:
    """Tell whether the directory service says what somebody may do."""
    led = "roles" in led_by(request.config_dict[SETTINGS].ldap)
    return led and bool(await find_key(conn, person.login))
