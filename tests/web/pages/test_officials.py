"""Officials on pages: found by word, unit and day; added, changed and ended by who may."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from meetings.audit import list_audit
from meetings.directory.officials import add_official, officials_by_ids
from meetings.office.workdays import local_day
from tests.makers import a_conference, a_unit, an_official
from tests.web.pages.test_hallsettings import BLACK, FORM
from tests.web.pages.test_units import text
from web.formats import short_date
from web.keys import CLOCK

MANY = """
    INSERT INTO officials (unit_id, title, name_key, folded, valid)
    SELECT $1, 'Phó phòng ' || n, lpad(n::text, 3, '0'), 'pho phong ' || n, daterange(NULL, NULL)
      FROM generate_series(1, 103) AS n
"""
GOOD = {"unit": "11.stc", "title": "Phó Giám đốc Sở Tài chính", "name": "Lò Văn A", "rank": "7"}


async def test_officials_are_found_by_word_unit_and_day(client_for, conn, app):
    leader = await client_for("leader")
    today = local_day(app[CLOCK]())
    unit = (await a_unit(conn, "03158")).id
    since = today + timedelta(days=2)
    await add_official(conn, unit, title="Chủ tịch UBND xã", since=since, by="person:1")

    now = await text(leader, "/officials?unit=03158&q=chu tich")
    then = await text(leader, f"/officials?unit=03158&q=chu tich&on={since.isoformat()}")

    assert ("Chủ tịch UBND xã" in now, "Chủ tịch UBND xã" in then) == (False, True)
    assert "/officials/new" not in then
    assert "Chủ tịch UBND tỉnh" in await text(leader, "/officials")
    assert "unit=03158" in await text(leader, "/units/03158")


async def test_heading_counts_all_officials_on_every_page(client_for, conn):
    leader, unit = await client_for("leader"), (await a_unit(conn, "11.stc")).id
    await conn.execute(MANY, unit)

    first = await text(leader, "/officials?q=pho phong")
    [after] = re.findall(r"after=(\d+)", first)
    second = await text(leader, f"/officials?q=pho phong&after={after}")

    assert [re.findall(r"<h1>(.*?)</h1>", page) for page in (first, second)] == [
        ["103 lãnh đạo"],
        ["103 lãnh đạo"],
    ]
    assert second.count('<th scope="row">') == 3


async def test_official_is_added_changed_and_ended_on_the_page(client_for, conn, app):
    secretary, stranger = await client_for("secretary"), await client_for("secretary", unit="03158")

    wrong = await secretary.post(
        "/officials", data=GOOD | {"title": "", "rank": "bảy", "valid_to": "mai"}
    )
    refused = await stranger.post("/officials", data=GOOD)
    added = await secretary.post("/officials", data=GOOD)
    twice = await secretary.post("/officials", data=GOOD)

    page = await wrong.text()
    assert (wrong.status, refused.status, added.status, twice.status) == (422, 403, 200, 422)
    assert 'value="bảy"' in page
    assert [f'id="{name}-wrong"' in page for name in ("title", "rank", "valid_to")] == [True] * 3
    identity = await conn.fetchval("SELECT id FROM officials WHERE name = 'Lò Văn A'")
    place = f"/officials/{identity}"
    assert (await stranger.get(place)).status == 404
    assert 'name="version" value="1"' in await text(secretary, place)

    began = local_day(app[CLOCK]()) - timedelta(days=1)
    change = GOOD | {"version": "1", "name": "Lò Thị B", "valid_from": short_date(began)}
    turned = await secretary.post(place, data=change | {"valid_to": short_date(began)})
    changed = await secretary.post(place, data=change)
    late = await secretary.post(place, data=change | {"name": "Ai đó"})
    ended = [await secretary.post(f"{place}/end") for _ in range(2)]

    assert (turned.status, changed.status, late.status) == (422, 200, 412)
    assert 'value="Ai đó"' in await late.text()
    assert [one.status for one in ended] == [200, 200]
    official = (await officials_by_ids(conn, [identity]))[identity]
    assert (official.name, official.valid_from, official.version) == ("Lò Thị B", began, 3)
    assert [one.action for one in await list_audit(conn, subject=f"official:{identity}")] == [
        "official.remove",
        "official.change",
        "official.add",
    ]


async def test_official_is_blacked_out_and_given_back(client_for, conn):
    secretary, stranger = await client_for("secretary"), await client_for("secretary", unit="03158")
    official = await an_official(conn)
    place = f"/officials/{official}"
    leave = FORM | {"from_day": "02/12/2098", "until_day": "04/12/2098", "reason": "Đi công tác"}

    wrong = await secretary.post(f"{place}/black-outs", data=leave | {"from_time": "sáng"})
    refused = await stranger.post(f"{place}/black-outs", data=leave)
    kept = await (await secretary.post(f"{place}/black-outs", data=leave)).text()
    [end] = re.findall(rf'action="({place}/black-outs/\d+/end)"', kept)
    planned = [tuple(row) for row in await conn.fetch(BLACK)]
    theirs = await stranger.post(end)

    again = await wrong.text()
    assert (wrong.status, refused.status, theirs.status) == (422, 403, 403)
    assert (re.findall(r'id="([a-z_]+)-wrong"', again), 'value="sáng"' in again) == (
        ["from_time"],
        True,
    )
    assert again.count('id="problems"') == 1
    assert planned == [("02/12 00:00", "05/12 00:00", "Đi công tác")]
    assert "Lãnh đạo vắng trong thời gian đó" in kept
    assert [(await secretary.post(end)).status for _ in range(2)] == [200, 200]
    assert await conn.fetch(BLACK) == []


async def test_official_who_is_booked_stays_until_others_are_named(client_for, conn, bridge):
    secretary = await client_for("secretary")
    chair, delegate = [
        await an_official(conn, title) for title in ("Chủ tịch UBND tỉnh", "Giám đốc Sở Tài chính")
    ]
    day = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    await a_conference(conn, start=day, title="Họp sắp tới", chair_id=chair, delegates=[delegate])
    until = short_date(local_day(day))

    ended = await secretary.post(f"/officials/{chair}/end")
    found = (await officials_by_ids(conn, [delegate]))[delegate]
    form = {"version": str(found.version), "title": found.title, "name": "Lò Văn Mới", "rank": "9"}
    moved = await secretary.post(f"/officials/{delegate}", data=form | {"valid_to": until})
    asked = await secretary.delete(f"/api/v1/officials/{chair}")
    later = short_date(local_day(day) + timedelta(days=1))
    begun = await secretary.post(f"/officials/{delegate}", data=form | {"valid_from": later})
    kept = await secretary.post(f"/officials/{delegate}", data=form | {"valid_to": later})

    wrong = [re.findall(r'id="(\w+)-wrong"', await one.text()) for one in (moved, begun)]
    assert (begun.status, wrong) == (409, [["valid_to"], ["valid_from"]])
    assert [one.status for one in (ended, moved, asked, kept)] == [409, 409, 409, 200]
    assert "Họp sắp tới" in await ended.text()
    assert [word in await moved.text() for word in ("Họp sắp tới", "Lò Văn Mới")] == [True, True]
    problem = await asked.json()
    assert (problem["code"], problem["conferences"][0]["chairs"]) == ("official-in-use", True)
    assert (await officials_by_ids(conn, [chair]))[chair].valid_to is None


async def test_all_officials_of_a_province_can_be_chosen(client_for, conn, bridge):
    secretary, unit = await client_for("secretary"), (await a_unit(conn, "11.stc")).id
    await conn.execute(MANY.replace("103", "603"), unit)

    page = await text(secretary, "/conferences/new")

    assert page.count("Phó phòng 603") >= 1
