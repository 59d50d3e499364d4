"""Devices and targets."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import asyncpg

from meetings.model import SiteId, UnitId
from meetings.store import Connection
from monitoring.errors import DeviceExists, DeviceNotFound, TargetNotFound
from monitoring.model import (
    Device,
    DeviceId,
    DeviceKind,
    Health,
    NewDevice,
    NewTarget,
    ProbeKind,
    Target,
    TargetId,
    WatchedTarget,
)

INSERT_DEVICE = """
    INSERT INTO devices (site_id, name, kind, spare, demo) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (site_id, name) DO NOTHING
    RETURNING id
"""
INSERT_TARGET = """
    WITH added AS (
        INSERT INTO targets (device_id, probe, host, port, path, tls,
                             interval_seconds, timeout_seconds, enabled)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        RETURNING id)
    INSERT INTO watches (target_id, since) SELECT id, $10 FROM added
    RETURNING target_id
"""
SAVE_ENABLED = """
    UPDATE targets SET enabled = $2 WHERE id = $1 AND enabled <> $2 RETURNING TRUE
"""
DELETE_DEVICE = """
    DELETE FROM devices WHERE id = $1
"""
DELETE_TARGET = """
    DELETE FROM targets WHERE id = $1
"""
DELETE_DEMO_DEVICES = """
    DELETE FROM devices WHERE demo
"""
LIST_DEVICES = """
    SELECT id, site_id, name, kind, spare, demo FROM devices
     WHERE ($1::bigint IS NULL OR site_id = $1) AND ($2::bigint IS NULL OR id = $2)
     ORDER BY spare, id
"""
LIST_ENABLED_TARGETS = """
    SELECT id, probe, host, port, path, tls, interval_seconds, timeout_seconds
      FROM targets WHERE enabled ORDER BY id
"""
# An unknown that comes from silence began when the silence did.
LIST_WATCHED_TARGETS = """
    SELECT t.id, t.probe, t.host, t.port, t.path, t.tls, t.interval_seconds, t.timeout_seconds,
           t.enabled, d.id AS device_id, d.name AS device_name, d.kind AS device_kind, d.spare,
           d.site_id, seen.state, w.last_at, w.last_seconds, w.last_reason,
           CASE WHEN seen.state = w.state THEN w.since ELSE w.last_at END AS since
      FROM targets t
      JOIN devices d ON d.id = t.device_id
      JOIN sites s ON s.id = d.site_id
      JOIN units u ON u.id = s.unit_id
      JOIN watches w ON w.target_id = t.id
     CROSS JOIN LATERAL (
           SELECT state_at(w.state, w.last_at, t.interval_seconds, $1) AS state) seen
     WHERE ($2::bigint[] IS NULL OR u.path && $2::bigint[])
       AND ($3::bigint IS NULL OR d.site_id = $3)
       AND ($4::bigint IS NULL OR t.id = $4)
       AND ($5::bigint IS NULL OR t.id > $5)
     ORDER BY t.id
     LIMIT $6
"""


def target_from_row(row: asyncpg.Record) -> Target:
    """Return the target of a row that spells the columns out as above."""
    return Target(
        id=row["id"],
        probe=ProbeKind(row["probe"]),
        host=row["host"],
        port=row["port"],
        path=row["path"],
        tls=row["tls"],
        interval=timedelta(seconds=row["interval_seconds"]),
        timeout=timedelta(seconds=row["timeout_seconds"]),
    )


def watched_from_row(row: asyncpg.Record) -> WatchedTarget:
    """Return a target with its place and what is known of it."""
    return WatchedTarget(
        target=target_from_row(row),
        enabled=row["enabled"],
        device=row["device_id"],
        device_name=row["device_name"],
        device_kind=DeviceKind(row["device_kind"]),
        spare=row["spare"],
        site=row["site_id"],
        state=Health(row["state"]),
        since=row["since"],
        reason=row["last_reason"],
        last_at=row["last_at"],
        last_seconds=row["last_seconds"],
    )


def device_from_row(row: asyncpg.Record) -> Device:
    """Return a device without its targets."""
    return Device(
        id=row["id"],
        site=row["site_id"],
        name=row["name"],
        kind=DeviceKind(row["kind"]),
        spare=row["spare"],
        demo=row["demo"],
    )


async def insert_device(conn: Connection, wish: NewDevice) -> DeviceId:
    """Write a device without targets, or raise DeviceExists."""
    device: DeviceId | None = await conn.fetchval(
        INSERT_DEVICE, wish.site, wish.name, wish.kind.value, wish.spare, wish.demo
    )
    if device is None:
        raise DeviceExists(wish.name)
    return device


async def insert_target(
    conn: Connection, device: DeviceId, wish: NewTarget, *, now: datetime
) -> TargetId:
    """Write a target of a device, with an empty memory that begins now."""
    target: TargetId = await conn.fetchval(
        INSERT_TARGET,
        device,
        wish.probe.value,
        wish.host,
        wish.port,
        wish.path,
        wish.tls,
        round(wish.interval.total_seconds()),
        wish.timeout.total_seconds(),
        wish.enabled,
        now,
    )
    return target


async def save_enabled(conn: Connection, target: TargetId, *, enabled: bool) -> bool:
    """Look at the target or leave it alone from now on; tell whether that is new."""
    return bool(await conn.fetchval(SAVE_ENABLED, target, enabled))


async def delete_device(conn: Connection, device: DeviceId) -> None:
    """Forget a device, its targets and what was seen of them."""
    await conn.execute(DELETE_DEVICE, device)


async def delete_target(conn: Connection, target: TargetId) -> None:
    """Forget a target and what was seen of it."""
    await conn.execute(DELETE_TARGET, target)


async def delete_demo_devices(conn: Connection) -> int:
    """Forget every device of the demo; return how many there were."""
    return int((await conn.execute(DELETE_DEMO_DEVICES)).rpartition(" ")[2])


async def list_devices(conn: Connection, site: SiteId | None) -> list[Device]:
    """Return the devices of a site (None: of all) without their targets, spare ones last."""
    return [device_from_row(row) for row in await conn.fetch(LIST_DEVICES, site, None)]


async def get_device(conn: Connection, device: DeviceId) -> Device:
    """Return a device without its targets, or raise DeviceNotFound."""
    row = await conn.fetchrow(LIST_DEVICES, None, device)
    if row is None:
        raise DeviceNotFound(device)
    return device_from_row(row)


async def list_enabled_targets(conn: Connection) -> list[Target]:
    """Return everything that is to be looked at."""
    return [target_from_row(row) for row in await conn.fetch(LIST_ENABLED_TARGETS)]


async def list_watched_targets(
    conn: Connection,
    now: datetime,
    *,
    units: Collection[UnitId] | None = None,
    site: SiteId | None = None,
    after: TargetId | None = None,
    limit: int | None = None,
) -> list[WatchedTarget]:
    """Return the targets of these subtrees (None: of all) or of one site, by id."""
    wanted = None if units is None else list(units)
    rows = await conn.fetch(LIST_WATCHED_TARGETS, now, wanted, site, None, after, limit)
    return [watched_from_row(row) for row in rows]


async def get_watched_target(conn: Connection, target: TargetId, now: datetime) -> WatchedTarget:
    """Return a target with what is known of it, or raise TargetNotFound."""
    row = await conn.fetchrow(LIST_WATCHED_TARGETS, now, None, None, target, None, 1)
    if row is None:
        raise TargetNotFound(target)
    return watched_from_row(row)
