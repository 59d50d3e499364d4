"""Reading conferences as lists show them: a line each, and whether the reader may see more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import asyncpg

from meetings.model import ConferenceId, Kind, Period, SiteId, State, UnitId
from meetings.store import Connection
from meetings.store.facts import told_apart

# Whether somebody who acts over the units in $1 sees more than holder and period.
LIST_OVERLAPPING = """
    SELECT v.*, count(*) OVER () AS total
      FROM (SELECT c.id, c.title, c.folded, c.kind, c.state, lower(c.period) AS starts_at,
                   upper(c.period) AS ends_at, c.demo, h.name AS host_name,
                   h.name_en AS host_name_en, c.visibility = 'open' AS open,
                   (SELECT count(*) FROM invitations i WHERE i.conference_id = c.id) AS halls,
                   h.path && $1::bigint[] AS hosted,
                   h.path && $1::bigint[] OR EXISTS (
                       SELECT FROM invitations i
                         JOIN sites s ON s.id = i.site_id
                         JOIN units u ON u.id = s.unit_id
                        WHERE i.conference_id = c.id AND u.path && $1::bigint[]) AS visible
              FROM conferences c
              JOIN units h ON h.id = c.host_unit_id
             WHERE c.period && tstzrange($2, $3)
               AND (c.state <> 'draft' OR h.path && $1::bigint[])
               AND ($4::bigint IS NULL OR c.state NOT IN ('refused', 'cancelled') AND EXISTS (
                    SELECT FROM invitations i WHERE i.conference_id = c.id AND i.site_id = $4))
               AND ($5::text[] IS NULL OR c.state = ANY ($5))
               AND ($6::timestamptz IS NULL OR lower(c.period) > $6)
               AND ($7::timestamptz IS NULL OR upper(c.period) <= $7)) v
     WHERE ($8 = 'all' OR v.hosted OR $8 = 'visible' AND v.visible)
       AND ($9 = '' OR (v.visible OR v.open) AND position($9 IN v.folded) > 0)
     ORDER BY $10::int * extract(epoch FROM v.starts_at), $10 * v.id
     LIMIT $11 OFFSET $12
"""
# Halls that somebody holds, then those whose shared line somebody holds.
LIST_TAKEN = """
    WITH taken AS (
        SELECT h.site_id, h.conference_id, h.during, '' AS line FROM holds h
         WHERE h.firm AND h.during && tstzrange($1, $2) AND h.conference_id <> $3
         UNION ALL
        SELECT s.id, h.conference_id, h.during, l.name
          FROM line_holds h
          JOIN lines l ON l.id = h.line_id
          JOIN sites s ON s.line_id = l.id
         WHERE h.firm AND h.during && tstzrange($1, $2) AND h.conference_id <> $3)
    SELECT t.site_id, lower(t.during) AS kept_from, upper(t.during) AS kept_until,
           greatest(lower(c.period), lower(t.during)) AS starts_at,
           least(upper(c.period), upper(t.during)) AS ends_at, u.name AS host_name, t.line
      FROM taken t
      JOIN conferences c ON c.id = t.conference_id
      JOIN units u ON u.id = c.host_unit_id
     ORDER BY t.line <> '', t.site_id, lower(t.during)
"""
LIST_UNTOLD = """
    SELECT c.id, c.title, lower(c.period) AS starts_at, upper(c.period) AS ends_at
      FROM conferences c
      JOIN units h ON h.id = c.host_unit_id
     WHERE c.state = 'confirmed' AND lower(c.period) >= $2 AND lower(c.period) < $3
       AND h.path && $1::bigint[]
       AND NOT EXISTS (SELECT FROM audit a
                        WHERE a.subject = 'conference:' || c.id AND a.action LIKE 'links.%')
     ORDER BY lower(c.period), c.id
     LIMIT $4
