"""People as a directory service knows them: with the key that binds them to an entry."""

from __future__ import annotations

from meetings.model import PersonId
from meetings.people.plan import Known
from meetings.store import Connection
from meetings.store.people import PERSON, person_from_row

LOCK_PEOPLE = """
    SELECT id FROM people ORDER BY id FOR UPDATE
"""
# Weaker: sessions are begun meanwhile, and roles could be given by who locks nothing.
HOLD_PEOPLE = """
    SELECT id FROM people ORDER BY id FOR NO KEY UPDATE
"""
LIST_KNOWN = f"""
    SELECT {PERSON}, p.directory_key
      FROM people p
     ORDER BY p.id
"""  # noqa: S608 - no value is spliced
BIND_PERSON = """
    UPDATE people SET directory_key = $2, password_hash = NULL WHERE id = $1
"""
FIND_KEY = """
    SELECT directory_key FROM people WHERE login = $1 AND active
"""


async def lock_known(conn: Connection) -> list[Known]:
    """Return everybody, active or not; nobody changes them until the transaction ends.

    The lock is a statement of its own: one that waited still sees the roles as they were before.
    """
    await conn.execute(LOCK_PEOPLE)
    return await list_known(conn)


async def hold_people(conn: Connection) -> None:
    """Let nobody else change people until the transaction ends; they sign in meanwhile."""
    await conn.execute(HOLD_PEOPLE)


async def hold_known(conn: Connection) -> list[Known]:
    """Return everybody as `lock_known` does, and let people sign in meanwhile."""
    await hold_people(conn)
    return await list_known(conn)


async def list_known(conn: Connection) -> list[Known]:
    """Return everybody, active or not."""
    return [
        Known(person=person_from_row(row), key=row["directory_key"] or "")
        for row in await conn.fetch(LIST_KNOWN)
    ]


async def bind_person(conn: Connection, person: PersonId, key: str) -> None:
    """Bind a person to an entry; a password of ours is good no more."""
    await conn.execute(BIND_PERSON, person, key)


async def find_key(conn: Connection, login: str) -> str:
    """Return the entry to which the active person of that login is bound, "" for none."""
    key: str | None = await conn.fetchval(FIND_KEY, login)
    return key or ""
