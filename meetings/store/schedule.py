"""Reading who holds what when, for grids of time; of others' conferences only holder and period."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import asyncpg

from meetings.ids import OfficialId
from meetings.model import ConferenceId, Kind, Period, SiteId, State, UnitId
from meetings.store import Connection

# $1: over whose subtrees the reader acts.  What was asked for and is not granted blocks nobody,
# so others do not learn of it.  A conference that ended early holds its halls until then.
LIST_ENTRIES = """
    SELECT e.id, e.state, e.starts_at, e.ends_at, e.host_id, e.host_code, e.host_name,
           e.host_name_en, e.host_path, e.main_site_id, e.visible, e.site_ids, e.version, e.demo,
           e.kind, e.told,
           CASE WHEN e.told THEN ARRAY(SELECT d.official_id FROM delegates d
                                        WHERE d.conference_id = e.id ORDER BY d.official_id)
                ELSE '{}' END AS delegate_ids,
           CASE WHEN e.told THEN e.title ELSE '' END AS title,
           CASE WHEN e.told THEN e.chair ELSE '' END AS chair,
           CASE WHEN e.told THEN e.chair_id END AS chair_id,
           CASE WHEN e.told THEN e.note ELSE '' END AS note
      FROM (SELECT v.*, v.visible OR v.open AS told
              FROM (SELECT c.id, c.title, c.kind, c.state, c.chair, c.note, c.version, c.demo,
                           c.chair_id, c.main_site_id, lower(c.period) AS starts_at,
                           CASE WHEN c.ended_at > lower(c.period) AND c.ended_at < upper(c.period)
                                THEN c.ended_at ELSE upper(c.period) END AS ends_at,
                           h.id AS host_id, h.code AS host_code, h.name AS host_name,
                           h.name_en AS host_name_en, h.path AS host_path,
                           c.visibility = 'open' AS open,
                           h.path && $1::bigint[] OR EXISTS (
                               SELECT FROM invitations i
                                 JOIN sites s ON s.id = i.site_id
                                 JOIN units u ON u.id = s.unit_id
                                WHERE i.conference_id = c.id AND u.path && $1::bigint[]
                           ) AS visible,
                           ARRAY(SELECT i.site_id FROM invitations i
                                  WHERE i.conference_id = c.id ORDER BY i.site_id) AS site_ids
                      FROM conferences c
                      JOIN units h ON h.id = c.host_unit_id
                     WHERE c.period && tstzrange($2, $3)
                       AND c.state IN ('requested', 'confirmed', 'live', 'ended', 'closed')
                       AND ($4::bigint IS NULL OR h.path @> ARRAY[$4::bigint] OR EXISTS (
                            SELECT FROM invitations i
                              JOIN sites s ON s.id = i.site_id
                              JOIN units u ON u.id = s.unit_id
                             WHERE i.conference_id = c.id AND u.path @> ARRAY[$4::bigint]))
                       AND ($5::bigint IS NULL OR EXISTS (
                            SELECT FROM invitations i
                             WHERE i.conference_id = c.id AND i.site_id = $5))
                       AND ($6::bigint IS NULL OR c.chair_id = $6 OR EXISTS (
                            SELECT FROM delegates d
                             WHERE d.conference_id = c.id AND d.official_id = $6))) AS v) AS e
     WHERE e.ends_at > $2 AND (e.visible OR e.state <> 'requested')
     ORDER BY e.starts_at, e.id
     LIMIT $7
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A conference on a grid of time; `told` says whether title and chair are in it."""

    id: ConferenceId
    title: str
    chair: str
    chair_id: OfficialId | None
    delegates: tuple[OfficialId, ...]
    note: str
    kind: Kind
    state: State
    period: Period
    host: UnitId
    host_code: str
    host_name: str
    host_name_en: str
    host_path: tuple[UnitId, ...]
    main_site: SiteId
    sites: tuple[SiteId, ...]
    version: int
    visible: bool
    told: bool
    demo: bool


def entry_from_row(row: asyncpg.Record) -> Entry:
    """Return the entry of a row that spells the columns out as above."""
    return Entry(
        id=row["id"],
        title=row["title"],
        chair=row["chair"],
        chair_id=row["chair_id"],
        delegates=tuple(row["delegate_ids"]),
        note=row["note"],
        kind=Kind(row["kind"]),
        state=State(row["state"]),
        period=Period(row["starts_at"], row["ends_at"]),
        host=row["host_id"],
        host_code=row["host_code"],
        host_name=row["host_name"],
        host_name_en=row["host_name_en"],
        host_path=tuple(row["host_path"]),
        main_site=row["main_site_id"],
        sites=tuple(row["site_ids"]),
        version=row["version"],
        visible=row["visible"],
        told=row["told"],
        demo=row["demo"],
    )


async def list_entries(
    conn: Connection,
    units: Collection[UnitId],
    period: Period,
    *,
    unit: UnitId | None = None,
    site: SiteId | None = None,
    official: OfficialId | None = None,
    limit: int,
) -> list[Entry]:
    """Return what is held in the period, by start.

    `unit` leaves what is held by, or in a hall of, its subtree; `site` what one hall is in,
    `official` what one leader chairs or attends.
    """
    rows = await conn.fetch(
        LIST_ENTRIES, list(units), period.start, period.end, unit, site, official, limit
    )
    return [entry_from_row(row) for row in rows]
