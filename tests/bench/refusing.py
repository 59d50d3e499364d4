"""P6: why 3,321 halls cannot be had, with three ways out, beside the bare search for overlaps."""

import datetime as dt

import asyncpg

from meetings.model import Kind, Period, Wish
from meetings.scheduling import claiming
from meetings.store import Connection
from meetings.store.holds import NOBODY
from tests.bench.measuring import Series, clients, joined
from tests.bench.memory import write_country
from tests.bench.store import owner_url
from tests.service import serving
from web.database import prepare

ROUNDS = 20
FIRST = dt.datetime(2031, 3, 3, 1, tzinfo=dt.UTC)
"""A Monday of an ordinary month, in which the coming working days are the coming days."""
HOUR = dt.timedelta(hours=1)

# A month of bookings: on each of 30 days two conferences of an hour for every 45 halls.
FILL = """
    WITH grouped AS (
        SELECT s.id, s.unit_id, row_number() OVER (ORDER BY s.id) / 45 AS part
          FROM sites s JOIN units u ON u.id = s.unit_id
         WHERE upper_inf(s.valid) AND upper_inf(u.valid)),
    slots AS (
        SELECT part, min(id) AS main, min(unit_id) AS host,
               $1::timestamptz + day * interval '1 day' + hour * interval '1 hour' AS starts_at
          FROM grouped, generate_series(0, 29) AS day, unnest(ARRAY[0, 6]) AS hour
         GROUP BY part, day, hour),
    made AS (
        INSERT INTO conferences (title, folded, kind, state, host_unit_id, main_site_id, period,
                                 created_by, changed_at)
        SELECT part::text, part::text, 'briefing', 'confirmed', host, main,
               tstzrange(starts_at, starts_at + interval '1 hour'), 'program:bench', now()
          FROM slots
        RETURNING id, title, period)
    INSERT INTO holds (conference_id, site_id, during, firm)
    SELECT m.id, g.id, m.period, TRUE FROM made m JOIN grouped g ON g.part::text = m.title
"""
OVERLAPS = """
    SELECT site_id, conference_id, during FROM holds
     WHERE site_id = ANY ($1::bigint[]) AND firm AND during && tstzrange($2, $3)
"""


async def alternated(conn: Connection, wish: Wish) -> tuple[Series, Series]:
    """Let product and floor take turns, so that what else the machine does meets both alike."""
    sites = sorted(wish.sites)

    async def ask(_: int) -> None:
        told = await claiming.refusal(conn, wish, now=FIRST - 24 * HOUR, own=NOBODY)
        if len(told.alternatives) != 3 or len(told.rivals) != len(wish.sites):
            raise RuntimeError(f"{len(told.alternatives)} ways, {len(told.rivals)} rivals")

    async def search(_: int) -> None:
        await conn.fetch(OVERLAPS, sites, wish.period.start, wish.period.end)

    turns = [(await clients(1, 1, ask), await clients(1, 1, search)) for _ in range(ROUNDS)]
    return joined(turn[0] for turn in turns), joined(turn[1] for turn in turns)


async def measure() -> list[str]:
    async with serving() as product:
        await product.command("import", write_country(product.folder))
        conn = await asyncpg.connect(await owner_url(product))
        await prepare(conn)
        await conn.execute(FILL, FIRST)
        await conn.execute("UPDATE seat_pools SET seats = 10000")
        await conn.execute("ANALYZE")
        rows = await conn.fetch(
            "SELECT s.id, s.unit_id FROM sites s JOIN units u ON u.id = unit_id"
            " WHERE s.valid @> $1::date AND u.valid @> $1::date",
            FIRST.date(),
        )
        start = FIRST + 14 * 24 * HOUR
        wish = Wish(
            title="Họp toàn quốc",
            kind=Kind.URGENT,
            host=rows[0]["unit_id"],
            chair="",
            main_site=rows[0]["id"],
            sites=frozenset(row["id"] for row in rows),
            period=Period(start, start + HOUR),
        )
        held = await conn.fetchval("SELECT count(*) FROM holds")
        ours, floor = await alternated(conn, wish)
        await conn.close()
    ratio = ours.percentile(0.5) / floor.percentile(0.5)
    return [
        f"{len(rows)} halls, {held} holds",
        f"product  {ours}",
        f"floor    {floor}",
        f"ratio    p50 {ratio:.1f} x (reach: 3 x and 300 ms)",
    ]
