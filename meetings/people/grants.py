"""People and what they may do: a role over the subtree of a unit."""

from __future__ import annotations

from collections.abc import Collection

from meetings.audit import record
from meetings.model import Grant, Person, PersonId, Role, UnitId
from meetings.names import fold
from meetings.store import Connection
from meetings.store import people as store

__all__ = [
    "add_person",
    "allow",
    "amend_person",
    "disallow",
    "grant",
    "list_people",
    "people_by_ids",
    "person_by_id",
    "person_by_login",
    "renew_feed",
    "set_password_hash",
    "withdraw",
]


async def person_by_id(conn: Connection, person: PersonId) -> Person:
    """Return the person, active or not, or raise PersonNotFound."""
    return await store.get_person(conn, person)


async def people_by_ids(conn: Connection, people: Collection[PersonId]) -> dict[PersonId, Person]:
    """Return the people of these ids, active or not; unknown ids are left out."""
    if not people:
        return {}
    return {one.id: one for one in await store.list_people_by_ids(conn, people)}


async def person_by_login(conn: Connection, login: str) -> Person | None:
    """Return the person of that login, active or not; case does not matter."""
    return await store.find_person_by_login(conn, login.strip().lower())


async def list_people(
    conn: Connection,
    *,
    units: Collection[UnitId] | None = None,
    q: str = "",
    active: bool = False,
    roles: Collection[Role] | None = None,
    over: Collection[UnitId] = (),
    after: PersonId | None = None,
    limit: int = 200,
    waiting: bool = False,
) -> list[Person]:
    """Return the people of these subtrees (None: of all) in Vietnamese order of their names.

    `q` is found in names and login names; diacritics do not matter.  `active` are only those who
    may sign in, `roles` those who hold one of them over one of the units `over`, `waiting` those
    who may sign in and have not chosen a password yet.
    """
    return await store.list_people(
        conn,
        units=units,
        folded=fold(q),
        active=active,
        roles=roles,
        over=over,
        after=after,
        limit=limit,
        waiting=waiting,
    )


async def add_person(
    conn: Connection,
    *,
    login: str,
    name: str,
    unit: UnitId,
    by: str,
    email: str = "",
    locale: str = "vi",
    grants: Collection[Grant] = (),
    demo: bool = False,
) -> Person:
    """Add somebody, who cannot sign in before a password is set.

    Raises:
        LoginTaken: somebody has that login already.
    """
    person = await store.insert_person(
        conn,
        login=login.strip().lower(),
        name=name,
        unit=unit,
        email=email,
        locale=locale,
        demo=demo,
    )
    for given in grants:
        await store.insert_grant(conn, person, given)
    roles = sorted(f"{given.role.value}/{given.unit}" for given in grants)
    await _tell(conn, person, unit, action="person.add", by=by, login=login, grants=roles)
    return await store.get_person(conn, person)


async def amend_person(
    conn: Connection, before: Person, after: Person, *, by: str, also: Collection[str] = ()
) -> None:
    """Write what is different about a person, each kind of change under its own name.

    `also` names what else was changed about them.
    """
    own = ("login", "name", "email", "unit_id", "locale")
    told = {name for name in own if getattr(before, name) != getattr(after, name)} | set(also)
    if told:
        await store.save_person(conn, after)
        unit = after.unit_id
        await _tell(conn, after.id, unit, action="person.change", by=by, fields=sorted(told))
    for given in in_order(before.grants - after.grants):
        await withdraw(conn, after.id, given.role, given.unit, by=by)
    for given in in_order(after.grants - before.grants):
        await grant(conn, after.id, given.role, given.unit, by=by)
    if before.active != after.active:
        await (allow if after.active else disallow)(conn, after.id, by=by)


def in_order(grants: Collection[Grant]) -> list[Grant]:
    """Return grants by role, then by unit."""
    return sorted(grants, key=lambda one: (one.role, one.unit))


async def grant(conn: Connection, person: PersonId, role: Role, unit: UnitId, *, by: str) -> None:
    """Give a role over a unit's subtree; giving it twice changes nothing."""
    if await store.insert_grant(conn, person, Grant(role=role, unit=unit)):
        await _tell(conn, person, unit, action="person.grant", by=by, role=role.value)


async def withdraw(
    conn: Connection, person: PersonId, role: Role, unit: UnitId, *, by: str
) -> None:
    """Take a role over a unit's subtree away; taking it twice changes nothing."""
    if await store.delete_grant(conn, person, Grant(role=role, unit=unit)):
        await _tell(conn, person, unit, action="person.withdraw", by=by, role=role.value)


async def disallow(conn: Connection, person: PersonId, *, by: str) -> None:
    """Keep somebody from signing in from now on; what they did stays theirs."""
    before = await store.get_person(conn, person)
    if before.active:
        await store.save_active(conn, person, active=False)
        await _tell(conn, person, before.unit_id, action="person.disallow", by=by)


async def allow(conn: Connection, person: PersonId, *, by: str) -> None:
    """Let somebody sign in again."""
    before = await store.get_person(conn, person)
    if not before.active:
        await store.save_active(conn, person, active=True)
        await _tell(conn, person, before.unit_id, action="person.allow", by=by)


async def set_password_hash(
    conn: Connection, person: PersonId, password_hash: str, *, by: str
) -> None:
    """Replace the password; the hash is argon2id and appears in no log and no audit row."""
    before = await store.get_person(conn, person)
    await store.save_password_hash(conn, person, password_hash)
    await _tell(conn, person, before.unit_id, action="person.password", by=by)


async def renew_feed(conn: Connection, person: PersonId, *, by: str) -> int:
    """Make the address of the person's calendar feed invalid; return the new generation."""
    before = await store.get_person(conn, person)
    generation = await store.save_next_feed(conn, person)
    await _tell(conn, person, before.unit_id, action="person.renew-feed", by=by)
    return generation


async def _tell(
    conn: Connection, person: PersonId, unit: UnitId, *, action: str, by: str, **detail: object
) -> None:
    await record(
        conn, actor=by, action=action, subject=f"person:{person}", unit=unit, detail=detail
    )
