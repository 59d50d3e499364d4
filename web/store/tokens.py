"""Bearer tokens for programs, each with one role over one subtree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from meetings.model import Grant, Role, UnitId
from meetings.store import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A program's right to ask."""

    name: str
    grant: Grant
    unit_code: str
    is_top: bool
    expires_at: datetime
    revoked_at: datetime | None


def token_from_row(row: asyncpg.Record) -> Token:
    """Return the value of one row."""
    return Token(
        name=row["name"],
        grant=Grant(role=Role(row["role"]), unit=UnitId(row["unit_id"])),
        unit_code=row["code"],
        is_top=row["is_top"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
    )


FIND_TOKEN = """
    SELECT t.name, t.role, t.unit_id, u.code, u.parent_id IS NULL AS is_top,
           t.expires_at, t.revoked_at
      FROM tokens t JOIN units u ON u.id = t.unit_id
     WHERE t.hash = $1 AND t.revoked_at IS NULL AND t.expires_at > $2
"""


async def find_token(conn: Connection, secret_hash: bytes, now: datetime) -> Token | None:
    """Return the token that is good now."""
    row = await conn.fetchrow(FIND_TOKEN, secret_hash, now)
    return token_from_row(row) if row else None


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
    SELECT t.name, t.role, t.unit_id, u.code, u.parent_id IS NULL AS is_top,
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
