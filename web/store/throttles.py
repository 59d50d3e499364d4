"""Counted tries, shared by all processes."""

from __future__ import annotations

from datetime import datetime, timedelta

from meetings.store import Connection

# The try is counted before it is made: a thousand at once must not all be the fifth.
COUNT_TRY = """
    INSERT INTO throttles AS t (key, failures, last_at) VALUES ($1, 1, $2)
    ON CONFLICT (key) DO UPDATE SET
        failures = CASE WHEN t.blocked_until > $2 THEN t.failures
                        WHEN t.last_at < $2 - $3::interval THEN 1
                        ELSE t.failures + 1 END,
        last_at = CASE WHEN t.blocked_until > $2 THEN t.last_at ELSE $2 END,
        blocked_until = CASE
            WHEN t.blocked_until > $2 THEN t.blocked_until
            WHEN t.last_at >= $2 - $3::interval AND t.failures + 1 > $4
            THEN $2 + least($6::interval, $5::interval * power(2, least(t.failures - $4, 30)))
        END
    RETURNING blocked_until
"""


async def count_try(
    conn: Connection,
    key: str,
    *,
    now: datetime,
    memory: timedelta,
    free: int,
    first_wait: timedelta,
    longest_wait: timedelta,
) -> timedelta | None:
    """Count one try; return how long to wait instead, if there were too many.

    The first `free` tries pass; each one more doubles the wait.  Tries are forgotten after
    `memory` without another.
    """
    until: datetime | None = await conn.fetchval(
        COUNT_TRY, key, now, memory, free, first_wait, longest_wait
    )
    return until - now if until is not None and until > now else None


FORGET_TRIES = """
    DELETE FROM throttles WHERE key = $1
"""


async def forget_tries(conn: Connection, key: str) -> None:
    """Start again from nothing: the right password was given."""
    await conn.execute(FORGET_TRIES, key)


RETURN_TRY = """
    UPDATE throttles SET failures = failures - 1 WHERE key = $1 AND failures > 0
"""


async def return_try(conn: Connection, key: str) -> None:
    """Take one counted try back: it succeeded, so it was nobody's guess."""
    await conn.execute(RETURN_TRY, key)


DELETE_OLD_THROTTLES = """
    DELETE FROM throttles WHERE last_at < $1 AND (blocked_until IS NULL OR blocked_until < $1)
"""


async def delete_old_throttles(conn: Connection, before: datetime) -> None:
    """Throw away counts nobody needs any more."""
    await conn.execute(DELETE_OLD_THROTTLES, before)