"""
COUNT_COMMUNES = """
    SELECT count(*) AS communes, count(*) FILTER (WHERE EXISTS (
           SELECT FROM sites s WHERE s.unit_id = u.id AND s.valid @> $1::date)) AS have
      FROM units u
     WHERE u.kind IN ('commune', 'ward', 'township', 'special-zone') AND u.valid @> $1::date
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A conference as a line of a list; `visible` says whether title and page may be shown.

    An `open` one's title is shown to everybody, its page to those it concerns.
    """

    id: ConferenceId
    title: str
    kind: Kind
    state: State
    period: Period
    host_name: str
    host_name_en: str
    halls: int
    hosted: bool
    visible: bool
    demo: bool
    open: bool = False


class Whose(StrEnum):
    """Which conferences a list leaves: all, those of which the reader sees more, one's own."""

    ALL = "all"
    VISIBLE = "visible"
    HOSTED = "hosted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A stretch in which a site is promised; `kept` is that with set-up and tear-down.

    Of a site whose shared line is promised, `line` is the name of that.
    """

    site: SiteId
    period: Period
    host_name: str
    kept: Period | None = None
    line: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """A coming conference whose links nobody has looked at yet."""

    id: ConferenceId
    title: str
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Communes:
    """How many communes there are, and how many of them have a hall."""

    all: int
    have: int


def overview_from_row(row: asyncpg.Record) -> Overview:
    """Return the line of a row that spells the columns out as above."""
    return Overview(
        id=row["id"],
        title=row["title"],
        kind=Kind(row["kind"]),
        state=State(row["state"]),
        period=Period(row["starts_at"], row["ends_at"]),
        host_name=row["host_name"],
        host_name_en=row["host_name_en"],
        halls=row["halls"],
        hosted=row["hosted"],
        visible=row["visible"],
        demo=row["demo"],
        open=row["open"],
    )


async def list_overlapping(
    conn: Connection,
    units: Collection[UnitId],
    *,
    start: datetime | None,
    end: datetime | None,
    site: SiteId | None = None,
    states: Collection[State] | None = None,
    begins_after: datetime | None = None,
    ends_by: datetime | None = None,
    whose: Whose = Whose.ALL,
    folded: str = "",
    newest_first: bool = False,
    limit: int,
    offset: int = 0,
) -> tuple[list[Overview], int]:
    """Return conferences that overlap `[start, end)`, earliest first, and how many in all.

    A start or end that is None is without end; a part behind the end of the list counts nothing.

    Of one site these are those it is wanted for: what is refused or cancelled is left out.
    """
    rows = await conn.fetch(
        LIST_OVERLAPPING,
        list(units),
        start,
        end,
        site,
        None if states is None else list(states),
        begins_after,
        ends_by,
        whose,
        folded,
        -1 if newest_first else 1,
        limit,
        offset,
    )
    return [overview_from_row(row) for row in rows], rows[0]["total"] if rows else 0


async def list_taken(
    conn: Connection, period: Period, *, besides: ConferenceId | None
) -> list[Taken]:
    """Return every firm hold in the period, halls before lines, except those of one conference."""
    rows = await conn.fetch(LIST_TAKEN, period.start, period.end, besides or 0)
    return [
        Taken(
            site=row["site_id"],
            period=period,
            kept=kept,
            host_name=row["host_name"],
            line=row["line"],
        )
        for row in rows
        for period, kept in [told_apart(row)]
    ]


async def list_untold(
    conn: Connection,
    units: Collection[UnitId],
    *,
    start: datetime,
    end: datetime,
    limit: int,
) -> list[Untold]:
    """Return conferences of these subtrees that start in `[start, end)` with links unseen."""
    rows = await conn.fetch(LIST_UNTOLD, list(units), start, end, limit)
    return [
        Untold(id=row["id"], title=row["title"], period=Period(row["starts_at"], row["ends_at"]))
        for row in rows
    ]


async def count_communes(conn: Connection, *, on: date) -> Communes:
    """Return how many communes are valid on that day, and how many have a hall."""
    row = await conn.fetchrow(COUNT_COMMUNES, on)
    return Communes(all=row["communes"], have=row["have"]) if row else Communes(all=0, have=0)
