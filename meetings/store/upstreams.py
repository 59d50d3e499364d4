"""Upstreams of conferences, and what people said of their loss."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import asyncpg

from meetings.content.upstreams import Loss, Source, Upstream
from meetings.model import ConferenceId, SiteId
from meetings.series.plan import SeriesId
from meetings.store import Connection

FIND_UPSTREAM = """
    SELECT name, address, relay_site_id, lower(during) AS from_minute, upper(during) AS to_minute
      FROM conference_upstreams WHERE conference_id = $1
"""
SAVE_UPSTREAMS = """
    INSERT INTO conference_upstreams (conference_id, name, address, relay_site_id, during)
    SELECT n.id, n.name, n.address, n.relay,
           CASE WHEN n.since IS NULL THEN NULL ELSE int4range(n.since, n.till) END
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::int[], $6::int[])
           AS n (id, name, address, relay, since, till)
        ON CONFLICT (conference_id) DO UPDATE
       SET name = excluded.name, address = excluded.address,
           relay_site_id = excluded.relay_site_id, during = excluded.during
"""
DELETE_UPSTREAMS = """
    DELETE FROM conference_upstreams WHERE conference_id = ANY ($1::bigint[])
    RETURNING conference_id
"""
SAVE_SERIES_UPSTREAM = """
    INSERT INTO series_upstreams (series_id, name, address, relay_site_id, during)
    VALUES ($1, $2, $3, $4,
            CASE WHEN $5::int IS NULL THEN NULL ELSE int4range($5::int, $6::int) END)
        ON CONFLICT (series_id) DO UPDATE
       SET name = excluded.name, address = excluded.address,
           relay_site_id = excluded.relay_site_id, during = excluded.during
"""
DELETE_SERIES_UPSTREAM = "DELETE FROM series_upstreams WHERE series_id = $1"
# A part that does not fit into a date is the whole of it; who is not invited relays nothing.
COPY_FROM_SERIES = """
    INSERT INTO conference_upstreams (conference_id, name, address, relay_site_id, during)
    SELECT c.id, u.name, u.address, u.relay_site_id,
           CASE WHEN upper(u.during) * interval '1 minute' <= upper(c.period) - lower(c.period)
                THEN u.during END
      FROM series_upstreams u
      JOIN conferences c ON c.id = ANY ($2::bigint[])
     WHERE u.series_id = $1
       AND EXISTS (SELECT FROM invitations i
                    WHERE i.conference_id = c.id AND i.site_id = u.relay_site_id)
        ON CONFLICT (conference_id) DO NOTHING
"""
COPY_TO_SERIES = """
    INSERT INTO series_upstreams (series_id, name, address, relay_site_id, during)
    SELECT $2, name, address, relay_site_id, during FROM series_upstreams WHERE series_id = $1
        ON CONFLICT (series_id) DO NOTHING
"""
LIST_LOSSES = """
    SELECT lost_at, back_at, remark, told_by
      FROM upstream_losses WHERE conference_id = $1 ORDER BY lost_at
"""
INSERT_LOSS = """
    INSERT INTO upstream_losses (conference_id, lost_at, remark, told_by)
    VALUES ($1, $2, $3, $4)
        ON CONFLICT (conference_id) WHERE back_at IS NULL DO NOTHING
    RETURNING id
"""
END_LOSS = """
    UPDATE upstream_losses SET back_at = greatest(lost_at, $2)
     WHERE conference_id = $1 AND back_at IS NULL
    RETURNING id
"""


async def find_upstream(conn: Connection, conference: ConferenceId) -> Upstream | None:
    """Return what a conference relays, if anything."""
    row = await conn.fetchrow(FIND_UPSTREAM, conference)
    return upstream_from_row(row) if row else None


def upstream_from_row(row: asyncpg.Record) -> Upstream:
    """Return an upstream."""
    return Upstream(
        name=row["name"],
        address=row["address"],
        relay=SiteId(row["relay_site_id"]),
        from_minute=row["from_minute"],
        to_minute=row["to_minute"],
    )


async def save_upstreams(conn: Connection, upstreams: Mapping[ConferenceId, Upstream]) -> None:
    """Write what conferences relay, in place of what was before."""
    rows = [
        (number, one.name, one.address, one.relay, one.from_minute, one.to_minute)
        for number, one in upstreams.items()
    ]
    if rows:
        await conn.execute(SAVE_UPSTREAMS, *map(list, zip(*rows, strict=True)))


async def delete_upstreams(
    conn: Connection, conferences: Collection[ConferenceId]
) -> set[ConferenceId]:
    """Let conferences relay nothing; return those that did."""
    rows = await conn.fetch(DELETE_UPSTREAMS, list(conferences))
    return {ConferenceId(row["conference_id"]) for row in rows}


async def list_losses(conn: Connection, conference: ConferenceId) -> list[Loss]:
    """Return what people told, in order."""
    return [
        Loss(
            start=row["lost_at"],
            end=row["back_at"],
            source=Source.PERSON,
            remark=row["remark"],
            by=row["told_by"],
        )
        for row in await conn.fetch(LIST_LOSSES, conference)
    ]


async def insert_loss(
    conn: Connection, conference: ConferenceId, *, at: datetime, remark: str, by: str
) -> bool:
    """Write that the upstream is lost; False where that is known already."""
    return await conn.fetchval(INSERT_LOSS, conference, at, remark, by) is not None


async def end_loss(conn: Connection, conference: ConferenceId, at: datetime) -> bool:
    """Write that the upstream is back; False where it was not lost."""
    return await conn.fetchval(END_LOSS, conference, at) is not None


async def save_series_upstream(conn: Connection, series: SeriesId, upstream: Upstream) -> None:
    """Write what the dates of a series relay that are yet to be made."""
    await conn.execute(
        SAVE_SERIES_UPSTREAM,
        series,
        upstream.name,
        upstream.address,
        upstream.relay,
        upstream.from_minute,
        upstream.to_minute,
    )


async def delete_series_upstream(conn: Connection, series: SeriesId) -> None:
    """Let the dates of a series that are yet to be made relay nothing."""
    await conn.execute(DELETE_SERIES_UPSTREAM, series)


async def copy_from_series(
    conn: Connection, series: SeriesId, conferences: Collection[ConferenceId]
) -> None:
    """Let new dates of a series relay what it says."""
    await conn.execute(COPY_FROM_SERIES, series, list(conferences))


async def copy_to_series(conn: Connection, series: SeriesId, to: SeriesId) -> None:
    """Let a series that takes over dates of another relay what that one does."""
    await conn.execute(COPY_TO_SERIES, series, to)
