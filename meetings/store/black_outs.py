"""Black-outs: stretches in which a hall, an official or a line cannot be had."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import asyncpg

from meetings.ids import BlackOutId, LineId, OfficialId, SiteId
from meetings.period import Period
from meetings.scheduling.resources import BlackOut, Subject, SubjectKind
from meetings.store import Connection

LIST_BLACK_OUTS = """
    SELECT b.id, b.site_id, b.official_id, b.line_id, lower(b.during) AS starts_at,
           upper(b.during) AS ends_at, b.reason
      FROM black_outs b
     WHERE ($1::bigint IS NULL OR b.site_id = $1)
       AND ($2::bigint IS NULL OR b.official_id = $2)
       AND ($3::bigint IS NULL OR b.line_id = $3)
       AND upper(b.during) > $4
       AND ($5::bigint IS NULL OR b.id > $5)
     ORDER BY b.id
     LIMIT $6
"""
LIST_BLACK_OUTS_OF = """
    SELECT b.id, b.site_id, b.official_id, b.line_id, lower(b.during) AS starts_at,
           upper(b.during) AS ends_at, b.reason
      FROM black_outs b
     WHERE b.site_id = ANY ($1::bigint[]) AND upper(b.during) > $4 AND lower(b.during) < $5
     UNION ALL
    SELECT b.id, b.site_id, b.official_id, b.line_id, lower(b.during), upper(b.during), b.reason
      FROM black_outs b
     WHERE b.official_id = ANY ($2::bigint[]) AND upper(b.during) > $4 AND lower(b.during) < $5
     UNION ALL
    SELECT b.id, b.site_id, b.official_id, b.line_id, lower(b.during), upper(b.during), b.reason
      FROM black_outs b
     WHERE b.line_id = ANY ($3::bigint[]) AND upper(b.during) > $4 AND lower(b.during) < $5
     ORDER BY starts_at, id
"""
FIND_BLACK_OUT = """
    SELECT b.id, b.site_id, b.official_id, b.line_id, lower(b.during) AS starts_at,
           upper(b.during) AS ends_at, b.reason
      FROM black_outs b WHERE b.id = $1
"""
INSERT_BLACK_OUT = """
    INSERT INTO black_outs (site_id, official_id, line_id, during, reason, created_by)
    VALUES ($1, $2, $3, tstzrange($4, $5), $6, $7)
    RETURNING id
"""
DELETE_BLACK_OUT = """
    DELETE FROM black_outs WHERE id = $1
"""
SAVE_END = """
    UPDATE black_outs SET during = tstzrange(lower(during), $2) WHERE id = $1
"""
COUNT_TOUCHED = """
    SELECT b.id,
           (SELECT count(*) FROM holds h
             WHERE h.site_id = b.site_id AND h.firm
               AND upper(h.during) > lower(b.during) AND lower(h.during) < upper(b.during))
         + (SELECT count(*) FROM official_holds h
             WHERE h.official_id = b.official_id AND h.firm
               AND upper(h.during) > lower(b.during) AND lower(h.during) < upper(b.during))
         + (SELECT count(*) FROM line_holds h
             WHERE h.line_id = b.line_id AND h.firm
               AND upper(h.during) > lower(b.during) AND lower(h.during) < upper(b.during))
           AS touched
      FROM black_outs b WHERE b.id = ANY ($1::bigint[])
"""


def columns(subject: Subject | None) -> tuple[int | None, int | None, int | None]:
    """Return the subject as the columns site_id, official_id and line_id."""
    ids = {subject.kind: subject.id} if subject else {}
    kinds = (SubjectKind.SITE, SubjectKind.OFFICIAL, SubjectKind.LINE)
    site, official, line = (ids.get(kind) for kind in kinds)
    return site, official, line


def subject_from_row(row: asyncpg.Record) -> Subject:
    """Return the one subject among a row's columns site_id, official_id and line_id."""
    if row["site_id"] is not None:
        return Subject(SubjectKind.SITE, row["site_id"])
    if row["official_id"] is not None:
        return Subject(SubjectKind.OFFICIAL, row["official_id"])
    return Subject(SubjectKind.LINE, row["line_id"])


def black_out_from_row(row: asyncpg.Record) -> BlackOut:
    """Return the black-out of a row that spells the columns out as above."""
    return BlackOut(
        id=row["id"],
        subject=subject_from_row(row),
        period=Period(row["starts_at"], row["ends_at"]),
        reason=row["reason"],
    )


async def list_black_outs(
    conn: Connection,
    *,
    subject: Subject | None,
    since: datetime,
    after: BlackOutId | None,
    limit: int,
) -> list[BlackOut]:
    """Return black-outs that end after a moment, of one subject or of all, as they were added."""
    rows = await conn.fetch(LIST_BLACK_OUTS, *columns(subject), since, after, limit)
    return [black_out_from_row(row) for row in rows]


async def list_black_outs_of(
    conn: Connection,
    period: Period,
    *,
    sites: Collection[SiteId],
    officials: Collection[OfficialId],
    lines: Collection[LineId],
) -> list[BlackOut]:
    """Return every black-out of these in the period, the earliest first."""
    rows = await conn.fetch(
        LIST_BLACK_OUTS_OF, list(sites), list(officials), list(lines), period.start, period.end
    )
    return [black_out_from_row(row) for row in rows]


async def find_black_out(conn: Connection, black_out: BlackOutId) -> BlackOut | None:
    """Return the black-out, if there is one of that id."""
    row = await conn.fetchrow(FIND_BLACK_OUT, black_out)
    return None if row is None else black_out_from_row(row)


async def insert_black_out(
    conn: Connection, subject: Subject, period: Period, *, reason: str, by: str
) -> BlackOutId:
    """Add a black-out and return its id."""
    identity: int = await conn.fetchval(
        INSERT_BLACK_OUT, *columns(subject), period.start, period.end, reason, by
    )
    return BlackOutId(identity)


async def delete_black_out(conn: Connection, black_out: BlackOutId) -> None:
    """Let the subject be had again."""
    await conn.execute(DELETE_BLACK_OUT, black_out)


async def save_end(conn: Connection, black_out: BlackOutId, end: datetime) -> None:
    """Let a black-out that has begun end then."""
    await conn.execute(SAVE_END, black_out, end)


async def count_touched(
    conn: Connection, black_outs: Collection[BlackOutId]
) -> dict[BlackOutId, int]:
    """Return how many promises of its subject stand in each black-out."""
    rows = await conn.fetch(COUNT_TOUCHED, list(black_outs))
    return {BlackOutId(row["id"]): row["touched"] for row in rows}
