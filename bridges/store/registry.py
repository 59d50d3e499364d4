"""Bridges, and the seats each brings along; their secrets stand in `store.secrets`."""

from __future__ import annotations

from datetime import datetime

import asyncpg

from bridges.errors import BridgeExists, BridgeNotFound
from bridges.model import Algorithm, Bridge, BridgeFacts, BridgeId, BridgeKind, NewBridge
from bridges.rules import ASK_BUSY_EVERY
from bridges.store.secrets import Sealed
from meetings.model import PoolId
from meetings.store import Connection

INSERT_BRIDGE = """
    WITH pool AS (INSERT INTO seat_pools (name, seats) VALUES ($1, $16) RETURNING id)
    INSERT INTO bridges (name, kind, public_url, xmpp_domain, muc_domain, app_id, prosody_url,
                         jicofo_url, jigasi_url, jvb_urls, jibri_urls, region, tags, senders,
                         seats, draining, jwt_secret, reservation_secret, event_secret,
                         event_digest, algorithm, pool_id)
    SELECT $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
           $21, $22, pool.id
      FROM pool
"""
LIST_BRIDGES = """
    SELECT id, name, kind, public_url, xmpp_domain, muc_domain, app_id, prosody_url, jicofo_url,
           jigasi_url, jvb_urls, jibri_urls, region, tags, senders, algorithm, version, pool_id,
           http_host, seats, draining, healthy, health, health_at, stress, stress_at, misses,
           answered_at
      FROM bridges ORDER BY name
"""
GET_BRIDGE = """
    SELECT id, name, kind, public_url, xmpp_domain, muc_domain, app_id, prosody_url, jicofo_url,
           jigasi_url, jvb_urls, jibri_urls, region, tags, senders, algorithm, version, pool_id,
           http_host, seats, draining, healthy, health, health_at, stress, stress_at, misses,
           answered_at
      FROM bridges WHERE name = $1
"""
LOCK_BRIDGE = """
    SELECT id FROM bridges WHERE name = $1 FOR UPDATE
"""
# What was heard at another address tells nothing of this one.
SAVE_FACTS = """
    WITH pool AS (UPDATE seat_pools p SET seats = $14 FROM bridges b
                   WHERE b.id = $1 AND p.id = b.pool_id)
    UPDATE bridges
       SET public_url = $2, xmpp_domain = $3, muc_domain = $4, app_id = $5, prosody_url = $6,
           jicofo_url = $7, jigasi_url = $8, jvb_urls = $9, jibri_urls = $10, region = $11,
           tags = $12, senders = $13, seats = $14, draining = $15, version = version + 1,
           http_host = CASE WHEN (xmpp_domain, prosody_url) = ($3, $6) THEN http_host ELSE '' END,
           healthy = CASE prosody_url WHEN $6 THEN healthy END,
           health = CASE prosody_url WHEN $6 THEN health ELSE '' END,
           health_at = CASE prosody_url WHEN $6 THEN health_at END,
           answered_at = CASE prosody_url WHEN $6 THEN answered_at END,
           misses = CASE prosody_url WHEN $6 THEN misses ELSE 0 END,
           stress = CASE jvb_urls WHEN $9 THEN stress END,
           stress_at = CASE jvb_urls WHEN $9 THEN stress_at END
     WHERE id = $1
"""
# Who already knew what is told now is told by `changed`: pages and snapshots look again only then.
SAVE_ANSWER = """
    WITH before AS (SELECT id, healthy, misses, health FROM bridges WHERE id = $1 FOR NO KEY UPDATE)
    UPDATE bridges b SET healthy = TRUE, health = $2, health_at = $3, answered_at = $3, misses = 0,
           stress = coalesce($4, b.stress),
           stress_at = CASE WHEN $4::real IS NULL THEN b.stress_at ELSE $3 END
      FROM before WHERE b.id = before.id
    RETURNING before.healthy IS NOT TRUE OR before.misses > 0 AS changed
"""
# Several processes that asked at about the same time missed one answer.  The moment stays that of
# the miss that counts: where each put it off, those who ask in turn would never miss another.
SAVE_SILENCE = """
    UPDATE bridges SET healthy = FALSE, health = $2, health_at = $3, misses = misses + 1
     WHERE id = $1 AND (misses = 0 OR health_at <= $3::timestamptz - $4::interval)
    RETURNING misses
"""
# It lives: no miss is counted, and what it carries is on it.
SAVE_MISSET = """
    WITH before AS (SELECT id, healthy, misses FROM bridges WHERE id = $1 FOR NO KEY UPDATE)
    UPDATE bridges b SET healthy = FALSE, health = $2, health_at = $3, answered_at = $3, misses = 0
      FROM before WHERE b.id = before.id
    RETURNING before.healthy IS DISTINCT FROM FALSE OR before.misses > 0 AS changed
"""
SAVE_HTTP_HOST = """
    UPDATE bridges SET http_host = $2 WHERE id = $1
"""
SAVE_ADDRESS = """
    UPDATE bridges SET public_url = $2, prosody_url = $3 WHERE name = $1
"""


