"""Deleting a bridge with what is its own alone; whatever else refers to it forbids that."""

from __future__ import annotations

from bridges.model import Bridge
from meetings.store import Connection

DELETE_SECRETS = """
    DELETE FROM former_secrets WHERE bridge_id = $1
"""
# What was held back of it never came into the record.
DELETE_ORDERS = """
    WITH gone AS (DELETE FROM quarantine_orders WHERE bridge = $1 RETURNING id)
    DELETE FROM quarantine_done d USING gone WHERE d.order_id = gone.id
"""
DELETE_STRAYS = """
    DELETE FROM strays WHERE bridge = $1
"""
DELETE_BRIDGE = """
    DELETE FROM bridges WHERE id = $1
"""
DELETE_POOL = """
    DELETE FROM seat_pools WHERE id = $1
"""


async def delete_bridge(conn: Connection, bridge: Bridge) -> None:
    """Delete a bridge; its row is locked."""
    await conn.execute(DELETE_SECRETS, bridge.id)
    await conn.execute(DELETE_ORDERS, bridge.name)
    await conn.execute(DELETE_STRAYS, bridge.name)
    await conn.execute(DELETE_BRIDGE, bridge.id)
    await conn.execute(DELETE_POOL, bridge.pool)
