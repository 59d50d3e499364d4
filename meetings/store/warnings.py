"""Warnings: what was said against a conference and overridden, version by version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from meetings.model import ConferenceId
from meetings.reasons import Reason
from meetings.store import Connection

SAVE_WARNINGS = """
    INSERT INTO conference_warnings
           (conference_id, version, place, rule, starts_at, ends_at, subjects, holder)
    SELECT k.id, k.version, k.place, k.rule, k.starts_at, k.ends_at,
           to_jsonb(string_to_array(k.subjects, ' ')), k.holder
      FROM unnest($1::bigint[], $2::int[], $3::int[], $4::text[], $5::timestamptz[],
                  $6::timestamptz[], $7::text[], $8::text[])
           AS k (id, version, place, rule, starts_at, ends_at, subjects, holder)
        ON CONFLICT DO NOTHING
"""


async def save_warnings(
    conn: Connection, said: Iterable[tuple[ConferenceId, int, Sequence[Reason]]]
) -> None:
    """Write what was said against these versions of conferences."""
    rows = [
        (
            conference,
            version,
            place,
            one.rule.value,
            one.period.start,
            one.period.end,
            " ".join(f"{of.kind.value}:{of.id}" for of in one.subjects),
            f"{one.holder.kind.value}:{one.holder.id}" if one.holder else "",
        )
        for conference, version, reasons in said
        for place, one in enumerate(reasons, start=1)
    ]
    if rows:
        await conn.execute(SAVE_WARNINGS, *map(list, zip(*rows, strict=True)))
