"""Closing units and handing over what belongs to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from meetings.directory.errors import Obligation
from meetings.model import Period, UnitId
from meetings.store import Connection

# Bookings of these halls that are under way are waited for; later ones wait for us.
LOCK_UNITS = """
    SELECT id FROM units WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE
"""
LOCK_SITES = """
    SELECT id FROM sites WHERE unit_id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE
"""
LIST_OBLIGATIONS = """
    SELECT c.id, c.title, lower(c.period) AS starts_at, upper(c.period) AS ends_at,
           c.host_unit_id = ANY ($1::bigint[]) AS hosts, (
           SELECT count(*) FROM invitations i JOIN sites s ON s.id = i.site_id
            WHERE i.conference_id = c.id AND s.unit_id = ANY ($1::bigint[])) AS halls
      FROM conferences c
     WHERE c.state IN ('draft', 'requested', 'confirmed', 'live') AND upper(c.period) > $2
       AND (c.host_unit_id = ANY ($1::bigint[]) OR EXISTS (
            SELECT FROM invitations i JOIN sites s ON s.id = i.site_id
             WHERE i.conference_id = c.id AND s.unit_id = ANY ($1::bigint[])))
     ORDER BY lower(c.period), c.id
"""
# Of units that end: who still holds conferences then that nobody takes over, or whose halls are
# invited to some.
LIST_IN_USE = """
    SELECT n.unit
      FROM unnest($1::bigint[], $2::timestamptz[], $3::boolean[]) AS n (unit, since, alone)
     WHERE n.alone AND EXISTS (
           SELECT FROM conferences c
            WHERE c.host_unit_id = n.unit AND upper(c.period) > n.since
              AND c.state IN ('draft', 'requested', 'confirmed', 'live'))
        OR EXISTS (
           SELECT FROM sites s
             JOIN invitations i ON i.site_id = s.id
             JOIN conferences c ON c.id = i.conference_id
            WHERE s.unit_id = n.unit AND upper(c.period) > n.since
              AND c.state IN ('draft', 'requested', 'confirmed', 'live'))
"""
LIST_BELOW = """
    SELECT code FROM units
     WHERE parent_id = ANY ($1::bigint[]) AND id <> ALL ($1::bigint[])
       AND valid && daterange($2, NULL)
     ORDER BY name_key, id
"""
LIST_BECOME = """
    SELECT code FROM units u WHERE id = ANY ($1::bigint[])
       AND EXISTS (SELECT FROM unit_successions x WHERE x.old_id = u.id)
     ORDER BY name_key, id
"""
COUNT_LATER_SITES = """
    SELECT count(*) FROM sites WHERE unit_id = ANY ($1::bigint[]) AND lower(valid) >= $2
"""
CLOSE_UNITS = """
    UPDATE units SET valid = daterange(lower(valid), $2) WHERE id = ANY ($1::bigint[])
"""
CLOSE_SITES = """
    UPDATE sites SET valid = daterange(lower(valid), $2)
     WHERE unit_id = ANY ($1::bigint[]) AND (upper(valid) IS NULL OR upper(valid) > $2)
"""
INSERT_SUCCESSIONS = """
    INSERT INTO unit_successions (old_id, new_id)
    SELECT old_id, new_id FROM unnest($1::bigint[], $2::bigint[]) AS n (old_id, new_id)
     WHERE old_id <> new_id
        ON CONFLICT DO NOTHING
"""
MOVE_HOSTS = """
    UPDATE conferences SET host_unit_id = n.heir, version = version + 1
      FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) AS n (old, heir, since)
     WHERE host_unit_id = n.old AND lower(period) >= n.since
       AND state IN ('draft', 'requested', 'confirmed')
"""
MOVE_SERIES = """
    UPDATE series s SET host_unit_id = n.heir, version = version + 1
      FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) AS n (old, heir, since)
     WHERE host_unit_id = n.old AND EXISTS (
           SELECT FROM conferences c WHERE c.series_id = s.id AND lower(c.period) >= n.since)
"""


async def lock_units(conn: Connection, units: Collection[UnitId]) -> None:
    """Keep everybody else from using these units and their halls, until the commit."""
    await conn.execute(LOCK_UNITS, list(units))
    await conn.execute(LOCK_SITES, list(units))


async def list_obligations(
    conn: Connection, units: Collection[UnitId], after: datetime
) -> list[Obligation]:
    """Return the conferences that end after a moment and need these units, by their start."""
    return [
        Obligation(
            conference=row["id"],
            title=row["title"],
            period=Period(row["starts_at"], row["ends_at"]),
            hosts=row["hosts"],
            halls=row["halls"],
        )
        for row in await conn.fetch(LIST_OBLIGATIONS, list(units), after)
    ]


async def list_in_use(
    conn: Connection, ending: Sequence[tuple[UnitId, datetime, bool]]
) -> frozenset[UnitId]:
    """Return which of these cannot end at their moments; `alone` are those that nobody follows."""
    columns = [[one[place] for one in ending] for place in range(3)]
    return frozenset(row["unit"] for row in await conn.fetch(LIST_IN_USE, *columns))


async def list_below(conn: Connection, units: Collection[UnitId], day: date) -> list[str]:
    """Return the codes of the units directly below these on that day or later."""
    return [row["code"] for row in await conn.fetch(LIST_BELOW, list(units), day)]


async def list_become(conn: Connection, units: Collection[UnitId]) -> list[str]:
    """Return the codes of those of which it is on record what they became."""
    return [row["code"] for row in await conn.fetch(LIST_BECOME, list(units))]


async def count_later_sites(conn: Connection, units: Collection[UnitId], day: date) -> int:
    """Return how many halls of these units begin on that day or later."""
    return int(await conn.fetchval(COUNT_LATER_SITES, list(units), day))


async def close_units(conn: Connection, units: Collection[UnitId], day: date) -> None:
    """End the units and their halls: that day is the first without them."""
    await conn.execute(CLOSE_UNITS, list(units), day)
    await conn.execute(CLOSE_SITES, list(units), day)


async def insert_successions(conn: Connection, pairs: Sequence[tuple[UnitId, UnitId]]) -> None:
    """Note who became whom."""
    await conn.execute(INSERT_SUCCESSIONS, [old for old, _ in pairs], [new for _, new in pairs])


async def move_hosts(conn: Connection, moves: Sequence[tuple[UnitId, UnitId, datetime]]) -> None:
    """Let each heir hold the conferences and series that an old unit planned, from then on."""
    if moves:
        columns = [list(column) for column in zip(*moves, strict=True)]
        await conn.execute(MOVE_SERIES, *columns)
        await conn.execute(MOVE_HOSTS, *columns)
