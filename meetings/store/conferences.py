"""Conferences with their invitations: reading one, writing what was decided."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg

from meetings.errors import ConferenceNotFound
from meetings.model import (
    Conference,
    ConferenceId,
    Kind,
    LineId,
    Period,
    State,
    Urgency,
    Visibility,
    Wish,
)
from meetings.names import fold
from meetings.rules import owner_in
from meetings.scheduling.reasons import Reason
from meetings.scheduling.resources import Hall
from meetings.store import Connection
from meetings.store.many import save_conferences
from meetings.store.warnings import written

# What `conference_from_row` reads of a conference `c`.
CONFERENCE = """c.id, c.title, c.kind, c.state, c.host_unit_id, c.chair, c.main_site_id, c.note,
           lower(c.period) AS starts_at, upper(c.period) AS ends_at, c.version, c.cancel_reason,
           c.ended_at, c.created_by, c.demo, c.changed_at, c.urgency, c.owner_id,
           c.secretary, c.visibility, c.waiver, c.call_systems,
           c.chair_id, ARRAY(SELECT d.official_id FROM delegates d
                              WHERE d.conference_id = c.id ORDER BY d.official_id) AS delegate_ids,
           ARRAY(SELECT i.site_id FROM invitations i
                  WHERE i.conference_id = c.id ORDER BY i.site_id) AS site_ids"""
LIST_BY_IDS = f"""
    SELECT {CONFERENCE}
      FROM conferences c
     WHERE c.id = ANY ($1::bigint[])
     ORDER BY c.id
"""  # noqa: S608 - no value is spliced
LOCK_CONFERENCE = """
    SELECT id FROM conferences WHERE id = $1 FOR NO KEY UPDATE
"""
LIST_TO_BEGIN = """
    SELECT id FROM conferences
     WHERE state = 'confirmed' AND lower(period) <= $1 AND upper(period) > $1
     ORDER BY id
"""
# The number was drawn before where links are written: they are made from it.
INSERT_CONFERENCE = """
    WITH c AS (
        INSERT INTO conferences (title, folded, kind, host_unit_id, chair, main_site_id, period,
                                 note, demo, urgency, secretary, visibility, chair_id, waiver,
                                 created_by, owner_id, changed_at, state, id, call_systems)
        OVERRIDING SYSTEM VALUE
        VALUES ($1, $2, $3, $4, $5, $6, tstzrange($7, $8), $9, $10, $11, $12, $13, $14, $15,
                $19, $20, $21, $22, coalesce($23, nextval('conferences_id_seq')), $29)
        RETURNING id, version, period, $22 = 'confirmed' AS firm, $22 <> 'draft' AS held),
    i AS (INSERT INTO invitations (conference_id, site_id)
          SELECT c.id, site FROM c, unnest($16::bigint[]) AS site),
    k AS (INSERT INTO links (conference_id, site_id, hash)
          SELECT c.id, n.site, n.hash FROM c, unnest($16::bigint[], $24::bytea[]) AS n (site, hash)
           WHERE n.hash IS NOT NULL),
    h AS (INSERT INTO holds (conference_id, site_id, during, firm)
          SELECT c.id, k.site, tstzrange(coalesce(k.starts_at, lower(c.period)),
                                         coalesce(k.ends_at, upper(c.period))), c.firm
            FROM c, unnest($16::bigint[], $25::timestamptz[], $26::timestamptz[])
                 AS k (site, starts_at, ends_at)
           WHERE c.held),
    d AS (INSERT INTO delegates (conference_id, official_id)
          SELECT c.id, official FROM c, unnest($17::bigint[]) AS official),
    o AS (INSERT INTO official_holds (conference_id, official_id, during, firm)
          SELECT c.id, official, c.period, c.firm FROM c, unnest($18::bigint[]) AS official
           WHERE c.held),
    l AS (INSERT INTO line_holds (conference_id, line_id, during, firm)
          SELECT c.id, line, c.period, c.firm FROM c, unnest($27::bigint[]) AS line
           WHERE c.held),
    w AS (INSERT INTO conference_warnings
                 (conference_id, version, place, rule, starts_at, ends_at, subjects, holder)
          SELECT c.id, c.version, w.*
            FROM c, jsonb_to_recordset($28::text::jsonb)
                 AS w (place int, rule text, starts_at timestamptz, ends_at timestamptz,
                       subjects jsonb, holder text))
    SELECT id FROM c
