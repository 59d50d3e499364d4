"""Corrections, and the records that they are about."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType

import asyncpg

from meetings.directory.errors import CorrectionNotFound, NameTaken
from meetings.directory.proposals import Corrected, Correction, CorrectionId, Proposal
from meetings.model import COMMUNE_KINDS, UnitId, UnitKind
from meetings.names import fold, sort_key
from meetings.store import Connection

INSERT_CORRECTION = """
    INSERT INTO corrections (kind, record_id, unit_id, before, after, reason, proposed_by,
                             proposed_at)
    VALUES ($1, $2, $3, $4::text::jsonb, $5::text::jsonb, $6, $7, $8)
    RETURNING id
"""
LOCK_CORRECTION = """
    SELECT id, kind, record_id, unit_id, before::text AS before, after::text AS after, reason,
           state, proposed_by, proposed_at, coalesce(decided_by, '') AS decided_by, decided_at,
           remark
      FROM corrections WHERE id = $1 FOR UPDATE
"""
LIST_CORRECTIONS = """
    SELECT c.id, c.kind, c.record_id, c.unit_id, c.before::text AS before, c.after::text AS after,
           c.reason, c.state, c.proposed_by, c.proposed_at,
           coalesce(c.decided_by, '') AS decided_by, c.decided_at, c.remark
      FROM corrections c
      JOIN units u ON u.id = c.unit_id
     WHERE u.path && $1::bigint[] AND ($2::text[] IS NULL OR c.state = ANY ($2))
       AND ($3::bigint IS NULL OR c.id < $3)
     ORDER BY c.id DESC
     LIMIT $4
"""
COUNT_OPEN = """
    SELECT count(*) FROM corrections c JOIN units u ON u.id = c.unit_id
     WHERE c.state = 'open' AND u.path && $1::bigint[]
"""
SAVE_DECISION = """
    UPDATE corrections SET state = $2, decided_by = $3, decided_at = $4, remark = $5 WHERE id = $1
"""
LOCK_RECORDS: Mapping[str, str] = MappingProxyType(
    {
        "unit": "SELECT id AS unit_id, full_name, name_en FROM units WHERE id = $1 FOR UPDATE",
        "site": "SELECT unit_id, name, phone FROM sites WHERE id = $1 FOR UPDATE",
        "contact": """
            SELECT unit_id, name, title, phone, email FROM contacts WHERE id = $1 FOR UPDATE
        """,
    }
)
SAVE_UNIT = """
    UPDATE units SET full_name = $2, name_en = $3, folded = $4 WHERE id = $1
"""
SAVE_SITE = """
    UPDATE sites SET name = $2, phone = $3, folded = $4, name_key = $5 WHERE id = $1
"""
SAVE_CONTACT = """
    UPDATE contacts SET name = $2, title = $3, phone = $4, email = $5, version = version + 1
     WHERE id = $1
"""
GET_UNIT = """
    SELECT code, name, full_name, kind FROM units WHERE id = $1
"""


def correction_from_row(row: asyncpg.Record) -> Correction:
    """Return the correction of a row that spells the columns out as above."""
    return Correction(
        id=CorrectionId(row["id"]),
        kind=Corrected(row["kind"]),
        record=row["record_id"],
        unit=row["unit_id"],
        before=json.loads(row["before"]),
        after=json.loads(row["after"]),
        reason=row["reason"],
        state=row["state"],
        proposed_by=row["proposed_by"],
        proposed_at=row["proposed_at"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        remark=row["remark"],
    )


async def insert_correction(conn: Connection, new: Proposal, *, by: str, now: datetime) -> int:
    """Write a proposal down."""
    texts = [json.dumps(dict(part), ensure_ascii=False) for part in (new.before, new.after)]
    values = (new.kind.value, new.record, new.unit, *texts, new.reason, by, now)
    return int(await conn.fetchval(INSERT_CORRECTION, *values))


async def lock_correction(conn: Connection, correction: int) -> Correction:
    """Return the correction, locked until the transaction ends."""
    row = await conn.fetchrow(LOCK_CORRECTION, correction)
    if row is None:
        raise CorrectionNotFound(correction)
    return correction_from_row(row)


async def list_corrections(
    conn: Connection,
    units: Collection[UnitId],
    *,
    states: Collection[str] | None = None,
    before: int | None = None,
    limit: int,
) -> list[Correction]:
    """Return the newest corrections in these subtrees, in one of these states (None: in any)."""
    wanted = None if states is None else list(states)
    rows = await conn.fetch(LIST_CORRECTIONS, list(units), wanted, before, limit)
    return [correction_from_row(row) for row in rows]


async def count_open(conn: Connection, units: Collection[UnitId]) -> int:
    """Return how many in these subtrees nobody has decided yet."""
    return int(await conn.fetchval(COUNT_OPEN, list(units)))


async def save_decision(
    conn: Connection, correction: int, state: str, *, by: str, now: datetime, remark: str
) -> None:
    """Note what became of it."""
    await conn.execute(SAVE_DECISION, correction, state, by, now, remark)


async def lock_record(conn: Connection, kind: str, record: int) -> dict[str, str] | None:
    """Return the fields of a record that can be corrected, locked; None if it is gone.

    `unit_id` is the one field that is no text.
    """
    row = await conn.fetchrow(LOCK_RECORDS[kind], record)
    return None if row is None else dict(row)


async def save_record(conn: Connection, kind: str, record: int, fields: Mapping[str, str]) -> None:
    """Write a record's fields; halls and units are found by their new names."""
    if kind == "contact":
        names = ("name", "title", "phone", "email")
        await conn.execute(SAVE_CONTACT, record, *(fields[name] for name in names))
        return
    unit = await conn.fetchrow(GET_UNIT, fields["unit_id"])
    assert unit is not None  # noqa: S101 - the record refers to it
    if kind == "unit":
        searched = fold(f"{fields['full_name']} {unit['code']}")
        await conn.execute(SAVE_UNIT, record, fields["full_name"], fields["name_en"], searched)
        return
    searched = fold(f"{unit['full_name']} {fields['name']} {unit['code']}")
    of_commune = UnitKind(unit["kind"]) in COMMUNE_KINDS
    key = sort_key(unit["name"] if of_commune else fields["name"])
    try:
        async with conn.transaction():
            await conn.execute(SAVE_SITE, record, fields["name"], fields["phone"], searched, key)
    except asyncpg.UniqueViolationError as error:
        raise NameTaken(fields["name"]) from error
