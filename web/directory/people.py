"""People, alike for pages and programs: whom one manages, and the link by which they sign in."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

from aiohttp import web

from meetings.directory.finding import units_by_ids
from meetings.errors import LastAdmin
from meetings.model import Person, PersonId, UnitId
from meetings.people.grants import disallow, person_by_id
from meetings.store import Connection
from meetings.store.deputies import list_lent_units
from meetings.store.enrolment import find_key, hold_people
from meetings.store.people import count_admins
from web.access.accounts import make_one_time_link
from web.access.actors import Actor
from web.keys import PROVER, SETTINGS
from web.permissions import Permission, may, require_over
from web.store.sessions import delete_sessions_of


async def find_person(conn: Connection, request: web.Request, person: PersonId) -> Person:
    """Return the person, if who asks manages all that they may do.

    Raises:
        PersonNotFound: there is none of that id.
        Forbidden: the person, or a role of theirs, is outside the asker's subtrees.
    """
    found = await person_by_id(conn, person)
    units = await units_by_ids(conn, {found.unit_id, *(one.unit for one in found.grants)})
    for unit in units.values():
        require_over(request, Permission.MANAGE_PEOPLE, unit.path)
    return found


async def find_invited(
    conn: Connection, request: web.Request, person: PersonId, *, on: date
) -> Person:
    """Return the person, if who asks manages all that they may do, lent roles too.

    Whoever has the link signs in as that person, and acts by all of it.  Nobody gives or lends
    them more until the transaction ends.

    Raises:
        PersonNotFound, Forbidden: as `find_person`.
    """
    await hold_people(conn)
    found = await find_person(conn, request, person)
    lent = (await list_lent_units(conn, [person], on)).get(person, set())
    for unit in (await units_by_ids(conn, lent)).values():
        require_over(request, Permission.MANAGE_PEOPLE, unit.path)
    return found


async def managed_of(
    conn: Connection,
    actor: Actor,
    people: Sequence[Person],
    lent: Mapping[PersonId, Collection[UnitId]] = MappingProxyType({}),
) -> list[Person]:
    """Return those whom `find_person` finds, all of whose roles the actor manages; `lent` too."""
    owns = {
        one.id: {one.unit_id, *(each.unit for each in one.grants), *lent.get(one.id, ())}
        for one in people
    }
    units = await units_by_ids(conn, {unit for units in owns.values() for unit in units})
    kept = {one.id for one in units.values() if may(actor, Permission.MANAGE_PEOPLE, one.path)}
    return [one for one in people if owns[one.id] <= kept]


async def invited_of(
    conn: Connection, actor: Actor, people: Sequence[Person], *, on: date
) -> list[Person]:
    """Return those whom `find_invited` finds: the actor manages what is lent to them too."""
    lent = await list_lent_units(conn, [one.id for one in people], on)
    return await managed_of(conn, actor, people, lent)


async def lock_out(conn: Connection, person: PersonId, *, by: str) -> None:
    """Sign somebody out everywhere and let them in no more; nobody else changes people meanwhile.

    Raises:
        LastAdmin: nobody would be left who administers everything and can sign in.
    """
    await hold_people(conn)
    admins = await count_admins(conn)
    await disallow(conn, person, by=by)
    await delete_sessions_of(conn, person)
    if admins and not await count_admins(conn):
        raise LastAdmin


async def is_led(conn: Connection, request: web.Request, person: Person) -> bool:
    """Tell whether somebody signs in with the password of the directory service."""
    return request.config_dict[PROVER] is not None and bool(await find_key(conn, person.login))


async def link_for(
    conn: Connection, request: web.Request, person: Person, *, by: str, now: datetime
) -> str:
    """Return the address by which somebody chooses a password; older ones are good no more."""
    secret = await make_one_time_link(conn, person.id, by=by, now=now)
    return f"{request.config_dict[SETTINGS].base_url}/welcome/{secret}"
