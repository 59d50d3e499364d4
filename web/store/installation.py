"""Facts about this installation: the first administrator, the keys its links were made with."""

from __future__ import annotations

from dataclasses import dataclass

from meetings.model import PersonId, UnitId
from meetings.store import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """The unit everything else is below."""

    id: UnitId
    code: str


FIND_ROOT = """
    SELECT id, code FROM units WHERE parent_id IS NULL AND upper_inf(valid) ORDER BY id LIMIT 1
"""


async def find_root(conn: Connection) -> Root | None:
    """Return the present top of the directory, or None while it is empty."""
    row = await conn.fetchrow(FIND_ROOT)
    return Root(id=UnitId(row["id"]), code=row["code"]) if row else None


IS_EMPTY = """
    SELECT NOT EXISTS (SELECT FROM units)
"""


async def is_directory_empty(conn: Connection) -> bool:
    """Tell whether no unit was ever loaded."""
    return bool(await conn.fetchval(IS_EMPTY))


FIND_ADMIN = """
    SELECT p.id FROM people p JOIN grants g ON g.person_id = p.id
     WHERE g.role = 'admin' AND p.active AND NOT p.demo
     ORDER BY p.id LIMIT 1
"""


async def find_admin(conn: Connection) -> PersonId | None:
    """Return the first administrator."""
    found = await conn.fetchval(FIND_ADMIN)
    return None if found is None else PersonId(found)


INSERT_ADMIN = """
    WITH person AS (
        INSERT INTO people (login, name, name_key, unit_id)
        VALUES ('admin', $2, $3, $1) RETURNING id)
    INSERT INTO grants (person_id, role, unit_id)
    SELECT id, 'admin', $1 FROM person
    RETURNING person_id
"""


async def insert_admin(conn: Connection, root: UnitId, *, name: str, name_key: str) -> PersonId:
    """Add the first administrator, who has no password yet."""
    return PersonId(await conn.fetchval(INSERT_ADMIN, root, name, name_key))


LOCK_INSTALLATION = """
    SELECT key_fingerprint FROM installation FOR UPDATE
"""
SAVE_FINGERPRINT = """
    UPDATE installation SET key_fingerprint = $1
"""


async def lock_installation(conn: Connection) -> str:
    """Return the fingerprint of the keys in use; two first starts at once wait for each other."""
    return str(await conn.fetchval(LOCK_INSTALLATION))


async def save_fingerprint(conn: Connection, fingerprint: str) -> None:
    """Remember which keys the links are made with."""
    await conn.execute(SAVE_FINGERPRINT, fingerprint)
