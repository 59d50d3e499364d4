"""What stands in the way of a series: all that is promised of what it needs, or blacked out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import asyncpg

from meetings.model import ConferenceId, Period, Rival, Wish
from meetings.scheduling.resources import Hall
from meetings.series.plan import Obstacle, SkipReason
from meetings.store import Connection
from meetings.store.facts import told_apart

# $2, $3: what each hall needs before and after; a promise blocks it for so much longer.
LIST_RIVALS = """
    SELECT min(h.site_id) AS site_id, h.conference_id, c.host_unit_id, c.title,
           greatest(lower(c.period), lower(h.during)) AS starts_at,
           least(upper(c.period), upper(h.during)) AS ends_at,
           lower(h.during) AS kept_from, upper(h.during) AS kept_until,
           lower(h.during) - k.tear_down AS blocked_from,
           upper(h.during) + k.set_up AS blocked_until
      FROM unnest($1::bigint[], $2::interval[], $3::interval[]) AS k (site_id, set_up, tear_down)
      JOIN holds h ON h.site_id = k.site_id AND h.firm
           AND upper(h.during) > $4 AND lower(h.during) < $5
      JOIN conferences c ON c.id = h.conference_id
     WHERE h.conference_id <> ALL ($6::bigint[])
     GROUP BY h.conference_id, c.host_unit_id, c.title, c.period, h.during, k.tear_down,
              k.set_up
"""
LIST_OTHERS = """
    SELECT lower(during) AS starts_at, upper(during) AS ends_at FROM official_holds
     WHERE official_id = ANY ($1::bigint[]) AND firm AND conference_id <> ALL ($6::bigint[])
       AND upper(during) > $4 AND lower(during) < $5
     UNION
    SELECT lower(during), upper(during) FROM line_holds
     WHERE line_id = ANY ($2::bigint[]) AND firm AND conference_id <> ALL ($6::bigint[])
       AND upper(during) > $4 AND lower(during) < $5
     UNION
    SELECT lower(during), upper(during) FROM black_outs
     WHERE (site_id = ANY ($3::bigint[]) OR official_id = ANY ($1::bigint[])
            OR line_id = ANY ($2::bigint[]))
       AND upper(during) > $4 AND lower(during) < $5
"""


async def list_obstacles(
    conn: Connection,
    wish: Wish,
    halls: Collection[Hall],
    span: Period,
    *,
    own: Collection[ConferenceId] = (),
) -> list[Obstacle]:
    """Return all that is promised of what the wish needs, or blacked out, in a long span.

    One line for a conference, however many of its halls are wanted.
    """
    lines = {hall.line for hall in halls if hall.line is not None}
    wanted = [hall.site for hall in halls]
    before = [hall.set_up for hall in halls]
    after = [hall.tear_down for hall in halls]
    start, end = span.start - max(before), span.end + max(after)
    rivals = await conn.fetch(LIST_RIVALS, wanted, before, after, start, end, list(own))
    others = await conn.fetch(
        LIST_OTHERS, list(wish.officials), list(lines), wanted, start, end, list(own)
    )
    return [obstacle_from_row(row) for row in rivals] + [
        Obstacle(period=Period(row["starts_at"], row["ends_at"]), reason=SkipReason.NOT_FREE)
        for row in others
    ]


def obstacle_from_row(row: asyncpg.Record) -> Obstacle:
    """Return who holds a hall and for how long that blocks it."""
    period, kept = told_apart(row)
    return Obstacle(
        period=Period(row["blocked_from"], row["blocked_until"]),
        reason=SkipReason.CLASH,
        rival=replace(rival_from_row(row), period=period, kept=kept),
    )


def rival_from_row(row: asyncpg.Record) -> Rival:
    """Return who holds a site."""
    return Rival(
        site=row["site_id"],
        conference=row["conference_id"],
        host=row["host_unit_id"],
        period=Period(row["starts_at"], row["ends_at"]),
        title=row["title"],
    )
