"""People with their grants."""

from __future__ import annotations

from collections.abc import Collection

import asyncpg

from meetings.errors import LoginTaken, PersonNotFound
from meetings.model import Grant, Person, PersonId, Role, UnitId
from meetings.names import sort_key
from meetings.store import Connection

# What `person_from_row` reads of a person `p`.
PERSON = """p.id, p.login, p.name, p.unit_id, p.email, p.locale, p.active,
           ARRAY(SELECT g.role FROM grants g WHERE g.person_id = p.id
                  ORDER BY g.role, g.unit_id) AS roles,
           ARRAY(SELECT g.unit_id FROM grants g WHERE g.person_id = p.id
                  ORDER BY g.role, g.unit_id) AS granted"""
LIST_PEOPLE_BY_IDS = f"""
    SELECT {PERSON}
      FROM people p
     WHERE p.id = ANY ($1::bigint[])
"""  # noqa: S608 - no value is spliced
FIND_PERSON_BY_LOGIN = f"""
    SELECT {PERSON}
      FROM people p
     WHERE p.login = $1
"""  # noqa: S608 - no value is spliced
LIST_PEOPLE = f"""
    SELECT {PERSON}
      FROM people p
      JOIN units u ON u.id = p.unit_id
     WHERE ($1::bigint[] IS NULL OR u.path && $1)
       AND ($2::bigint IS NULL OR (p.name_key, p.id) >
            (SELECT a.name_key, a.id FROM people a WHERE a.id = $2))
       AND position($3 IN translate(lower(regexp_replace(
           normalize(p.name, NFKD), '[\u0300-\u036f]', '', 'g')), 'Đđ', 'dd')
           || ' ' || p.login) > 0
       AND (p.active OR NOT $5)
       AND ($6::text[] IS NULL
            OR EXISTS (SELECT FROM grants g
                        WHERE g.person_id = p.id AND g.role = ANY ($6) AND g.unit_id = ANY ($8)))
       AND (NOT $7 OR p.active AND p.password_hash IS NULL AND p.directory_key IS NULL)
     ORDER BY p.name_key, p.id
     LIMIT $4
"""  # noqa: S608 - no value is spliced
COUNT_ACTIVE = """
    SELECT count(*) FROM people p JOIN units u ON u.id = p.unit_id
     WHERE p.active AND u.path && $1::bigint[]
"""
INSERT_PERSON = """
    INSERT INTO people (login, name, name_key, email, unit_id, locale, demo)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (login) DO NOTHING
    RETURNING id
"""
INSERT_GRANT = """
    INSERT INTO grants (person_id, role, unit_id) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING
    RETURNING TRUE
"""
DELETE_GRANT = """
    DELETE FROM grants WHERE person_id = $1 AND role = $2 AND unit_id = $3 RETURNING TRUE
"""
SAVE_PERSON = """
    UPDATE people
       SET login = $2, name = $3, name_key = $4, email = $5, unit_id = $6, locale = $7
     WHERE id = $1
"""
# Whoever may sign in and administers a unit that nothing stands above.
COUNT_ADMINS = """
    SELECT count(*) FROM people p
     WHERE p.active AND (p.password_hash IS NOT NULL OR p.directory_key IS NOT NULL) AND EXISTS (
           SELECT FROM grants g JOIN units u ON u.id = g.unit_id
            WHERE g.person_id = p.id AND g.role = 'admin' AND u.parent_id IS NULL)
"""
# Whoever may sign in as soon as they choose a password.
LIST_WAITING = """
    SELECT p.id FROM people p JOIN units u ON u.id = p.unit_id
     WHERE p.active AND p.password_hash IS NULL AND p.directory_key IS NULL
       AND u.path && $1::bigint[]
"""
SAVE_ACTIVE = """
    UPDATE people SET active = $2 WHERE id = $1
"""
SAVE_HASH = """
    UPDATE people SET password_hash = $2 WHERE id = $1
"""
SAVE_NEXT_FEED = """
    UPDATE people SET feed_generation = feed_generation + 1 WHERE id = $1
    RETURNING feed_generation
"""
GET_FEED_GENERATION = """
    SELECT feed_generation FROM people WHERE id = $1 AND active
"""


def person_from_row(row: asyncpg.Record) -> Person:
    """Return the person of a row that has the columns of `PERSON`."""
    pairs = zip(row["roles"], row["granted"], strict=True)
    return Person(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        unit_id=row["unit_id"],
        email=row["email"],
        locale=row["locale"],
        active=row["active"],
        grants=frozenset(Grant(role=Role(role), unit=unit) for role, unit in pairs),
    )


