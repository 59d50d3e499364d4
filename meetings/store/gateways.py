"""How the room systems of halls are called."""

from __future__ import annotations

from collections.abc import Collection

from meetings.model import SiteId
from meetings.store import Connection

LIST_GATEWAYS = "SELECT id, gateway FROM sites WHERE id = ANY($1) AND gateway <> ''"
SAVE_GATEWAY = """
    UPDATE sites SET gateway = $2 WHERE id = $1 AND gateway <> $2 RETURNING unit_id
"""


async def list_gateways(conn: Connection, sites: Collection[SiteId]) -> dict[SiteId, str]:
    """Return the addresses of those of the halls that have a room system."""
    rows = await conn.fetch(LIST_GATEWAYS, list(sites))
    return {SiteId(row["id"]): row["gateway"] for row in rows}


async def save_gateway(conn: Connection, site: SiteId, gateway: str) -> bool:
    """Write a hall's address; tell whether it was another before."""
    return await conn.fetchval(SAVE_GATEWAY, site, gateway) is not None
