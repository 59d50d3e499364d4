"""P1: book 45 sites through the API with 8 clients, beside the same rows by raw asyncpg."""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence

import aiohttp
import asyncpg

from tests.bench.measuring import Series, clients, compared
from tests.bench.store import BRIDGE, far_ahead, owner_url, with_bridge
from tests.service import serving, speaking

CLIENTS = 8
BOOKINGS = 400
WARM_UP = 80
"""So many of each side are not counted: each connection prepares its statements once."""

FIRST = dt.datetime(2031, 1, 6, 1, tzinfo=dt.UTC)
LENGTH = dt.timedelta(minutes=45)
BACK_TO_BACK = dt.timedelta(hours=1)
"""Without a break each booking is warned of a tight turn-round on both sides, for every hall."""

INSERT_CONFERENCE = """
    INSERT INTO conferences (title, folded, kind, state, host_unit_id, main_site_id, period,
                             created_by, changed_at)
    VALUES ('Họp giao ban', 'hop giao ban', 'briefing', 'confirmed', $1, $2, tstzrange($3, $4),
            'program:bench', now())
    RETURNING id
"""
INSERT_INVITATIONS = """
    INSERT INTO invitations (conference_id, site_id) SELECT $1, unnest($2::bigint[])
"""
INSERT_LINKS = """
    INSERT INTO links (conference_id, site_id, hash)
    SELECT $1::bigint, site, sha256(($1::bigint::text || '/' || site::text)::bytea)
      FROM unnest($2::bigint[]) AS site
"""
INSERT_HOLDS = """
    INSERT INTO holds (conference_id, site_id, during, firm)
    SELECT $1, unnest($2::bigint[]), tstzrange($3, $4), TRUE
"""
INSERT_ROOM = """
    INSERT INTO rooms (conference_id, bridge_id, name, opens_at, ends_at, closes_at,
                       grant_ends_at, state)
    SELECT $1::bigint, id, 'bench-' || $1::bigint::text || '-0000', $2, $3, $3, $3, 'booked'
      FROM bridges WHERE name = 'bench'
"""
INSERT_SEATS = """
    INSERT INTO seat_holds (conference_id, pool_id, seats, during)
    SELECT $1, pool_id, 45, tstzrange($2, $3) FROM bridges WHERE name = 'bench'
"""
INSERT_AUDIT = """
    INSERT INTO audit (actor, action, subject, unit_id)
    VALUES ('program:bench', 'conference.book', 'conference:' || $1::bigint::text, $2)
"""


def period(
    number: int, year: int, length: dt.timedelta = LENGTH
) -> tuple[dt.datetime, dt.datetime]:
    """Return an hour of its own for each booking, ten a day; a negative number is a day before."""
    start = FIRST.replace(year=year) + dt.timedelta(days=number // 10, hours=number % 10)
    return start, start + length


async def through_the_api(
    session: aiohttp.ClientSession, sites: Sequence[int], year: int, length: dt.timedelta = LENGTH
) -> Series:
    async def book(number: int) -> None:
        start, end = period(number, year, length)
        body = {
            "title": "Họp giao ban",
            "kind": "urgent",
            "main_site": sites[0],
            "sites": list(sites),
            "start": start.isoformat(),
            "end": end.isoformat(),
            "bridge": BRIDGE["name"],
        }
        async with session.post("/api/v1/conferences", json=body) as answer:
            if answer.status != 201:
                raise RuntimeError(await answer.text())

    return await steady(book)


async def steady(book: Callable[[int], Awaitable[None]]) -> Series:
    """Book with all clients at once, and count what comes after the first ones."""
    await clients(CLIENTS, WARM_UP, lambda number: book(number - WARM_UP))
    return await clients(CLIENTS, BOOKINGS, book)


async def raw(url: str, sites: Sequence[int]) -> Series:
    connections = [await asyncpg.connect(url) for _ in range(CLIENTS)]
    host = await connections[0].fetchval("SELECT unit_id FROM sites WHERE id = $1", sites[0])
    free = list(connections)

    async def book(number: int) -> None:
        conn = free.pop()
        start, end = period(number, 2041)
        async with conn.transaction():
            id_ = await conn.fetchval(INSERT_CONFERENCE, host, sites[0], start, end)
            await conn.execute(INSERT_INVITATIONS, id_, sites)
            await conn.execute(INSERT_LINKS, id_, sites)
            await conn.execute(INSERT_HOLDS, id_, sites, start, end)
            await conn.execute(INSERT_ROOM, id_, start, end)
            await conn.execute(INSERT_SEATS, id_, start, end)
            await conn.execute(INSERT_AUDIT, id_, host)
        free.append(conn)

    series = await steady(book)
    for conn in connections:
        await conn.close()
    return series


async def measure() -> list[str]:
    async with serving() as product, speaking(product.url, await product.token()) as session:
        sites = await with_bridge(session)
        await far_ahead(session)
        ours = await through_the_api(session, sites, 2031)
        tight = await through_the_api(session, sites, 2033, BACK_TO_BACK)
        floor = await raw(await owner_url(product), sites)
    return [*compared(ours, floor), "back to back, each warned of", *compared(tight, floor)]
