"""S7: a series of 260 dates with 20 clashes by the API, beside the same rows by raw asyncpg."""

import datetime as dt
import time
from collections.abc import Awaitable, Callable, Sequence
from statistics import median

import aiohttp
import asyncpg

from tests.bench.store import BRIDGE, desk

DATES = 260
CLASHES = 20
LIMIT = 2.0
"""Seconds that such a series may take (T-A7)."""
HALLS = (3, 45)
ROUNDS = 3
FIRST = dt.datetime(2031, 1, 6, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)

INSERT_SERIES = """
    INSERT INTO series (title, kind, host_unit_id, main_site_id, site_ids, rule, zone, first_day,
                        starts_at, minutes, on_holidays, created_by)
    SELECT 'Họp giao ban', 'briefing', unit_id, id, $2, 'FREQ=DAILY;COUNT=260', 'Asia/Ho_Chi_Minh',
           '2041-01-07', '08:00', 60, 'keep', 'program:bench'
      FROM sites WHERE id = $1
    RETURNING id
"""
INSERT_CONFERENCES = """
    INSERT INTO conferences (title, folded, kind, state, host_unit_id, main_site_id, period,
                             created_by, changed_at, series_id, occurrence)
    SELECT 'Họp giao ban', 'hop giao ban', 'briefing', 'confirmed', s.unit_id, s.id,
           tstzrange(o.starts_at, o.starts_at + interval '1 hour'), 'program:bench', now(), $3,
           o.starts_at::date
      FROM sites s, unnest($2::timestamptz[]) AS o (starts_at)
     WHERE s.id = $1
    RETURNING id
"""
INSERT_INVITATIONS = """
    INSERT INTO invitations (conference_id, site_id)
    SELECT c, site FROM unnest($1::bigint[]) AS c, unnest($2::bigint[]) AS site
"""
INSERT_LINKS = """
    INSERT INTO links (conference_id, site_id, hash)
    SELECT c, site, sha256((c::text || '/' || site::text)::bytea)
      FROM unnest($1::bigint[]) AS c, unnest($2::bigint[]) AS site
"""
INSERT_HOLDS = """
    INSERT INTO holds (conference_id, site_id, during, firm)
    SELECT c.id, site, c.period, TRUE
      FROM conferences c, unnest($2::bigint[]) AS site WHERE c.id = ANY ($1::bigint[])
"""
INSERT_ROOMS = """
    INSERT INTO rooms (conference_id, bridge_id, name, opens_at, ends_at, closes_at,
                       grant_ends_at, state)
    SELECT c.id, b.id, 'bench-' || c.id || '-0000', lower(c.period), upper(c.period),
           upper(c.period), upper(c.period), 'booked'
      FROM conferences c, bridges b WHERE c.id = ANY ($1::bigint[]) AND b.name = 'bench'
"""
INSERT_SEATS = """
    INSERT INTO seat_holds (conference_id, pool_id, seats, during)
    SELECT c.id, b.pool_id, $2, c.period
      FROM conferences c, bridges b WHERE c.id = ANY ($1::bigint[]) AND b.name = 'bench'
"""
INSERT_AUDIT = """
    INSERT INTO audit (actor, action, subject, unit_id)
    SELECT 'program:bench', 'conference.book', 'conference:' || id, host_unit_id
      FROM conferences WHERE id = ANY ($1::bigint[])
"""
# As autovacuum does within a minute: until then both sides look foreign keys up row by row.
ANALYZE = "ANALYZE conferences, invitations, holds, links, rooms, seat_holds, series"


def a_body(sites: Sequence[int], start: dt.datetime) -> dict[str, object]:
    """Return a booking of these halls for an hour."""
    return {
        "title": "Họp giao ban",
        "kind": "briefing",
        "main_site": sites[0],
        "sites": list(sites),
        "start": start.isoformat(),
        "end": (start + HOUR).isoformat(),
        "bridge": BRIDGE["name"],
    }


async def timed(work: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def through_the_api(
    session: aiohttp.ClientSession, sites: Sequence[int], start: dt.datetime
) -> float:
    """Return the seconds of a daily series, 20 of whose dates others have."""
    for number in range(CLASHES):
        body = a_body(sites[:1], start + 13 * number * dt.timedelta(days=1))
        async with session.post("/api/v1/conferences", json=body) as answer:
            answer.raise_for_status()
    body = a_body(sites, start) | {
        "rrule": f"FREQ=DAILY;COUNT={DATES}",
        "on_holidays": "keep",
    }

    async def book() -> None:
        async with session.post("/api/v1/series", json=body) as answer:
            made = await answer.json()
            if (answer.status, len(made["skipped"])) != (201, CLASHES):
                raise RuntimeError(str(made)[:300])

    return await timed(book)


async def raw(conn: asyncpg.Connection, sites: Sequence[int], start: dt.datetime) -> float:
    """Return the seconds of the same rows, written without a question."""
    days = [start + number * dt.timedelta(days=1) for number in range(DATES - CLASHES)]

    async def write() -> None:
        async with conn.transaction():
            series = await conn.fetchval(INSERT_SERIES, sites[0], sites)
            rows = await conn.fetch(INSERT_CONFERENCES, sites[0], days, series)
            ids = [row["id"] for row in rows]
            for statement in (INSERT_INVITATIONS, INSERT_LINKS, INSERT_HOLDS):
                await conn.execute(statement, ids, sites)
            await conn.execute(INSERT_ROOMS, ids)
            await conn.execute(INSERT_SEATS, ids, len(sites))
            await conn.execute(INSERT_AUDIT, ids)

    return await timed(write)


async def measure() -> list[str]:
    lines = []
    async with desk() as at:
        for number, halls in enumerate(HALLS):
            sites, ours, floor = at.halls[:halls], [], []
            for turn in range(ROUNDS):
                await at.conn.execute(ANALYZE)
                year = 2031 + number * ROUNDS + turn
                ours.append(await through_the_api(at.session, sites, FIRST.replace(year=year)))
                floor.append(await raw(at.conn, sites, FIRST.replace(year=year + 20)))
            slow = max(ours)
            lines.append(
                f"{halls:2} halls  product {median(ours):.2f} s (worst {slow:.2f} s)"
                f"   floor {median(floor):.2f} s   ratio {median(ours) / median(floor):.2f} x"
                f"   {'within' if slow <= LIMIT else 'OVER'} {LIMIT:.0f} s"
            )
    return lines
