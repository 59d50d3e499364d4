"""Warnings: what was said against a conference and overridden, version by version."""

from __future__ import annotations

from meetings.model import Conference
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
    said = conference.warnings
    holders = [one.holder for one in said]
    await conn.execute(
        SAVE_WARNINGS,
        conference.id,
        conference.version,
        [one.rule.value for one in said],
        [one.period.start for one in said],
        [one.period.end for one in said],
        [" ".join(f"{of.kind.value}:{of.id}" for of in one.subjects) for one in said],
        [f"{holder.kind.value}:{holder.id}" if holder else "" for holder in holders],
    )
