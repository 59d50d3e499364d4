"""How halls are booked: what each says itself, and the line it shares."""

from __future__ import annotations

from meetings.ids import SiteId
from meetings.scheduling.resources import HallTerms
from meetings.store import Connection

GET_TERMS = """
    SELECT id AS site, line_id AS line, set_up_minutes, tear_down_minutes, version
      FROM sites WHERE id = $1
"""
LOCK_SITE = """
    SELECT FROM sites WHERE id = $1 FOR NO KEY UPDATE
"""
SAVE_TERMS = """
    UPDATE sites SET line_id = $2, set_up_minutes = $3, tear_down_minutes = $4 WHERE id = $1
"""


async def get_terms(conn: Connection, site: SiteId) -> HallTerms:
    """Return what a hall that is there says."""
    row = await conn.fetchrow(GET_TERMS, site)
    return HallTerms(**dict(row or {}))


async def lock_terms(conn: Connection, site: SiteId) -> HallTerms:
    """Return what a hall that is there says, locked until the transaction ends."""
    await conn.execute(LOCK_SITE, site)
    return await get_terms(conn, site)


async def save_terms(conn: Connection, terms: HallTerms) -> None:
    """Write what a hall says; its version is raised by itself."""
    await conn.execute(
        SAVE_TERMS, terms.site, terms.line, terms.set_up_minutes, terms.tear_down_minutes
    )
