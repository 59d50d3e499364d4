"""Counted tries, shared by all processes."""

from __future__ import annotations

from datetime import datetime

from meetings.store import Connection
from web.access.throttling import Tries

ENSURE_TRIES = """
    INSERT INTO throttles (key, failures, last_at) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING
"""
LOCK_TRIES = """
    SELECT failures, last_at, blocked_until FROM throttles WHERE key = $1 FOR UPDATE
"""


async def lock_tries(conn: Connection, key: str, now: datetime) -> Tries:
    """Return what is known of a key, locked until the transaction ends.

    A thousand tries at once must not all be the fifth, so each waits for the one before.
    """
    await conn.execute(ENSURE_TRIES, key, now)
    row = await conn.fetchrow(LOCK_TRIES, key)
    if row is None:  # swept away between the two statements
        return Tries(failures=0, last_at=now, blocked_until=None)
    return Tries(
        failures=row["failures"], last_at=row["last_at"], blocked_until=row["blocked_until"]
    )


SAVE_TRIES = """
    UPDATE throttles SET failures = $2, last_at = $3, blocked_until = $4 WHERE key = $1
"""


async def save_tries(conn: Connection, key: str, tries: Tries) -> None:
    """Remember the tries."""
    await conn.execute(SAVE_TRIES, key, tries.failures, tries.last_at, tries.blocked_until)


FORGET_TRIES = """
    DELETE FROM throttles WHERE key = $1
"""


async def forget_tries(conn: Connection, key: str) -> None:
    """Start again from nothing: the right password was given."""
    await conn.execute(FORGET_TRIES, key)


RETURN_TRY = """
    UPDATE throttles SET failures = failures - 1, blocked_until = NULL
     WHERE key = $1 AND failures > 0
"""


async def return_try(conn: Connection, key: str) -> None:
    """Take one counted try back: it succeeded, so it was nobody's guess."""
    await conn.execute(RETURN_TRY, key)


DELETE_OLD_TRIES = """
    DELETE FROM throttles WHERE last_at < $1 AND (blocked_until IS NULL OR blocked_until < $1)
"""


async def delete_old_tries(conn: Connection, before: datetime) -> None:
    """Throw away counts nobody needs any more."""
    await conn.execute(DELETE_OLD_TRIES, before)
