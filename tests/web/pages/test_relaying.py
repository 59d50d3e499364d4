"""The form of what is relayed, where the conference is a date of a series."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from tests.makers import some_sites

RELAYED = """
    SELECT count(*) FROM conference_upstreams u JOIN conferences c ON c.id = u.conference_id
     WHERE c.series_id = $1
"""


async def test_one_form_plans_all_coming_dates_and_one_takes_them_back(client_for, conn, bridge):
    client = await client_for("secretary")
    sites = await some_sites(conn, 3)
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    body = {
        "title": "Giao ban tuần",
        "kind": "briefing",
        "host": "11",
        "main_site": sites[0],
        "sites": sites,
        "start": start.isoformat(),
        "end": (start + timedelta(hours=1)).isoformat(),
        "rrule": "FREQ=WEEKLY;COUNT=3",
        "on_holidays": "keep",
    }
    made = await (await client.post("/api/v1/series", json=body)).json()
    place = f"/conferences/{made['created'][0]['id']}/upstream"

    async def send(**more):
        page = await (await client.get(place)).text()
        [version] = re.findall(r'name="version" value="([0-9]+)"', page)
        assert 'name="dates"' in page
        form = {"name": "Cầu Chính phủ", "address": "sip:a@cp.vn", "relay_site": str(sites[1])}
        return (await client.post(place, data=form | {"version": version} | more)).status

    found = []
    for more in ({"dates": "one"}, {"dates": "coming"}, {"dates": "x"}):
        status = await send(**more)
        found.append((status, await conn.fetchval(RELAYED, made["id"])))
    dropped = await send(dates="coming", do="drop")

    assert found == [(200, 1), (200, 3), (422, 3)]
    assert (dropped, await conn.fetchval(RELAYED, made["id"])) == (200, 0)
