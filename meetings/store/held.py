"""Reading who holds halls, officials and lines in a stretch of time, for the booking grid."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from meetings.model import ConferenceId, LineId, OfficialId, Period, SiteId, UnitId
from meetings.scheduling.resources import Subject, SubjectKind
from meetings.store import Connection

# One statement for all.  $1: over whose subtrees the reader acts; of others' conferences the title
# stays empty, unless they are open to all.
LIST_HELD = """
    WITH promised AS (
        SELECT 'site' AS kind, h.site_id AS id, h.conference_id, h.during FROM holds h
         WHERE h.site_id = ANY ($2::bigint[]) AND h.firm AND h.conference_id <> $6
           AND upper(h.during) > $4 AND lower(h.during) < $5
         UNION ALL
        SELECT 'official', h.official_id, h.conference_id, h.during FROM official_holds h
         WHERE h.official_id = ANY ($3::bigint[]) AND h.firm AND h.conference_id <> $6
           AND upper(h.during) > $4 AND lower(h.during) < $5
         UNION ALL
        SELECT 'line', h.line_id, h.conference_id, h.during FROM line_holds h
         WHERE h.line_id = ANY ($7::bigint[]) AND h.firm AND h.conference_id <> $6
           AND upper(h.during) > $4 AND lower(h.during) < $5)
    SELECT p.kind, p.id, lower(p.during) AS starts_at, upper(p.during) AS ends_at,
           u.name AS holder, u.name_en AS holder_en,
           CASE WHEN c.visibility = 'open' OR u.path && $1::bigint[] OR EXISTS (
                     SELECT FROM invitations i
                       JOIN sites s ON s.id = i.site_id
                       JOIN units v ON v.id = s.unit_id
                      WHERE i.conference_id = c.id AND v.path && $1::bigint[])
                THEN c.title ELSE '' END AS title,
           p.conference_id
      FROM promised p
      JOIN conferences c ON c.id = p.conference_id
      JOIN units u ON u.id = c.host_unit_id
     UNION ALL
    SELECT 'site', b.site_id, lower(b.during), upper(b.during), '', '', b.reason, NULL
      FROM black_outs b
     WHERE b.site_id = ANY ($2::bigint[]) AND upper(b.during) > $4 AND lower(b.during) < $5
     UNION ALL
    SELECT 'official', b.official_id, lower(b.during), upper(b.during), '', '', b.reason, NULL
      FROM black_outs b
     WHERE b.official_id = ANY ($3::bigint[]) AND upper(b.during) > $4 AND lower(b.during) < $5
     UNION ALL
    SELECT 'line', b.line_id, lower(b.during), upper(b.during), '', '', b.reason, NULL
      FROM black_outs b
     WHERE b.line_id = ANY ($7::bigint[]) AND upper(b.during) > $4 AND lower(b.during) < $5
     ORDER BY starts_at, kind, id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A stretch in which something cannot be had; without `conference` it is blacked out."""

    subject: Subject
    period: Period
    holder: str
    holder_en: str
    title: str
    conference: ConferenceId | None


async def list_held(
    conn: Connection,
    units: Collection[UnitId],
    sites: Collection[SiteId],
    officials: Collection[OfficialId],
    period: Period,
    *,
    lines: Collection[LineId],
    besides: ConferenceId,
) -> list[Held]:
    """Return what they are held for in the period, set-up and tear-down included, by start."""
    asked = (list(units), list(sites), list(officials), period.start, period.end, besides)
    rows = await conn.fetch(LIST_HELD, *asked, list(lines))
    return [
        Held(
            subject=Subject(SubjectKind(row["kind"]), row["id"]),
            period=Period(row["starts_at"], row["ends_at"]),
            holder=row["holder"],
            holder_en=row["holder_en"],
            title=row["title"],
            conference=row["conference_id"],
        )
        for row in rows
    ]
