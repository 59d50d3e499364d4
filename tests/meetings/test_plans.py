"""How the store is read: what every booking asks must not look at each hold there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from meetings.scheduling.claiming import check_sites
from meetings.store.claims import is_near
from meetings.store.holds import NOBODY
from meetings.store.reaches import LIST_MISFITS, LIST_PROMISES
from tests.makers import a_conference, a_directory, a_wish, all_communes

FILL = """
    WITH made AS (
        INSERT INTO conferences (title, folded, kind, state, host_unit_id, main_site_id, period,
                                 created_by, changed_at)
        SELECT title, folded, kind, state, host_unit_id, main_site_id,
               tstzrange(upper(period) + n * interval '1 hour',
                         upper(period) + (n + 1) * interval '1 hour'), created_by, changed_at
          FROM conferences, generate_series(1, 60) AS n
         WHERE id = $1
        RETURNING id, period),
    asked AS (
        INSERT INTO invitations (conference_id, site_id)
        SELECT id, site FROM made, unnest($2::bigint[]) AS site)
    INSERT INTO holds (conference_id, site_id, during, firm)
    SELECT id, site, period, TRUE FROM made, unnest($2::bigint[]) AS site
"""
WHOLE_READS = """
    SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'holds'
"""
YEAR = dt.timedelta(days=364)
BY_INDEX = {"Index Scan", "Index Only Scan", "Bitmap Heap Scan"}


def scans(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Return every table of a plan with the way it is read."""
    if "Relation Name" in node:
        yield node["Relation Name"], node["Node Type"]
    for part in node.get("Plans", []):
        yield from scans(part)


async def read_holds(conn, query: str, types: str, values: str) -> set[str]:
    """Return how a query that is made for any values reads the holds."""
    await conn.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    await conn.execute(f"PREPARE asked ({types}) AS {query}")
    told = await conn.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked ({values})")
    return {how for table, how in scans(told[0]["Plan"]) if table == "holds"}


@pytest.fixture
async def held(conn):
    """Book many conferences of every commune; return the first."""
    await a_directory(conn)
    first = await a_conference(conn)
    await conn.execute(FILL, first.id, sorted(await all_communes(conn)))
    await conn.execute("ANALYZE holds")
    return first


async def test_what_is_near_is_looked_up_hall_by_hall(conn, held):
    wish = await a_wish(conn, sites=await all_communes(conn), start=held.period.start - YEAR)
    halls = await check_sites(conn, wish)
    await conn.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    read = await conn.fetchval(WHOLE_READS)

    assert not await is_near(conn, wish, halls, own=NOBODY)

    assert await conn.fetchval(WHOLE_READS) == read


@pytest.mark.parametrize(
    ("query", "types", "more"),
    [
        (LIST_PROMISES, "bigint[], timestamptz", ""),
        (
            LIST_MISFITS,
            "bigint[], timestamptz, interval[], interval[]",
            ", '{1 hour}', '{1 hour}'",
        ),
    ],
    ids=["promises", "misfits"],
)
async def test_what_a_hall_is_held_for_is_looked_up_by_the_hall(conn, held, query, types, more):
    values = f"'{{{held.main_site}}}', '{held.period.end.isoformat()}'{more}"

    assert await read_holds(conn, query, types, values) <= BY_INDEX
