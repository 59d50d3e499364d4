"""Passwords of people, as argon2id hashes."""

from __future__ import annotations

from dataclasses import dataclass, field

from meetings.model import PersonId
from meetings.store import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a password is checked against."""

    person: PersonId
    password_hash: str | None = field(repr=False)
    directory_key: str = ""


FIND_CREDENTIALS = """
    SELECT id, password_hash, directory_key FROM people
     WHERE login = $1 AND active AND (password_hash IS NOT NULL OR directory_key IS NOT NULL)
"""


async def find_credentials(conn: Connection, login: str) -> Credentials | None:
    """Return how an active person signs in who has a password, ours or the directory's."""
    row = await conn.fetchrow(FIND_CREDENTIALS, login)
    if row is None:
        return None
    return Credentials(
        person=PersonId(row["id"]),
        password_hash=row["password_hash"],
        directory_key=row["directory_key"] or "",
    )


SAVE_PASSWORD = """
    UPDATE people SET password_hash = $2 WHERE id = $1
"""


async def save_password(conn: Connection, person: PersonId, password_hash: str) -> None:
    """Store a person's new hash."""
    await conn.execute(SAVE_PASSWORD, person, password_hash)


IS_ANY_PASSWORD = """
    SELECT EXISTS (SELECT FROM people WHERE password_hash IS NOT NULL AND NOT demo)
"""


async def is_any_password(conn: Connection) -> bool:
    """Tell whether anybody can sign in by a password at all."""
    return bool(await conn.fetchval(IS_ANY_PASSWORD))
