"""Messages to send, in the transaction of what they tell of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from meetings.store import Connection

INSERT_MESSAGE = """
    INSERT INTO outbox (key, channel, recipient, payload, due_at)
    VALUES ($1, 'mail', $2, $3::text::jsonb, $4)
        ON CONFLICT (key) DO NOTHING
    RETURNING TRUE
"""
# A message whose lease ran out comes after those never tried, so that one that kills its worker
# each time does not keep the others waiting.
CLAIM_MESSAGES = """
    UPDATE outbox o
       SET attempts = o.attempts + 1, fence = o.fence + 1, lease_until = $2
      FROM (SELECT id FROM outbox
             WHERE sent_at IS NULL AND dead_at IS NULL AND due_at <= $1
               AND (lease_until IS NULL OR lease_until <= $1)
             ORDER BY lease_until IS NOT NULL, due_at, id
             LIMIT $3
               FOR UPDATE SKIP LOCKED) AS due
     WHERE o.id = due.id
    RETURNING o.id, o.key, o.recipient, o.payload::text AS payload, o.attempts, o.fence
"""
RENEW_LEASE = """
    UPDATE outbox SET lease_until = $3
     WHERE id = $1 AND fence = $2 AND sent_at IS NULL AND dead_at IS NULL
    RETURNING TRUE
"""
SAVE_SENT = """
    UPDATE outbox SET sent_at = now(), lease_until = NULL, last_error = ''
     WHERE id = $1 AND fence = $2 AND sent_at IS NULL AND dead_at IS NULL
    RETURNING TRUE
"""
SAVE_FAILED = """
    UPDATE outbox
       SET due_at = coalesce($4, due_at), lease_until = NULL, last_error = $3,
           dead_at = CASE WHEN $4::timestamptz IS NULL THEN now() END
     WHERE id = $1 AND fence = $2 AND sent_at IS NULL AND dead_at IS NULL
    RETURNING TRUE
"""
GET_ATTEMPTS = """
    SELECT attempts FROM outbox WHERE id = $1
"""
BURY_HOPELESS = """
    UPDATE outbox SET dead_at = now(), last_error = 'its worker died every time'
     WHERE sent_at IS NULL AND dead_at IS NULL AND attempts >= $2 AND lease_until <= $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A claimed message; `fence` proves that the claim is still ours."""

    id: int
    key: str
    recipient: str
    payload: Mapping[str, Any]
    attempts: int
    fence: int


def message_from_row(row: asyncpg.Record) -> Message:
    """Return the message of a row of CLAIM_MESSAGES."""
    return Message(**{**dict(row), "payload": json.loads(row["payload"])})


async def insert_message(
    conn: Connection, key: str, recipient: str, payload: Mapping[str, Any], due_at: datetime
) -> bool:
    """Write a message once for each key; tell whether it is new."""
    text = json.dumps(payload, ensure_ascii=False)
    return bool(await conn.fetchval(INSERT_MESSAGE, key, recipient, text, due_at))


async def claim_messages(
    conn: Connection, now: datetime, *, until: datetime, limit: int
) -> list[Message]:
    """Take due messages that nobody else works on, and count the attempt."""
    rows = await conn.fetch(CLAIM_MESSAGES, now, until, limit)
    return sorted(map(message_from_row, rows), key=lambda message: message.id)


async def save_lease(conn: Connection, message: int, fence: int, *, until: datetime) -> bool:
    """Keep a claim longer; tell whether it was still ours."""
    return bool(await conn.fetchval(RENEW_LEASE, message, fence, until))


async def save_sent(conn: Connection, message: int, fence: int) -> bool:
    """Note that it was sent; tell whether the claim was still ours."""
    return bool(await conn.fetchval(SAVE_SENT, message, fence))


async def save_failed(
    conn: Connection, message: int, fence: int, error: str, *, again_at: datetime | None
) -> bool:
    """Note why it was not sent and when to try again; None gives it up."""
    return bool(await conn.fetchval(SAVE_FAILED, message, fence, error, again_at))


async def get_attempts(conn: Connection, message: int) -> int:
    """Return how often the message was claimed."""
    return int(await conn.fetchval(GET_ATTEMPTS, message) or 0)


async def bury_hopeless(conn: Connection, now: datetime, *, attempts: int) -> None:
    """Give up messages whose worker vanished as often as that."""
    await conn.execute(BURY_HOPELESS, now, attempts)
