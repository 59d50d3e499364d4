"""Warnings: what was said against a conference and overridden, version by version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from meetings.model import Conference, ConferenceId
from meetings.reasons import Reason
from meetings.store import Connection

SAVE_WARNINGS = """
    INSERT INTO conference_warnings
           (conference_id, version, place, rule, starts_at, ends_at, subjects, holder)
    SELECT $1, $2, k.place, k.rule, k.starts_at, k.ends_at,
           to_jsonb(string_to_array(k.subjects, ' ')), k.holder
      FROM unnest($3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[], $7::text[])
           WITH ORDINALITY AS k (rule, starts_at, ends_at, subjects, holder, place)
        ON CONFLICT DO NOTHING
"""


async def save_warnings(conn: Connection, conference: Conference) -> None:
    """Write what was said against this version of the conference."""
    row = row_of(conference.id, conference.version, conference.warnings)
    await conn.execute(SAVE_WARNINGS, *row)


async def save_first_warnings(
    conn: Connection, said: Mapping[ConferenceId, Sequence[Reason]]
) -> None:
    """Write what was said against many conferences that were just made, in one trip."""
    rows = [row_of(conference, 1, reasons) for conference, reasons in said.items() if reasons]
    await conn.executemany(SAVE_WARNINGS, rows)


def row_of(conference: ConferenceId, version: int, said: Sequence[Reason]) -> tuple[object, ...]:
    """Return what was said against a version as its statement takes it."""
    holders = [one.holder for one in said]
    return (
        conference,
        version,
        [one.rule.value for one in said],
        [one.period.start for one in said],
        [one.period.end for one in said],
        [" ".join(f"{of.kind.value}:{of.id}" for of in one.subjects) for one in said],
        [f"{holder.kind.value}:{holder.id}" if holder else "" for holder in holders],
    )
