"""Warnings: what was said against a conference and overridden, version by version."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from meetings.model import ConferenceId
from meetings.scheduling.reasons import Reason
from meetings.store import Connection

SAVE_WARNINGS = """
    INSERT INTO conference_warnings
           (conference_id, version, place, rule, starts_at, ends_at, subjects, holder)
    SELECT k.id, k.version, w.*
      FROM unnest($1::bigint[], $2::int[], $3::text[]) AS k (id, version, said),
           jsonb_to_recordset(k.said::jsonb)
           AS w (place int, rule text, starts_at timestamptz, ends_at timestamptz,
                 subjects jsonb, holder text)
        ON CONFLICT DO NOTHING
"""


async def save_warnings(
    conn: Connection, said: Iterable[tuple[ConferenceId, int, Sequence[Reason]]]
) -> None:
    """Write what was said against these versions of conferences."""
    rows = [(one, version, written(reasons)) for one, version, reasons in said if reasons]
    if rows:
        await conn.execute(SAVE_WARNINGS, *map(list, zip(*rows, strict=True)))


def written(reasons: Sequence[Reason]) -> str:
    """Return what was said as JSON, a record for each row of the table."""
    return json.dumps(
        [
            {
                "place": place,
                "rule": one.rule,
                "starts_at": one.period.start.isoformat(),
                "ends_at": one.period.end.isoformat(),
                "subjects": [f"{of.kind}:{of.id}" for of in one.subjects],
                "holder": f"{one.holder.kind}:{one.holder.id}" if one.holder else "",
            }
            for place, one in enumerate(reasons, start=1)
        ]
    )
