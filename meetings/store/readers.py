"""Who gets a letter: owners, the secretaries of a host, those whose answer is waited for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import asyncpg

from meetings.model import PersonId, Role, UnitId
from meetings.store import Connection

LIST_PEOPLE_READERS = """
    SELECT id, email, locale FROM people
     WHERE id = ANY ($1::bigint[]) AND active AND email <> ''
     ORDER BY id
"""
# Those of the nearest unit on the way up that has anybody to tell.
LIST_NEAREST_READERS = """
    WITH reach AS (
        SELECT p.id, p.email, p.locale, array_position(h.path, g.unit_id) AS depth
          FROM units h
          JOIN grants g ON g.unit_id = ANY (h.path) AND g.role = $2
          JOIN people p ON p.id = g.person_id AND p.active AND p.email <> ''
         WHERE h.id = $1)
    SELECT id, email, locale FROM reach
     WHERE depth = (SELECT max(depth) FROM reach)
     ORDER BY id
"""
LIST_HOLDERS = """
    SELECT id, email, locale FROM people p
     WHERE active AND email <> '' AND EXISTS (
           SELECT FROM grants g
            WHERE g.person_id = p.id AND g.role = $2 AND g.unit_id = ANY ($1::bigint[]))
     ORDER BY id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Somebody with an address, and the language they read."""

    person: PersonId
    email: str
    locale: str


def _addressee_from_row(row: asyncpg.Record) -> Addressee:
    return Addressee(person=row["id"], email=row["email"], locale=row["locale"])


async def list_people_readers(conn: Connection, people: Collection[PersonId]) -> list[Addressee]:
    """Return those of these people who can be written to."""
    return [_addressee_from_row(row) for row in await conn.fetch(LIST_PEOPLE_READERS, list(people))]


async def list_nearest_readers(conn: Connection, unit: UnitId, role: Role) -> list[Addressee]:
    """Return who holds the role over the unit, of the nearest unit above that has somebody."""
    rows = await conn.fetch(LIST_NEAREST_READERS, unit, role.value)
    return [_addressee_from_row(row) for row in rows]


async def list_holders(conn: Connection, units: Collection[UnitId], role: Role) -> list[Addressee]:
    """Return everybody who holds the role over one of these units."""
    rows = await conn.fetch(LIST_HOLDERS, list(units), role.value)
    return [_addressee_from_row(row) for row in rows]
