"""Invitations, their links and the head-counts that halls declare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from meetings.model import ConferenceId, SiteId
from meetings.store import Connection

INSERT_LINKS = """
    INSERT INTO links (conference_id, site_id, generation, hash)
    SELECT n.conference_id, n.site_id, n.generation, n.hash
      FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::bytea[])
           AS n (conference_id, site_id, generation, hash)
        ON CONFLICT (conference_id, site_id) DO NOTHING
"""
LIST_LINKS = """
    SELECT site_id, generation, hash, revoked_at FROM links WHERE conference_id = $1
"""
LOCK_LINK = """
    SELECT site_id, generation, hash, revoked_at FROM links
     WHERE conference_id = $1 AND site_id = $2 FOR UPDATE
"""
SAVE_LINK = """
    UPDATE links SET generation = $3, hash = $4, revoked_at = NULL
     WHERE conference_id = $1 AND site_id = $2
"""
SAVE_REVOKED = """
    UPDATE links SET revoked_at = $3 WHERE conference_id = $1 AND site_id = $2
"""
SAVE_HEADCOUNT = """
    UPDATE invitations SET headcount = $3, headcount_at = $4
     WHERE conference_id = $1 AND site_id = $2
    RETURNING TRUE
"""
LIST_HEADCOUNTS = """
    SELECT site_id, headcount FROM invitations
     WHERE conference_id = $1 AND headcount IS NOT NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLink:
    """What the database keeps of a link: never its secret."""

    site: SiteId
    generation: int
    hash: bytes
    revoked_at: datetime | None


async def insert_links(
    conn: Connection, links: Sequence[tuple[ConferenceId, SiteId, int, bytes]]
) -> None:
    """Write links, each with generation and hash, of sites that have none to the conference yet."""
    if links:
        await conn.execute(INSERT_LINKS, *map(list, zip(*links, strict=True)))


async def list_links(conn: Connection, conference: ConferenceId) -> list[StoredLink]:
    """Return the links of a conference."""
    rows = await conn.fetch(LIST_LINKS, conference)
    return [
        StoredLink(
            site=row["site_id"],
            generation=row["generation"],
            hash=row["hash"],
            revoked_at=row["revoked_at"],
        )
        for row in rows
    ]


async def lock_link(conn: Connection, conference: ConferenceId, site: SiteId) -> StoredLink | None:
    """Return one link, locked until the transaction ends."""
    row = await conn.fetchrow(LOCK_LINK, conference, site)
    if row is None:
        return None
    return StoredLink(
        site=row["site_id"],
        generation=row["generation"],
        hash=row["hash"],
        revoked_at=row["revoked_at"],
    )


async def save_link(
    conn: Connection, conference: ConferenceId, site: SiteId, *, generation: int, hash_: bytes
) -> None:
    """Replace a link by its next generation, in force again if it was revoked."""
    await conn.execute(SAVE_LINK, conference, site, generation, hash_)


async def save_revoked(
    conn: Connection, conference: ConferenceId, site: SiteId, *, at: datetime
) -> None:
    """Note since when the link opens nothing."""
    await conn.execute(SAVE_REVOKED, conference, site, at)


async def save_headcount(
    conn: Connection, conference: ConferenceId, site: SiteId, *, headcount: int, at: datetime
) -> bool:
    """Write how many people sit in the hall; tell whether it is invited."""
    return bool(await conn.fetchval(SAVE_HEADCOUNT, conference, site, headcount, at))


async def list_headcounts(conn: Connection, conference: ConferenceId) -> dict[SiteId, int]:
    """Return what halls declared so far."""
    rows = await conn.fetch(LIST_HEADCOUNTS, conference)
    return {row["site_id"]: row["headcount"] for row in rows}
