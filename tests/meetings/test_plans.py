"""How the store is read: what every booking asks must not look at each hold there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from meetings.store.claims import IS_NEAR
from tests.makers import a_conference, a_directory, all_communes

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
NEAR = "EXPLAIN (FORMAT JSON) EXECUTE near ('{{{sites}}}', '{{}}', '{{}}', {times}, 0)"


def scans(node: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Return every table of a plan with the way it is read."""
    if "Relation Name" in node:
        yield node["Relation Name"], node["Node Type"]
    for part in node.get("Plans", []):
        yield from scans(part)


async def test_what_is_near_is_looked_up_hall_by_hall(conn):
    await a_directory(conn)
    sites, held = sorted(await all_communes(conn)), await a_conference(conn)
    await conn.execute(FILL, held.id, sites)
    await conn.execute("ANALYZE holds")
    await conn.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    types = "bigint[], bigint[], bigint[], timestamptz, timestamptz, timestamptz, timestamptz"
    await conn.execute(f"PREPARE near ({types}, bigint) AS {IS_NEAR}")
    times = ", ".join(f"'{at.isoformat()}'" for at in (held.period.start, held.period.end) * 2)

    told = await conn.fetchval(NEAR.format(sites=",".join(map(str, sites)), times=times))

    read = {how for table, how in scans(told[0]["Plan"]) if table == "holds"}
    assert read in ({"Index Scan"}, {"Index Only Scan"})
