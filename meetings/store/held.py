"""Reading who holds some halls in a stretch of time, for the grid beside the booking form."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from meetings.model import ConferenceId, Period, SiteId, UnitId
from meetings.store import Connection

# One statement for all halls.  $1: over whose subtrees the reader acts; of others' conferences
# the title stays empty, unless they are open to all.
LIST_HELD = """
    SELECT h.site_id, lower(h.during) AS starts_at, upper(h.during) AS ends_at,
           u.name AS holder, u.name_en AS holder_en,
           CASE WHEN c.visibility = 'open' OR u.path && $1::bigint[] OR EXISTS (
                     SELECT FROM invitations i
                       JOIN sites s ON s.id = i.site_id
                       JOIN units v ON v.id = s.unit_id
                      WHERE i.conference_id = c.id AND v.path && $1::bigint[])
                THEN c.title ELSE '' END AS title,
           TRUE AS conference
      FROM holds h
      JOIN conferences c ON c.id = h.conference_id
      JOIN units u ON u.id = c.host_unit_id
     WHERE h.site_id = ANY ($2::bigint[]) AND h.firm AND h.conference_id <> $5
       AND upper(h.during) > $3 AND lower(h.during) < $4
     UNION ALL
    SELECT b.site_id, lower(b.during), upper(b.during), '', '', b.reason, FALSE
      FROM black_outs b
     WHERE b.site_id = ANY ($2::bigint[]) AND upper(b.during) > $3 AND lower(b.during) < $4
     ORDER BY starts_at, site_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A stretch in which a hall cannot be had; without `conference` it is blacked out."""

    site: SiteId
    period: Period
    holder: str
    holder_en: str
    title: str
    conference: bool


async def list_held(
    conn: Connection,
    units: Collection[UnitId],
    sites: Collection[SiteId],
    period: Period,
    *,
    besides: ConferenceId,
) -> list[Held]:
    """Return what stands in these halls in the period, set-up and tear-down included, by start."""
    rows = await conn.fetch(LIST_HELD, list(units), list(sites), period.start, period.end, besides)
    return [
        Held(
            site=row["site_id"],
            period=Period(row["starts_at"], row["ends_at"]),
            holder=row["holder"],
            holder_en=row["holder_en"],
            title=row["title"],
            conference=row["conference"],
        )
        for row in rows
    ]
