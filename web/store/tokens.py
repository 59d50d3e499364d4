"""Bearer tokens for programs, each with one role over one subtree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import asyncpg

from meetings.model import Grant, Role, UnitId
from meetings.store import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A program's right over a unit and what that became; `tops` are the roots among these."""

    name: str
    role: Role
    unit_code: str
    units: frozenset[UnitId]
    tops: frozenset[UnitId]
    expires_at: datetime
    revoked_at: datetime | None

    @property
    def grants(self) -> frozenset[Grant]:
        """Return what the program may act as, and over what."""
        return frozenset(Grant(role=self.role, unit=unit) for unit in self.units)


def token_from_row(row: asyncpg.Record) -> Token:
    """Return the value of one row."""
    return Token(
        name=row["name"],
        role=Role(row["role"]),
        unit_code=row["code"],
        units=frozenset(map(UnitId, row["units"])),
        tops=frozenset(row["tops"]),
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
    )


FIND_TOKEN = """
    SELECT t.name, t.role, u.code, t.expires_at, t.revoked_at, ARRAY[u.id] AS units,
           CASE WHEN u.parent_id IS NULL THEN ARRAY[u.id] ELSE '{}' END AS tops,
           EXISTS (SELECT FROM unit_successions x WHERE x.old_id = u.id) AS followed
      FROM tokens t JOIN units u ON u.id = t.unit_id
     WHERE t.hash = $1 AND t.revoked_at IS NULL AND t.expires_at > $2
"""
# UNION ends a line that runs in a circle.
LIST_LINE = """
    WITH RECURSIVE line AS (
        SELECT unnest($1::bigint[]) AS id
         UNION
        SELECT x.new_id FROM line l JOIN unit_successions x ON x.old_id = l.id)
    SELECT u.id, u.parent_id IS NULL AS is_top FROM line l JOIN units u ON u.id = l.id
"""


async def find_token(conn: Connection, secret_hash: bytes, now: datetime) -> Token | None:
    """Return the token that is good now.

    A program keeps its secret through reforms: what its unit became is followed when it asks, so
    that no reform can forget it.  Hardly a unit became something, and every request asks.
    """
    row = await conn.fetchrow(FIND_TOKEN, secret_hash, now)
    if row is None or not row["followed"]:
        return token_from_row(row) if row else None
    line = await conn.fetch(LIST_LINE, row["units"])
    return replace(
        token_from_row(row),
        units=frozenset(UnitId(one["id"]) for one in line),
        tops=frozenset(UnitId(one["id"]) for one in line if one["is_top"]),
    )


SAVE_TOKEN = """
    INSERT INTO tokens (name, hash, role, unit_id, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (name) DO UPDATE SET
        hash = EXCLUDED.hash, role = EXCLUDED.role, unit_id = EXCLUDED.unit_id,
        created_at = EXCLUDED.created_at, expires_at = EXCLUDED.expires_at, revoked_at = NULL
"""


async def save_token(
    conn: Connection,
    name: str,
    secret_hash: bytes,
    grant: Grant,
    *,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Store a token; the former one of that name stops being good."""
    await conn.execute(SAVE_TOKEN, name, secret_hash, grant.role, grant.unit, now, expires_at)


LIST_TOKENS = """
    SELECT t.name, t.role, u.code, ARRAY[t.unit_id] AS units, '{}'::bigint[] AS tops,
           t.expires_at, t.revoked_at
      FROM tokens t JOIN units u ON u.id = t.unit_id
     ORDER BY t.name
"""


async def list_tokens(conn: Connection) -> list[Token]:
    """Return every token ever made, by name."""
    return [token_from_row(row) for row in await conn.fetch(LIST_TOKENS)]


REVOKE_TOKEN = """
    UPDATE tokens SET revoked_at = $2 WHERE name = $1 AND revoked_at IS NULL
    RETURNING unit_id
"""


async def revoke_token(conn: Connection, name: str, now: datetime) -> UnitId | None:
    """Stop a token; return the unit it acted over, or None where there is no such token."""
    found = await conn.fetchval(REVOKE_TOKEN, name, now)
    return None if found is None else UnitId(found)
