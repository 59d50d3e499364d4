"""What a conference relays: planned by the host, seen by every tier, lost and found again."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import partial

import pytest
from icalendar import Calendar

from bridges.entry.snapshot import Snapshot
from bridges.placement.placing import place
from meetings.content.cascading import tell_back, tell_lost
from meetings.errors import IllegalMove
from meetings.links.invitations import link_secret, make_links
from meetings.scheduling.booking import begin, close, end
from meetings.scheduling.conferences import conference_by_id
from tests.makers import a_conference, some_sites
from tests.web.api.conftest import NOW, a_body, booked
from web.keys import KEYRING, SNAPSHOT
from web.scheduling.booking import LINKS

ANY = {"If-Match": "*"}
GOVERNMENT = {"name": "Cầu Chính phủ", "address": "sip:hop01@cp.gov.vn"}
DATES = "SELECT id FROM conferences WHERE series_id = $1 ORDER BY id"
RELAYED = """
    SELECT u.name, u.relay_site_id FROM conference_upstreams u
      JOIN conferences c ON c.id = u.conference_id
     WHERE c.series_id = $1 ORDER BY c.id
"""
DATES_TOLD = """
    SELECT (detail ->> 'dates')::int AS dates FROM audit WHERE action = 'series.relay' ORDER BY id
"""
AUDIT = """
    SELECT action FROM audit WHERE subject = $1 AND action LIKE 'upstream.%' ORDER BY id
