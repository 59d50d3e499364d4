"""Versions of conferences, and who was told which."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import asyncpg

from meetings.approval.versions import Telling, Told, Version
from meetings.model import ConferenceId, Period, PersonId, Role, State, UnitId
from meetings.store import Connection
from meetings.store.readers import Addressee

LIST_VERSIONS = """
    SELECT v.conference_id, v.version, v.recorded_at, v.state, v.title, v.kind, v.chair, v.note,
           v.urgency, v.host_unit_id, v.main_site_id, v.site_ids, lower(v.period) AS starts_at,
           upper(v.period) AS ends_at, v.owner_id, v.secretary, v.visibility, v.delegate_ids,
           v.waiver, v.call_systems,
           coalesce((SELECT a.actor FROM audit a
                      WHERE a.subject = 'conference:' || v.conference_id
                        AND a.at = v.recorded_at
                      ORDER BY a.id LIMIT 1), '') AS actor
      FROM conference_versions v
     WHERE v.conference_id = $1
     ORDER BY v.version
"""
LIST_TOLD = """
    SELECT t.version, t.person_id, coalesce(p.name, '') AS name, t.what, t.at, o.sent_at
      FROM tellings t
      LEFT JOIN people p ON p.id = t.person_id
      LEFT JOIN outbox o ON o.key = t.key
     WHERE t.conference_id = $1
     ORDER BY t.version, p.name_key, t.person_id
"""
# Changes that have rested a while, of conferences that are still to come or going on.
CLAIM_UNTOLD = """
    SELECT c.id, t.version AS told
      FROM conferences c
      LEFT JOIN told_versions t ON t.conference_id = c.id
     WHERE upper(c.period) > $1 AND NOT c.demo AND c.changed_at <= $2
       AND c.version > coalesce(t.version, 0)
       AND (t.version IS NOT NULL OR c.state IN ('confirmed', 'live'))
       AND EXISTS (SELECT FROM conference_versions v WHERE v.conference_id = c.id)
     ORDER BY c.id
     LIMIT $3
       FOR NO KEY UPDATE OF c SKIP LOCKED
"""
SAVE_TOLD = """
    INSERT INTO told_versions (conference_id, version) VALUES ($1, $2)
        ON CONFLICT (conference_id) DO UPDATE SET version = EXCLUDED.version
"""
INSERT_TELLING = """
    INSERT INTO tellings (conference_id, version, person_id, what, key, at)
    VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING
"""
# For each invited unit those of the nearest unit above it that has anybody to write to.
LIST_INVITED_READERS = """
    SELECT DISTINCT r.id, r.email, r.locale
      FROM sites s
      JOIN units u ON u.id = s.unit_id
     CROSS JOIN LATERAL (
           SELECT p.id, p.email, p.locale,
                  rank() OVER (ORDER BY array_position(u.path, g.unit_id) DESC) AS place
             FROM grants g
             JOIN people p ON p.id = g.person_id AND p.active AND p.email <> ''
            WHERE g.unit_id = ANY (u.path) AND g.role = $2) AS r
     WHERE s.id = ANY ($1::bigint[]) AND r.place = 1
     ORDER BY r.id
"""
LIST_TOLD_READERS = """
    SELECT DISTINCT p.id, p.email, p.locale
      FROM tellings t
      JOIN people p ON p.id = t.person_id AND p.active AND p.email <> ''
     WHERE t.conference_id = $1 AND t.what <> 'cancel'
     ORDER BY p.id
"""


def _version_from_row(row: asyncpg.Record) -> Version:
    delegates = row["delegate_ids"]
    return Version(
        conference=row["conference_id"],
        version=row["version"],
        at=row["recorded_at"],
        by=row["actor"],
        state=State(row["state"]),
        title=row["title"],
        kind=row["kind"],
        chair=row["chair"],
        note=row["note"],
        urgency=row["urgency"],
        host=UnitId(row["host_unit_id"]),
        main_site=row["main_site_id"],
        sites=tuple(row["site_ids"]),
        period=Period(row["starts_at"], row["ends_at"]),
        owner=row["owner_id"],
        secretary=row["secretary"],
        visibility=row["visibility"],
        delegates=None if delegates is None else tuple(delegates),
        waiver=row["waiver"],
        call_systems=row["call_systems"],
    )


async def list_versions(conn: Connection, conference: ConferenceId) -> list[Version]:
    """Return every version, the first one first."""
    return [_version_from_row(row) for row in await conn.fetch(LIST_VERSIONS, conference)]


async def list_told(conn: Connection, conference: ConferenceId) -> list[Told]:
    """Return who was told which version."""
    return [
        Told(
            version=row["version"],
            person=PersonId(row["person_id"]),
            name=row["name"],
            what=Telling(row["what"]),
            at=row["at"],
            sent_at=row["sent_at"],
        )
        for row in await conn.fetch(LIST_TOLD, conference)
    ]


async def claim_untold(
    conn: Connection, now: datetime, *, rested: datetime, limit: int
) -> list[tuple[ConferenceId, int | None]]:
    """Return conferences whose invited know an older version, locked; and which one they know."""
    rows = await conn.fetch(CLAIM_UNTOLD, now, rested, limit)
    return [(ConferenceId(row["id"]), row["told"]) for row in rows]


async def save_told(conn: Connection, conference: ConferenceId, version: int) -> None:
    """Note up to which version the invited were told."""
    await conn.execute(SAVE_TOLD, conference, version)


async def insert_telling(
    conn: Connection, version: Version, person: PersonId, what: Telling, *, key: str, at: datetime
) -> None:
    """Note that somebody is sent something about a version."""
    await conn.execute(
        INSERT_TELLING, version.conference, version.version, person, what.value, key, at
    )


def _addressees(rows: Collection[asyncpg.Record]) -> list[Addressee]:
    return [Addressee(person=row["id"], email=row["email"], locale=row["locale"]) for row in rows]


async def list_invited_readers(conn: Connection, version: Version) -> list[Addressee]:
    """Return the secretaries of the invited units."""
    sites = list(version.sites)
    return _addressees(await conn.fetch(LIST_INVITED_READERS, sites, Role.SECRETARY.value))


async def list_told_readers(conn: Connection, conference: ConferenceId) -> list[Addressee]:
    """Return who was told anything about the conference before."""
    return _addressees(await conn.fetch(LIST_TOLD_READERS, conference))