"""


def conference_from_row(row: asyncpg.Record) -> Conference:
    """Return the conference of a row that has the columns of `CONFERENCE`."""
    return Conference(
        id=row["id"],
        title=row["title"],
        kind=Kind(row["kind"]),
        state=State(row["state"]),
        host=row["host_unit_id"],
        chair=row["chair"],
        main_site=row["main_site_id"],
        sites=tuple(row["site_ids"]),
        period=Period(row["starts_at"], row["ends_at"]),
        note=row["note"],
        version=row["version"],
        cancel_reason=row["cancel_reason"],
        ended_at=row["ended_at"],
        created_by=row["created_by"],
        demo=row["demo"],
        changed_at=row["changed_at"],
        urgency=Urgency(row["urgency"]),
        owner=row["owner_id"],
        secretary=row["secretary"],
        visibility=Visibility(row["visibility"]),
        waiver=row["waiver"],
        call_systems=row["call_systems"],
        chair_id=row["chair_id"],
        delegates=tuple(row["delegate_ids"]),
    )


async def get_conference(conn: Connection, conference: ConferenceId) -> Conference:
    """Return the conference, or raise ConferenceNotFound."""
    found = await list_by_ids(conn, [conference])
    if not found:
        raise ConferenceNotFound(conference)
    return found[0]


async def list_by_ids(conn: Connection, conferences: Collection[ConferenceId]) -> list[Conference]:
    """Return the conferences of these ids."""
    return [conference_from_row(row) for row in await conn.fetch(LIST_BY_IDS, list(conferences))]


async def lock_conference(conn: Connection, conference: ConferenceId) -> Conference:
    """Return the conference, locked until the transaction ends.

    The lock is a statement of its own: a statement that waited for a lock still sees the
    invitations as they were before it waited.
    """
    await conn.execute(LOCK_CONFERENCE, conference)
    return await get_conference(conn, conference)


async def list_to_begin(conn: Connection, now: datetime) -> list[ConferenceId]:
    """Return the confirmed conferences whose time has come."""
    return [row["id"] for row in await conn.fetch(LIST_TO_BEGIN, now)]


async def insert_conference(
    conn: Connection,
    wish: Wish,
    *,
    by: str,
    now: datetime,
    state: State = State.CONFIRMED,
    halls: Collection[Hall] | None = None,
    warnings: Sequence[Reason] = (),
    number: ConferenceId | None = None,
    links: Sequence[bytes] = (),
) -> ConferenceId:
    """Write a conference with its invitations, holds and warnings in one statement.

    The holds are firm when it is confirmed; a draft has none.  `halls` are those of the wish with
    how each is booked; without them no time is kept before and after.  `links` are the hashes of
    its sites' links in the order of the sites, made from the `number` that was drawn for it.
    """
    identity: int = await conn.fetchval(
        INSERT_CONFERENCE,
        *_said(wish),
        by,
        owner_in(by),
        now,
        state.value,
        number,
        list(links),
        *_spans(wish, halls or [Hall(site=site) for site in wish.sites]),
        written(warnings),
        wish.call_systems,
    )
    return ConferenceId(identity)


def _said(wish: Wish) -> tuple[object, ...]:
    """Return what a wish says, in the order of the statement."""
    return (
        wish.title,
        fold(f"{wish.title} {wish.chair}"),
        wish.kind.value,
        wish.host,
        wish.chair,
        wish.main_site,
        wish.period.start,
        wish.period.end,
        wish.note,
        wish.demo,
        wish.urgency.value,
        wish.secretary,
        wish.visibility.value,
        wish.chair_id,
        wish.waiver,
        sorted(wish.sites),
        sorted(wish.delegates),
        sorted(wish.officials),
    )


def _spans(
    wish: Wish, halls: Collection[Hall]
) -> tuple[list[datetime], list[datetime], list[LineId]]:
    """Return from when until when each hall is held, in order of the sites, and the lines.

    Where no hall needs time before or after, nothing is said: they are held for the period.
    """
    lines = sorted({hall.line for hall in halls if hall.line is not None})
    if not any(hall.set_up or hall.tear_down for hall in halls):
        return [], [], lines
    ordered = sorted(halls, key=lambda hall: hall.site)
    reaches = [hall.reach(wish.period) for hall in ordered]
    return [one.start for one in reaches], [one.end for one in reaches], lines


async def save_conference(conn: Connection, conference: Conference) -> None:
    """Write the conference's own columns, its version and host included; not its sites."""
    await save_conferences(conn, [conference])