def bridge_from_row(row: asyncpg.Record) -> Bridge:
    """Return a bridge without its secrets."""
    return Bridge(
        id=BridgeId(row["id"]),
        name=row["name"],
        kind=BridgeKind(row["kind"]),
        public_url=row["public_url"],
        xmpp_domain=row["xmpp_domain"],
        muc_domain=row["muc_domain"],
        app_id=row["app_id"],
        prosody_url=row["prosody_url"],
        jicofo_url=row["jicofo_url"],
        jigasi_url=row["jigasi_url"],
        jvb_urls=tuple(row["jvb_urls"]),
        jibri_urls=tuple(row["jibri_urls"]),
        region=row["region"],
        tags=tuple(row["tags"]),
        senders=tuple(row["senders"]),
        algorithm=Algorithm(row["algorithm"]),
        version=row["version"],
        http_host=row["http_host"],
        pool=PoolId(row["pool_id"]),
        seats=row["seats"],
        draining=row["draining"],
        healthy=row["healthy"],
        health=row["health"],
        health_at=row["health_at"],
        stress=row["stress"],
        stress_at=row["stress_at"],
        misses=row["misses"],
        answered_at=row["answered_at"],
    )


def facts_of(facts: BridgeFacts) -> tuple[object, ...]:
    """Return what an administrator says of a bridge, in the order of the statements."""
    return (
        facts.public_url,
        facts.xmpp_domain,
        facts.muc_domain,
        facts.app_id,
        facts.prosody_url,
        facts.jicofo_url,
        facts.jigasi_url,
        list(facts.jvb_urls),
        list(facts.jibri_urls),
        facts.region,
        list(facts.tags),
        list(facts.senders),
        facts.seats,
        facts.draining,
    )


async def insert_bridge(
    conn: Connection, new: NewBridge, sealed: Sealed, *, digest: bytes, algorithm: Algorithm
) -> None:
    """Write a bridge and a seat pool of its own.

    Raises:
        BridgeExists: the name is taken.
    """
    named = (f"bridge:{new.name}", new.name, new.kind)
    secret = (sealed.jwt, sealed.reservation, sealed.event, digest, algorithm)
    try:
        async with conn.transaction():
            await conn.execute(INSERT_BRIDGE, *named, *facts_of(new), *secret)
    except asyncpg.UniqueViolationError as error:
        raise BridgeExists(new.name) from error


async def list_bridges(conn: Connection) -> list[Bridge]:
    """Return every bridge by name."""
    return [bridge_from_row(row) for row in await conn.fetch(LIST_BRIDGES)]


async def get_bridge(conn: Connection, name: str) -> Bridge:
    """Return the bridge of that name.

    Raises:
        BridgeNotFound: there is none.
    """
    row = await conn.fetchrow(GET_BRIDGE, name)
    if row is None:
        raise BridgeNotFound(name)
    return bridge_from_row(row)


async def lock_bridge(conn: Connection, name: str) -> Bridge:
    """Return the bridge of that name, which nobody else changes until the transaction ends.

    Raises:
        BridgeNotFound: there is none.
    """
    await conn.execute(LOCK_BRIDGE, name)
    return await get_bridge(conn, name)


async def save_facts(conn: Connection, bridge: BridgeId, facts: BridgeFacts) -> None:
    """Write what an administrator says of a bridge now; its pool has as many seats."""
    await conn.execute(SAVE_FACTS, bridge, *facts_of(facts))


async def save_answer(
    conn: Connection, bridge: BridgeId, *, health: str, stress: float | None, at: datetime
) -> bool:
    """Remember that a bridge is well; tell whether that is news."""
    changed: bool = await conn.fetchval(SAVE_ANSWER, bridge, health, at, stress)
    return changed


async def save_silence(
    conn: Connection, bridge: BridgeId, *, health: str, at: datetime
) -> int | None:
    """Remember that a bridge did not answer; return how often in a row, None if that was known."""
    misses: int | None = await conn.fetchval(SAVE_SILENCE, bridge, health, at, ASK_BUSY_EVERY)
    return misses


async def save_misset(conn: Connection, bridge: BridgeId, *, health: str, at: datetime) -> bool:
    """Remember that a bridge lives but is set wrongly; tell whether that is news."""
    changed: bool = await conn.fetchval(SAVE_MISSET, bridge, health, at)
    return changed


async def save_address(conn: Connection, name: str, *, public_url: str, prosody_url: str) -> None:
    """Remember where a bridge is reached now."""
    await conn.execute(SAVE_ADDRESS, name, public_url, prosody_url)


async def save_http_host(conn: Connection, bridge: BridgeId, http_host: str) -> None:
    """Remember under which name a bridge's Prosody answers."""
    await conn.execute(SAVE_HTTP_HOST, bridge, http_host)
