"""People, alike for pages and programs: whom one manages, and the link by which they sign in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aiohttp import web

from meetings.directory import units_by_ids
from meetings.model import Person, PersonId
from meetings.people import person_by_id
from meetings.store import Connection
from meetings.store.enrolment import find_key
from web.accounts import make_one_time_link
from web.actors import Actor
from web.keys import PROVER, SETTINGS
from web.permissions import Permission, may, require_over


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


async def kept_of(conn: Connection, actor: Actor, people: Sequence[Person]) -> list[Person]:
    """Return those all of whose roles the actor manages."""
    owns = {one.id: {one.unit_id, *(each.unit for each in one.grants)} for one in people}
    units = await units_by_ids(conn, {unit for units in owns.values() for unit in units})
    kept = {one.id for one in units.values() if may(actor, Permission.MANAGE_PEOPLE, one.path)}
    return [one for one in people if owns[one.id] <= kept]


async def is_led(conn: Connection, request: web.Request, person: Person) -> bool:
    """Tell whether somebody signs in with the password of the directory service."""
    return request.config_dict[PROVER] is not None and bool(await find_key(conn, person.login))


async def link_for(
    conn: Connection, request: web.Request, person: Person, *, by: str, now: datetime
) -> str:
    """Return the address by which somebody chooses a password; older ones are good no more."""
    secret = await make_one_time_link(conn, person.id, by=by, now=now)
    return f"{request.config_dict[SETTINGS].base_url}/welcome/{secret}"
