"""The audit: who did what, one row for each change, never altered."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from meetings.model import Conference, PersonId, UnitId
from meetings.news import CHANNEL
from meetings.store import Connection

# Most act in no one's stead; looking for whom they act would be most of the price.
INSERT_AUDIT = """
    WITH written AS (
        INSERT INTO audit (actor, action, subject, unit_id, detail)
        SELECT $1, $2, k.subject, k.unit, k.detail::jsonb
          FROM unnest($3::text[], $4::bigint[], $5::text[]) AS k (subject, unit, detail))
    SELECT pg_notify($6, topic) FROM unnest($7::text[]) AS topic
"""
INSERT_LENT_AUDIT = """
    WITH written AS (
        INSERT INTO audit (actor, action, subject, unit_id, detail, on_behalf)
        SELECT $1, $2, k.subject, k.unit, k.detail::jsonb,
               ARRAY(SELECT DISTINCT lent.giver
                       FROM unnest($8::bigint[], $9::bigint[]) AS lent (giver, unit)
                       JOIN units u ON u.id = k.unit
                      WHERE lent.unit = ANY (u.path) AND k.subject <> $1
                      ORDER BY lent.giver)
          FROM unnest($3::text[], $4::bigint[], $5::text[]) AS k (subject, unit, detail))
    SELECT pg_notify($6, topic) FROM unnest($7::text[]) AS topic
"""
LIST_AUDIT = """
    SELECT a.id, a.at, a.actor, a.action, a.subject, a.unit_id, a.detail::text AS detail,
           a.on_behalf
      FROM audit a
      LEFT JOIN units u ON u.id = a.unit_id
     WHERE ($1::bigint[] IS NULL OR u.path && $1::bigint[])
       AND ($2::text IS NULL OR a.subject = $2)
       AND ($3::bigint IS NULL OR a.id < $3)
     ORDER BY a.id DESC
     LIMIT $4
"""


@dataclass(frozen=True, slots=True)
class Lent:
    """Whose role the one who acts may use as a deputy, over the subtree of which unit."""

    giver: PersonId
    unit: UnitId


LENT: ContextVar[tuple[Lent, ...]] = ContextVar("LENT", default=())
"""What is lent to the one who acts now; the gate before every handler sets it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One change; `unit` says whose subtree may read it, None is for the whole installation.

    `on_behalf` names whose lent role reached that unit, where the actor had none of their own.
    """

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    unit: UnitId | None
    detail: Mapping[str, Any]
    on_behalf: tuple[PersonId, ...] = ()


async def record(
    conn: Connection,
    *,
    actor: str,
    action: str,
    subject: str,
    unit: UnitId | None = None,
    detail: Mapping[str, Any] | None = None,
    news: Collection[str] = (),
) -> None:
    """Write one row in the transaction of the change it tells of.

    `news` are topics to announce in the same round trip, see `meetings.news`.
    """
    await record_each(
        conn, [subject], actor=actor, action=action, unit=unit, detail=detail, news=news
    )


async def record_each(
    conn: Connection,
    subjects: Collection[str],
    *,
    actor: str,
    action: str,
    unit: UnitId | None = None,
    detail: Mapping[str, Any] | None = None,
    news: Collection[str] = (),
) -> None:
    """Write one row for each of many subjects to which the same was done."""
    rows = [(subject, unit, detail or {}) for subject in subjects]
    await _insert(conn, rows, actor=actor, action=action, news=news)


async def record_changes(
    conn: Connection,
    changes: Sequence[tuple[Conference, Mapping[str, Any]]],
    action: str,
    *,
    by: str,
) -> None:
    """Write a row with its own detail for each of many conferences, and let others know of all."""
    rows = [(f"conference:{one.id}", one.host, detail) for one, detail in changes]
    news = [*(subject for subject, _, _ in rows), "snapshot"]
    if rows:
        await _insert(conn, rows, actor=by, action=action, news=news)


async def _insert(
    conn: Connection,
    rows: Sequence[tuple[str, UnitId | None, Mapping[str, Any]]],
    *,
    actor: str,
    action: str,
    news: Collection[str],
) -> None:
    given = (
        actor,
        action,
        [subject for subject, _, _ in rows],
        [unit for _, unit, _ in rows],
        [json.dumps(detail, ensure_ascii=False) for _, _, detail in rows],
        CHANNEL,
        list(news),
    )
    lent = LENT.get()
    if not lent:
        await conn.execute(INSERT_AUDIT, *given)
        return
    givers, units = [one.giver for one in lent], [one.unit for one in lent]
    await conn.execute(INSERT_LENT_AUDIT, *given, givers, units)


async def record_change(
    conn: Connection, conference: Conference, action: str, *, by: str, **detail: object
) -> None:
    """Write the one row of a change to a conference and let the other processes know."""
    await _record_of(conn, conference, action, "snapshot", by=by, detail=detail)


async def record_beside(
    conn: Connection, conference: Conference, action: str, *, by: str, **detail: object
) -> None:
    """Write the one row of a change to what no bridge needs to know; its pages are told."""
    await _record_of(conn, conference, action, by=by, detail=detail)


async def _record_of(
    conn: Connection,
    conference: Conference,
    action: str,
    *news: str,
    by: str,
    detail: Mapping[str, Any],
) -> None:
    subject = f"conference:{conference.id}"
    await record(
        conn,
        actor=by,
        action=action,
        subject=subject,
        unit=conference.host,
        detail=detail,
        news=(subject, *news),
    )


async def list_audit(
    conn: Connection,
    *,
    units: Collection[UnitId] | None = None,
    subject: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[AuditEntry]:
    """Return the newest entries of the subtrees of `units` (None: of all), before an id."""
    wanted = None if units is None else list(units)
    rows = await conn.fetch(LIST_AUDIT, wanted, subject, before, limit)
    return [_entry_from_row(row) for row in rows]


def _entry_from_row(row: asyncpg.Record) -> AuditEntry:
    return AuditEntry(
        id=row["id"],
        at=row["at"],
        actor=row["actor"],
        action=row["action"],
        subject=row["subject"],
        unit=row["unit_id"],
        detail=json.loads(row["detail"]),
        on_behalf=tuple(row["on_behalf"]),
    )
