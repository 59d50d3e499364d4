"""Bridges with their sealed secrets, and the seats each brings along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import asyncpg

from bridges.errors import BridgeExists, BridgeNotFound
from bridges.model import Bridge, BridgeId, BridgeKind, NewBridge
from bridges.rules import Load
from meetings.model import Period, PoolId
from meetings.store import Connection

INSERT_BRIDGE = """
    WITH pool AS (INSERT INTO seat_pools (name, seats) VALUES ($1, $13) RETURNING id)
    INSERT INTO bridges (name, kind, public_url, xmpp_domain, muc_domain, app_id, jwt_secret,
                         reservation_secret, event_secret, event_digest, prosody_url, pool_id,
                         seats)
    SELECT $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, pool.id, $13 FROM pool
"""
LIST_BRIDGES = """
    SELECT id, name, kind, public_url, xmpp_domain, muc_domain, app_id, prosody_url, pool_id, seats,
           draining, healthy, health, health_at, region, tags, stress, stress_at, misses,
           answered_at
      FROM bridges ORDER BY name
"""
GET_BRIDGE = """
    SELECT id, name, kind, public_url, xmpp_domain, muc_domain, app_id, prosody_url, pool_id, seats,
           draining, healthy, health, health_at, region, tags, stress, stress_at, misses,
           answered_at
      FROM bridges WHERE name = $1
"""
LIST_SECRETS = """
    SELECT name, jwt_secret, reservation_secret, event_secret FROM bridges ORDER BY name
"""
LIST_DIGESTS = """
    SELECT name, event_digest FROM bridges
"""
LIST_LOADS = """
    SELECT b.id, b.name, b.kind, b.public_url, b.xmpp_domain, b.muc_domain, b.app_id, b.prosody_url,
           b.pool_id, b.seats, b.draining, b.healthy, b.health, b.health_at, b.region, b.tags,
           b.stress, b.stress_at, b.misses, b.answered_at,
           coalesce((
               SELECT max(load)
                 FROM (SELECT sum(delta) OVER (ORDER BY at, delta) AS load
                         FROM (SELECT greatest(lower(h.during), $1) AS at, h.seats AS delta
                                 FROM seat_holds h
                                WHERE h.pool_id = b.pool_id AND h.during && tstzrange($1, $2)
                                UNION ALL
                               SELECT upper(h.during), -h.seats
                                 FROM seat_holds h
                                WHERE h.pool_id = b.pool_id AND h.during && tstzrange($1, $2)
                              ) AS steps
                      ) AS loads), 0) AS promised
      FROM bridges b ORDER BY b.name
"""
SAVE_HEALTH = """
    UPDATE bridges SET healthy = $2, health = $3, health_at = $4 WHERE id = $1
"""
SAVE_ADDRESS = """
    UPDATE bridges SET public_url = $2, prosody_url = $3 WHERE name = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A bridge's secrets as the database holds them."""

    jwt: bytes = field(repr=False)
    reservation: bytes = field(repr=False)
    event: bytes = field(repr=False)


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
        pool=PoolId(row["pool_id"]),
        seats=row["seats"],
        draining=row["draining"],
        healthy=row["healthy"],
        health=row["health"],
        health_at=row["health_at"],
        region=row["region"],
        tags=tuple(row["tags"]),
        stress=row["stress"],
        stress_at=row["stress_at"],
        misses=row["misses"],
        answered_at=row["answered_at"],
    )


async def insert_bridge(conn: Connection, new: NewBridge, sealed: Sealed, *, digest: bytes) -> None:
    """Write a bridge and a seat pool of its own.

    Raises:
        BridgeExists: the name is taken.
    """
    try:
        async with conn.transaction():
            await conn.execute(
                INSERT_BRIDGE,
                f"bridge:{new.name}",
                new.name,
                new.kind,
                new.public_url,
                new.xmpp_domain,
                new.muc_domain,
                new.app_id,
                sealed.jwt,
                sealed.reservation,
                sealed.event,
                digest,
                new.prosody_url,
                new.seats,
            )
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


async def list_secrets(conn: Connection) -> dict[str, Sealed]:
    """Return the sealed secrets of every bridge, by its name."""
    return {
        row["name"]: Sealed(
            jwt=row["jwt_secret"],
            reservation=row["reservation_secret"],
            event=row["event_secret"],
        )
        for row in await conn.fetch(LIST_SECRETS)
    }


async def list_digests(conn: Connection) -> Mapping[str, bytes]:
    """Return the digest of every bridge's event secret, by the bridge's name."""
    return {row["name"]: row["event_digest"] for row in await conn.fetch(LIST_DIGESTS)}


async def list_loads(conn: Connection, period: Period) -> list[Load]:
    """Return every bridge with the seats promised on it in the period; nothing is locked."""
    rows = await conn.fetch(LIST_LOADS, period.start, period.end)
    return [Load(bridge=bridge_from_row(row), promised=int(row["promised"])) for row in rows]


async def save_health(
    conn: Connection, bridge: BridgeId, *, healthy: bool, health: str, at: datetime
) -> None:
    """Remember what a bridge answered when it was asked how it is."""
    await conn.execute(SAVE_HEALTH, bridge, healthy, health, at)


async def save_address(conn: Connection, name: str, *, public_url: str, prosody_url: str) -> None:
    """Remember where a bridge is reached now."""
    await conn.execute(SAVE_ADDRESS, name, public_url, prosody_url)
