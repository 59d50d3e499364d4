"""The outbox: written with what a message tells of, claimed under a lease, sent, then marked.

A crash between sending and marking sends once more; the Message-ID made from `key` is the same.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from meetings.store import Connection
from meetings.store import outbox as store
from meetings.store.outbox import Message

__all__ = ["Message", "claim", "enqueue", "mark_failed", "mark_sent", "renew"]

MOST_ATTEMPTS = 12
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(hours=1)
LONGEST_ERROR = 500


async def enqueue(
    conn: Connection, key: str, recipient: str, payload: Mapping[str, Any], due_at: datetime
) -> bool:
    """Write a message to send from `due_at` on; the same key again changes nothing.

    Returns:
        Whether the message is new.
    """
    return await store.insert_message(conn, key, recipient, payload, due_at)


async def claim(
    conn: Connection, now: datetime, lease: timedelta, *, limit: int = 1
) -> list[Message]:
    """Take due messages for the length of the lease; commit before sending.

    A message whose workers died again and again is given up instead.
    """
    await store.bury_hopeless(conn, now, attempts=MOST_ATTEMPTS)
    return await store.claim_messages(conn, now, until=now + lease, limit=limit)


async def renew(
    conn: Connection, message: int, fence: int, *, now: datetime, lease: timedelta
) -> bool:
    """Keep a claim for another lease; False when somebody else has taken it."""
    return await store.save_lease(conn, message, fence, until=now + lease)


async def mark_sent(conn: Connection, message: int, fence: int) -> bool:
    """Note that it was sent; False when somebody else has taken it since."""
    return await store.save_sent(conn, message, fence)


async def mark_failed(
    conn: Connection, message: int, fence: int, error: str, *, permanent: bool, now: datetime
) -> bool:
    """Note why it was not sent, and try again later, or never when that is useless.

    Returns:
        Whether the claim was still ours.
    """
    attempts = await store.get_attempts(conn, message)
    hopeless = permanent or attempts >= MOST_ATTEMPTS
    # Jitter keeps messages that failed together from failing together again; no secret.
    again_at = None if hopeless else now + rest(attempts) * random.uniform(0.75, 1.25)  # noqa: S311 - no secret
    return await store.save_failed(conn, message, fence, error[:LONGEST_ERROR], again_at=again_at)


def rest(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: doubled each time, at most an hour."""
    doubled: int = 1 << min(max(attempts - 1, 0), MOST_ATTEMPTS)
    return min(FIRST_REST * doubled, LONGEST_REST)