async def get_person(conn: Connection, person: PersonId) -> Person:
    """Return the person, or raise PersonNotFound."""
    found = await list_people_by_ids(conn, [person])
    if not found:
        raise PersonNotFound(person)
    return found[0]


async def list_people_by_ids(conn: Connection, people: Collection[PersonId]) -> list[Person]:
    """Return the people of these ids, active or not."""
    rows = await conn.fetch(LIST_PEOPLE_BY_IDS, list(people))
    return [person_from_row(row) for row in rows]


async def find_person_by_login(conn: Connection, login: str) -> Person | None:
    """Return the person whose login is exactly that."""
    row = await conn.fetchrow(FIND_PERSON_BY_LOGIN, login)
    return None if row is None else person_from_row(row)


async def list_people(
    conn: Connection,
    *,
    units: Collection[UnitId] | None,
    folded: str,
    active: bool,
    roles: Collection[Role] | None,
    over: Collection[UnitId],
    after: PersonId | None,
    limit: int,
    waiting: bool,
) -> list[Person]:
    """Return the people of these subtrees in Vietnamese order of their names."""
    wanted = None if units is None else list(units)
    held = None if roles is None else [one.value for one in roles]
    rows = await conn.fetch(
        LIST_PEOPLE, wanted, after, folded, limit, active, held, waiting, list(over)
    )
    return [person_from_row(row) for row in rows]


async def count_active(conn: Connection, units: Collection[UnitId]) -> int:
    """Return how many people of these subtrees may sign in."""
    return int(await conn.fetchval(COUNT_ACTIVE, list(units)))


async def insert_person(
    conn: Connection,
    *,
    login: str,
    name: str,
    unit: UnitId,
    email: str,
    locale: str,
    demo: bool,
) -> PersonId:
    """Write a person without password and grants, or raise LoginTaken."""
    person: PersonId | None = await conn.fetchval(
        INSERT_PERSON, login, name, given_name_first(name), email, unit, locale, demo
    )
    if person is None:
        raise LoginTaken(login)
    return person


def given_name_first(name: str) -> str:
    """Return the sort key of a person's name: lists go by the given name, which stands last."""
    words = name.split()
    return sort_key(" ".join(words[-1:] + words[:-1]))


async def insert_grant(conn: Connection, person: PersonId, grant: Grant) -> bool:
    """Write the grant; tell whether it is new."""
    return bool(await conn.fetchval(INSERT_GRANT, person, grant.role.value, grant.unit))


async def delete_grant(conn: Connection, person: PersonId, grant: Grant) -> bool:
    """Remove the grant; tell whether it was there."""
    return bool(await conn.fetchval(DELETE_GRANT, person, grant.role.value, grant.unit))


async def save_person(conn: Connection, person: Person) -> None:
    """Write login, name, address, unit and language."""
    key = given_name_first(person.name)
    told = (person.login, person.name, key, person.email, person.unit_id, person.locale)
    await conn.execute(SAVE_PERSON, person.id, *told)


async def count_admins(conn: Connection) -> int:
    """Return how many people can sign in who administer everything."""
    return int(await conn.fetchval(COUNT_ADMINS))


async def list_waiting(conn: Connection, units: Collection[UnitId]) -> frozenset[PersonId]:
    """Return those of these subtrees who may sign in and have not chosen a password yet."""
    return frozenset(row["id"] for row in await conn.fetch(LIST_WAITING, list(units)))


async def save_active(conn: Connection, person: PersonId, *, active: bool) -> None:
    """Write whether the person may sign in."""
    await conn.execute(SAVE_ACTIVE, person, active)


async def save_password_hash(conn: Connection, person: PersonId, password_hash: str) -> None:
    """Write the hash of the password."""
    await conn.execute(SAVE_HASH, person, password_hash)


async def save_next_feed(conn: Connection, person: PersonId) -> int:
    """Raise the generation of the person's feed address and return it."""
    generation: int = await conn.fetchval(SAVE_NEXT_FEED, person)
    return generation


async def find_feed_generation(conn: Connection, person: PersonId) -> int | None:
    """Return the generation of an active person's feed address."""
    generation: int | None = await conn.fetchval(GET_FEED_GENERATION, person)
    return generation