"""


@pytest.fixture
async def live(conn, bridge):
    """A live conference of three communes on the trial bridge, begun an hour ago."""
    now = NOW
    async with conn.transaction():
        found = await a_conference(conn, start=now - timedelta(hours=1))
        await place(conn, found, bridge=None, now=now)
        await begin(conn, found.id, now)
    return found


def at(conference) -> str:
    return f"/api/v1/conferences/{conference.id}/upstream"


def wish(conference, **changes):
    return {**GOVERNMENT, "relay_site": conference.sites[1], **changes}


async def test_it_is_written_shown_to_invited_tiers_and_taken_away(program, conn, live):
    office = await program("secretary", unit="11")
    start = live.period.start + timedelta(minutes=15)
    body = wish(live, start=start.isoformat(), end=(start + timedelta(hours=1)).isoformat())

    nothing = await office.get(at(live))
    put = await office.put(at(live), json=body, headers=ANY)
    shown = await put.json()
    stale = await office.put(at(live), json=body, headers={"If-Match": '"1"'})
    leader = await program("hall", unit="11")
    seen = await (await leader.get(at(live))).json()
    gone = await office.delete(at(live), headers={"If-Match": put.headers["ETag"]})

    assert (nothing.status, put.status, stale.status, gone.status) == (404, 200, 412, 204)
    assert {name: shown[name] for name in ("name", "address", "relay_site")} == {
        **GOVERNMENT,
        "relay_site": live.sites[1],
    }
    assert datetime.fromisoformat(shown["start"]) == start
    assert seen == shown
    assert (await office.get(at(live))).status == 404
    audited = await conn.fetch(AUDIT, f"conference:{live.id}")
    assert [row["action"] for row in audited] == ["upstream.plan", "upstream.drop"]


async def test_its_loss_is_told_once_and_stands_on_the_sheet_beside_what_the_record_shows(
    program, client_for, conn, live
):
    office = await program("secretary", unit="11")
    await office.put(at(live), json=wish(live), headers=ANY)

    told = [await office.post(f"{at(live)}/lost", json={"remark": "mất hình"}) for _ in range(2)]
    during = await told[-1].json()
    back = [await (await office.post(f"{at(live)}/back")).json() for _ in range(2)]

    by_person = [one for one in during["losses"] if one["source"] == "person"]
    assert [(one["end"], one["remark"]) for one in by_person] == [(None, "mất hình")]
    [ended] = [one for one in back[0]["losses"] if one["source"] == "person"]
    assert ended["end"] >= ended["start"]
    assert [one["end"] for one in back[1]["losses"] if one["source"] == "person"] == [ended["end"]]
    assert (await office.put(at(live), json=wish(live), headers=ANY)).status == 200
    page = await (await (await client_for("secretary")).get(f"/conferences/{live.id}/sheet")).text()
    assert "mất tín hiệu cầu cấp trên (mất hình)" in page
    assert "Cầu Chính phủ" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"relay_site": 999_999}, None),
        ({"name": ""}, "name"),
        ({"name": "Tuyệt mật"}, "name"),
        ({"address": "a\nb"}, "address"),
        ({"address": "x" * 301}, "address"),
        ({"start": "2026-11-30T08:00:00+07:00"}, "end"),
        (
            {"start": "2026-11-30T08:00:00+07:00", "end": "2026-11-30T07:00:00+07:00"},
            "end",
        ),
        (
            {"start": "2026-11-30T08:00:00+07:00", "end": "2026-11-30T08:00:59+07:00"},
            "end",
        ),
        (
            {"start": "2099-11-30T08:00:00+07:00", "end": "2099-11-30T09:00:00+07:00"},
            "end",
        ),
        ({"other": 1}, "other"),
    ],
)
async def test_bad_input_is_named_and_changes_nothing(program, live, changes, field):
    office = await program("secretary", unit="11")

    answer = await office.put(at(live), json=wish(live, **changes), headers=ANY)

    assert answer.status == 422, await answer.text()
    told = (await answer.json()).get("errors", [])
    assert field is None or field in {one["field"] for one in told}
    assert (await office.get(at(live))).status == 404


async def test_only_who_acts_for_the_host_changes_it(program, live):
    commune = await program("secretary", unit="03158")

    answers = [
        await commune.put(at(live), json=wish(live), headers=ANY),
        await commune.post(f"{at(live)}/lost"),
    ]

    assert {answer.status for answer in answers} <= {403, 404}


async def test_nothing_is_lost_before_it_begins_or_where_nothing_is_relayed(program, conn, bridge):
    office = await program("secretary", unit="11")
    async with conn.transaction():
        later = await a_conference(conn, start=NOW + timedelta(days=1))
    before = await office.post(f"{at(later)}/lost")
    await office.put(at(later), json=wish(later), headers=ANY)

    early = await office.post(f"{at(later)}/lost")

    assert (before.status, early.status) == (404, 409)


async def test_a_hall_that_is_invited_no_more_has_lost_nothing(program, conn, live):
    office = await program("secretary", unit="11")
    await office.put(at(live), json=wish(live), headers=ANY)
    await conn.execute("DELETE FROM invitations WHERE site_id = $1", live.sites[1])

    shown = await (await office.get(at(live))).json()

    assert shown["losses"] == []


async def test_a_loss_that_nobody_took_back_ends_with_the_conference(program, conn, live):
    office = await program("secretary", unit="11")
    await office.put(at(live), json=wish(live), headers=ANY)
    during = await (await office.post(f"{at(live)}/lost")).json()
    async with conn.transaction():
        await end(conn, live.id, by="test", now=NOW + timedelta(minutes=30))

    after = await (await office.get(at(live))).json()

    ends = [
        [one["end"] for one in told["losses"] if one["source"] == "person"]
        for told in (during, after)
    ]
    assert ends == [[None], [(NOW + timedelta(minutes=30)).strftime("%Y-%m-%dT%H:%M:%SZ")]]


async def test_nothing_is_lost_any_more_once_the_sheet_is_signed(program, conn, live):
    office = await program("secretary", unit="11")
    await office.put(at(live), json=wish(live), headers=ANY)
    async with conn.transaction():
        await end(conn, live.id, by="test", now=NOW)
        seen = await conference_by_id(conn, live.id)
        await close(conn, live.id, version=None, by="test", now=NOW)

    for tell in (partial(tell_lost, remark=""), tell_back):
        with pytest.raises(IllegalMove):
            await tell(conn, seen, by="test", now=NOW)


async def test_the_hall_reads_it_and_a_calendar_has_it(program, client_for, app, conn, live):
    office = await program("secretary", unit="11")
    await office.put(at(live), json=wish(live), headers=ANY)
    key = app[KEYRING].derive(LINKS)
    async with conn.transaction():
        await make_links(conn, live, key)
    snapshot: Snapshot = app[SNAPSHOT]
    await snapshot.refresh(conn, NOW)
    again = Snapshot(snapshot.path.parent, snapshot.seal)
    again.load()
    site = (await some_sites(conn, 1))[0]
    hall = await client_for(None)

    page = await (await hall.get(f"/j/{link_secret(key, live.id, site, 1)}")).text()
    calendar = await (await office.get(f"/api/v1/conferences/{live.id}.ics")).read()

    assert "Tiếp sóng Cầu Chính phủ từ" in page
    assert again.occasion(live.id) == snapshot.occasion(live.id)
    event = Calendar.from_ical(calendar).walk("VEVENT")[0]
    assert "Tiếp sóng Cầu Chính phủ (sip:hop01@cp.gov.vn)" in str(event["DESCRIPTION"])


async def test_the_form_keeps_what_was_typed_and_names_what_is_wrong(client_for, conn, live):
    client = await client_for("secretary")
    path = f"/conferences/{live.id}/upstream"
    typed = {
        "name": "Cầu <Chính phủ>",
        "address": "",
        "relay_site": str(live.sites[1]),
        "from": "sáng",
        "until": "",
        "version": "2",
    }

    wrong = await client.post(path, data=typed)
    text = await wrong.text()
    good = {**typed, "address": "10.1.1.1##55", "from": "", "version": str(live.version + 1)}
    saved = await client.post(path, data=good)
    shown = await saved.text()
    dropped = await client.post(
        path, data={"do": "drop", "version": str(live.version + 2)}, allow_redirects=False
    )

    assert wrong.status == 422
    assert 'value="Cầu &lt;Chính phủ&gt;"' in text
    assert 'value="sáng"' in text
    assert re.findall('id="([a-z_]+)-wrong"', text) == ["address", "from"]
    assert saved.status == 200
    assert "10.1.1.1##55" in shown
    assert dropped.headers["Location"].endswith("said=upstream-dropped")


async def test_a_series_relays_on_all_coming_dates_and_those_yet_to_be_made(program, sites, conn):
    secretary = await program("secretary", unit="11.vpubnd")
    office = "/api/v1/series"
    rule = {"start": "2026-11-30T08:00:00+07:00", "end": "2026-11-30T10:00:00+07:00"}
    body = a_body(sites, **rule, rrule="FREQ=WEEKLY;COUNT=3")
    made = await (await secretary.post(office, json=body)).json()
    held = await (await secretary.get(f"{office}/{made['id']}")).json()
    second = sorted(await conn.fetch(DATES, made["id"]))[1]["id"]
    place = f"/api/v1/conferences/{second}/upstream"
    relay = {**GOVERNMENT, "relay_site": sites[1]}

    async def relayed() -> list[tuple[str, int]]:
        return [tuple(row) for row in await conn.fetch(RELAYED, made["id"])]

    put = await secretary.put(place, json=relay, headers=ANY, params={"dates": "coming"})
    three = await relayed()
    longer = await secretary.patch(
        f"{office}/{made['id']}", json={"rrule": "FREQ=WEEKLY;COUNT=4"}, headers=ANY
    )
    four = await relayed()
    odd = await secretary.put(place, json=relay, headers=ANY, params={"dates": "some"})
    dropped = await secretary.delete(place, headers=ANY, params={"dates": "coming"})
    none = await relayed()
    third = sorted(await conn.fetch(DATES, made["id"]))[2]["id"]
    fewer = {"sites": [sites[0], sites[2]]}
    await secretary.patch(f"/api/v1/conferences/{third}", json=fewer, headers=ANY)
    await secretary.put(place, json=relay, headers=ANY, params={"dates": "coming"})
    await secretary.delete(place, headers=ANY, params={"dates": "coming"})

    assert (put.status, longer.status, odd.status, dropped.status) == (200, 200, 422, 204), held
    assert three == [(GOVERNMENT["name"], sites[1])] * 3
    assert four == [(GOVERNMENT["name"], sites[1])] * 4
    assert none == []
    assert await relayed() == []
    assert await conn.fetchval("SELECT count(*) FROM series_upstreams") == 0
    audited = await conn.fetch(DATES_TOLD)
    assert [row["dates"] for row in audited] == [3, 4, 3, 3]


async def test_a_date_that_is_put_back_relays_what_its_series_does(program, sites, conn):
    secretary = await program("secretary", unit="11.vpubnd")
    rule = {"start": "2026-11-30T08:00:00+07:00", "end": "2026-11-30T10:00:00+07:00"}
    second = {"start": "2026-12-07T08:00:00+07:00", "end": "2026-12-07T09:00:00+07:00"}
    rival = await booked(secretary, sites, **second)
    body = a_body(sites, **rule, rrule="FREQ=WEEKLY;COUNT=3")
    made = await (await secretary.post("/api/v1/series", json=body)).json()
    place = f"/api/v1/conferences/{made['created'][0]['id']}"
    relay = {**GOVERNMENT, "relay_site": sites[1]}
    await secretary.put(f"{place}/upstream", json=relay, headers=ANY, params={"dates": "coming"})
    await secretary.delete(f"/api/v1/conferences/{rival['id']}", headers=ANY)

    day = {"date": "2026-12-07"}
    back = await secretary.post(f"/api/v1/series/{made['id']}/restore", json=day)

    assert back.status == 201
    told = await conn.fetch(RELAYED, made["id"])
    assert [tuple(row) for row in told] == [(GOVERNMENT["name"], sites[1])] * 3
