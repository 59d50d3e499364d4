"""Links under two secrets, while keys are rotated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from meetings.model import ConferenceId, SiteId
from meetings.store import Connection

LIST_LINKS = """
    SELECT conference_id, site_id, generation, hash FROM links
     WHERE (conference_id, site_id) > ($1, $2)
     ORDER BY conference_id, site_id
     LIMIT $3
"""
# What was reset, or changed by another program, since it was read is left alone.
REPLACE_HASHES = """
    WITH changed AS (
        UPDATE links l SET hash = n.hash
          FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::bytea[], $5::bytea[],
                      $6::timestamptz[])
            AS n (conference_id, site_id, generation, former, hash, ends_at)
         WHERE l.conference_id = n.conference_id AND l.site_id = n.site_id
           AND l.generation = n.generation AND l.hash = n.former
        RETURNING l.conference_id, l.site_id, l.generation, n.former, n.ends_at),
    kept AS (
        INSERT INTO former_links (hash, conference_id, site_id, generation, ends_at)
        SELECT former, conference_id, site_id, generation, ends_at FROM changed
         WHERE ends_at IS NOT NULL
            ON CONFLICT (hash) DO UPDATE SET ends_at = EXCLUDED.ends_at)
    SELECT count(*) FROM changed
"""
DELETE_BEYOND = """
    DELETE FROM former_links WHERE ends_at > $1
"""
DELETE_OLD = """
    DELETE FROM former_links WHERE ends_at < $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedLink:
    """A link with what it is found by."""

    conference: ConferenceId
    site: SiteId
    generation: int
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHash:
    """What a link is found by from now on, and until when by what it was found by before."""

    link: HashedLink
    hash: bytes
    ends_at: datetime | None


async def list_links(
    conn: Connection, after: tuple[ConferenceId, SiteId], limit: int
) -> list[HashedLink]:
    """Return the next links, of whatever conferences."""
    return [
        HashedLink(
            conference=row["conference_id"],
            site=row["site_id"],
            generation=row["generation"],
            hash=row["hash"],
        )
        for row in await conn.fetch(LIST_LINKS, *after, limit)
    ]


async def replace_hashes(conn: Connection, new: Sequence[NewHash]) -> int:
    """Write new hashes, keep the former ones as long as they are good; return how many."""
    changed: int = await conn.fetchval(
        REPLACE_HASHES,
        [one.link.conference for one in new],
        [one.link.site for one in new],
        [one.link.generation for one in new],
        [one.link.hash for one in new],
        [one.hash for one in new],
        [one.ends_at for one in new],
    )
    return changed


async def delete_former(conn: Connection, *, beyond: datetime, before: datetime) -> None:
    """Forget former hashes that outlive every former key, or ended long ago."""
    await conn.execute(DELETE_BEYOND, beyond)
    await conn.execute(DELETE_OLD, before)
