"""One effect for each idempotency key: an equal request gets the first one's answer.

The row is written in the transaction of the effect, so a crash leaves both or none, and an equal
request that arrives meanwhile waits at the row until the first is done.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from meetings.errors import InProgress, KeyReused
from meetings.store import Connection

KEPT = timedelta(hours=24)

# A little under the five seconds after which the program's connections give up any statement.
SET_PATIENCE = """
    SELECT set_config('lock_timeout', '4500ms', TRUE)
"""
RESTORE_PATIENCE = """
    SELECT set_config('lock_timeout', '0', TRUE)
"""
DELETE_OLD_REQUEST = """
    DELETE FROM idempotency WHERE actor = $1 AND key = $2 AND created_at <= $3
"""
DELETE_OLD_REQUESTS = """
    DELETE FROM idempotency WHERE created_at <= $1
"""
INSERT_REQUEST = """
    INSERT INTO idempotency (actor, key, request, created_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (actor, key) DO NOTHING
    RETURNING TRUE
"""
GET_REQUEST = """
    SELECT request, status, headers::text AS headers, body FROM idempotency
     WHERE actor = $1 AND key = $2
"""
IS_KEPT = """
    SELECT EXISTS (SELECT FROM idempotency WHERE actor = $1 AND key = $2)
"""
SAVE_ANSWER = """
    UPDATE idempotency SET status = $3, headers = $4::text::jsonb, body = $5
     WHERE actor = $1 AND key = $2
"""
LIST_BODIES = """
    SELECT body FROM idempotency WHERE starts_with(body, $1)
"""
REPLACE_BODIES = """
    UPDATE idempotency i SET body = n.body
      FROM unnest($1::text[], $2::text[]) AS n (was, body) WHERE i.body = n.was
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the first request was answered, to be given again byte for byte."""

    status: int
    headers: Mapping[str, str]
    body: str


async def begin_request(
    conn: Connection, *, actor: str, key: str, request: bytes, now: datetime
) -> Answer | None:
    """Claim the key in the transaction of the effect; return the answer if it was given before.

    Args:
        conn: In the transaction that the effect will be part of.
        actor: Who asks; keys of different actors have nothing to do with each other.
        key: What the client sent.
        request: SHA-256 of method, path and body.
        now: Answers are kept for 24 hours.

    Raises:
        KeyReused: the key was used for another request.
        InProgress: an equal request is still at work after five seconds.
    """
    await conn.execute(DELETE_OLD_REQUEST, actor, key, now - KEPT)
    await conn.execute(SET_PATIENCE)
    try:
        if await conn.fetchval(INSERT_REQUEST, actor, key, request, now):
            await conn.execute(RESTORE_PATIENCE)
            return None
    except asyncpg.LockNotAvailableError as error:
        raise InProgress from error
    return _answer_from_row(await conn.fetch(GET_REQUEST, actor, key), request)


def _answer_from_row(rows: list[asyncpg.Record], request: bytes) -> Answer:
    """Return the answer kept for the request; no row means that the first one just went."""
    if rows and rows[0]["request"] != request:
        raise KeyReused
    if not rows or rows[0]["status"] is None:
        raise InProgress
    [row] = rows
    return Answer(status=row["status"], headers=json.loads(row["headers"]), body=row["body"])


async def is_kept(conn: Connection, *, actor: str, key: str) -> bool:
    """Tell whether the actor sent a request under that key before."""
    return bool(await conn.fetchval(IS_KEPT, actor, key))


async def finish_request(conn: Connection, *, actor: str, key: str, answer: Answer) -> None:
    """Keep the answer, in the same transaction."""
    headers = json.dumps(dict(answer.headers), ensure_ascii=False)
    await conn.execute(SAVE_ANSWER, actor, key, answer.status, headers, answer.body)


async def forget_old_requests(conn: Connection, now: datetime) -> None:
    """Remove answers older than a day."""
    await conn.execute(DELETE_OLD_REQUESTS, now - KEPT)


async def list_bodies(conn: Connection, prefix: str) -> list[str]:
    """Return the kept answers that begin like that."""
    return [row["body"] for row in await conn.fetch(LIST_BODIES, prefix)]


async def replace_bodies(conn: Connection, new: Mapping[str, str]) -> None:
    """Write kept answers sealed anew."""
    await conn.execute(REPLACE_BODIES, list(new.keys()), list(new.values()))
