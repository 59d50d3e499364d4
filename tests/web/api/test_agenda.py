"""Agenda and segments through the API and on the page."""

from __future__ import annotations

import re

from tests.web.api.conftest import booked

PATH = "/api/v1/conferences"
ANY = {"If-Match": "*"}
POINTS = {
    "items": [
        {"title": "Khai mạc", "minutes": 10, "presenter": "Chánh Văn phòng"},
        {"title": "Thảo luận", "minutes": 50, "mode": "interactive"},
    ]
}
PARTS = {
    "segments": [
        {
            "mode": "relay",
            "start": "2026-11-25T08:00:00+07:00",
            "end": "2026-11-25T09:00:00+07:00",
            "upstream": "Trung ương",
        },
        {
            "mode": "interactive",
            "start": "2026-11-25T09:00:00+07:00",
            "end": "2026-11-25T10:00:00+07:00",
        },
    ]
}


async def test_agenda_is_kept_with_its_times_and_moves_along(program, sites):
    admin = await program("admin")
    body = await booked(admin, sites)
    place = f"{PATH}/{body['id']}"

    put = await admin.put(f"{place}/agenda", json=POINTS, headers={"If-Match": '"1"'})
    moved = {"start": "2026-11-26T08:00:00+07:00", "end": "2026-11-26T10:00:00+07:00"}
    await admin.patch(place, json=moved, headers=ANY)
    shown = await (await admin.get(f"{place}/agenda")).json()

    told = await put.json()
    assert (put.status, put.headers["ETag"], told["warnings"]) == (200, '"2"', [])
    assert told["items"][1] == {
        "title": "Thảo luận",
        "minutes": 50,
        "at": None,
        "presenter": "",
        "presenter_id": None,
        "mode": "interactive",
        "tier": None,
        "start": "2026-11-25T01:10:00Z",
        "end": "2026-11-25T02:00:00Z",
    }
    assert shown["items"][1]["start"] == "2026-11-26T01:10:00Z"


async def test_agenda_of_an_old_version_is_refused(program, sites):
    admin = await program("admin")
    place = f"{PATH}/{(await booked(admin, sites))['id']}/agenda"

    stale = await admin.put(place, json=POINTS, headers={"If-Match": '"7"'})
    blind = await admin.put(place, json=POINTS)

    assert (stale.status, blind.status) == (412, 428)


async def test_secret_point_is_named(program, sites):
    admin = await program("admin")
    place = f"{PATH}/{(await booked(admin, sites))['id']}/agenda"
    points = {"items": [{"title": "Phương án (Mật)", "minutes": 5}]}

    answer = await admin.put(place, json=points, headers=ANY)

    [error] = (await answer.json())["errors"]
    assert (error["field"], error["code"]) == ("items.0.title", "secret-content")


async def test_segments_are_kept_and_gaps_refused(program, sites):
    admin = await program("admin")
    place = f"{PATH}/{(await booked(admin, sites))['id']}/segments"

    put = await admin.put(place, json=PARTS, headers=ANY)
    gap = {
        "segments": [PARTS["segments"][0], PARTS["segments"][1] | {"start": "2026-11-25T02:01:00Z"}]
    }
    refused = await admin.put(place, json=gap, headers=ANY)
    shown = await (await admin.get(place)).json()

    assert put.status == 200
    assert ((await refused.json())["code"], refused.status) == ("bad-segments", 422)
    assert [one["mode"] for one in shown["segments"]] == ["relay", "interactive"]


async def test_other_units_may_look_only_if_invited_and_never_write(program, sites):
    admin = await program("admin")
    place = f"{PATH}/{(await booked(admin, sites))['id']}/agenda"
    stranger = await program("secretary", unit="03158")

    assert (await stranger.get(place)).status == 404
    assert (await stranger.put(place, json=POINTS, headers=ANY)).status == 404


async def test_page_adds_moves_removes_and_saves_without_scripts(client_for, program, sites, conn):
    body = await booked(await program("admin"), sites)
    page = f"/conferences/{body['id']}/agenda"
    secretary = await client_for("secretary")
    form = [("version", "1"), ("title", "Hai"), ("minutes", "20"), ("at", ""), ("presenter", "")]
    form += [("mode", ""), ("title", "Một"), ("minutes", "10"), ("at", ""), ("presenter", "")]
    form += [("mode", "relay")]

    redrawn = await (await secretary.post(page, data=[*form, ("do", "up-row-1")])).text()
    added = await (await secretary.post(page, data=[*form, ("do", "add-row")])).text()
    saved = await secretary.post(page, data=[*form, ("do", "save")], allow_redirects=False)
    shown = await (await secretary.get(page)).text()

    titles = re.compile(r'name="title" value="([^"]*)"')
    assert titles.findall(redrawn) == ["Một", "Hai"]
    assert titles.findall(added) == ["Hai", "Một", ""]
    assert saved.status == 303
    assert "08:20 – 08:30" in shown
    assert await conn.fetchval("SELECT count(*) FROM agenda_items") == 2


async def test_page_names_what_is_wrong_and_loses_nothing(client_for, program, sites):
    body = await booked(await program("admin"), sites)
    secretary = await client_for("secretary")
    form = {"version": "1", "title": "Một", "minutes": "nhiều", "at": "", "presenter": "Ông A"}

    answer = await secretary.post(f"/conferences/{body['id']}/agenda", data=form | {"do": "save"})

    text = await answer.text()
    assert answer.status == 422
    assert 'value="nhiều"' in text
    assert 'id="minutes-0-wrong"' in text


async def test_page_names_what_is_wrong_in_the_row_where_it_stands(client_for, program, sites):
    page = f"{PATH}/{(await booked(await program('admin'), sites))['id']}/agenda"
    secretary, nothing = await client_for("secretary"), ("", "", "", "", "")
    columns = ("title", "minutes", "at", "presenter", "mode")
    form = [("version", "1"), *zip(columns, nothing, strict=True)]
    form += zip(columns, ("Một", "nhiều", "", "", ""), strict=True)
    form += [("part_mode", "relay"), ("part_from", "8h"), ("part_to", "sau"), ("do", "save")]

    answer = await secretary.post(page.removeprefix("/api/v1"), data=form)

    text = await answer.text()
    assert answer.status == 422
    assert re.findall(r'id="(\S+)-wrong"', text) == ["minutes-0", "part_to-0"]
    assert re.findall(r'name="minutes" value="([^"]*)"', text) == ["nhiều"]


async def test_presenter_is_an_official_or_words(program, sites, client_for):
    admin = await program("admin")
    place = f"{PATH}/{(await booked(admin, sites))['id']}/agenda"
    [chair] = (await (await admin.get("/api/v1/officials?q=bi%20thu%20tinh%20uy")).json())["items"]
    points = {"items": [
        {"title": "Khai mạc", "minutes": 10, "presenter_id": chair["id"]},
        {"title": "Báo cáo", "minutes": 20, "presenter": "Giám đốc Sở Y tế"},
    ]}  # fmt: skip
    strange = {"items": [points["items"][0] | {"presenter_id": 99999}]}

    refused = await admin.put(place, json=strange, headers=ANY)
    told = await (await admin.put(place, json=points, headers=ANY)).json()
    secretary = await client_for("secretary")
    form = [("version", "2"), ("title", "Bế mạc"), ("minutes", "5"), ("at", ""), ("mode", "")]
    form += [("presenter", chair["title"]), ("do", "save")]
    page = place.removeprefix("/api/v1")
    listed = 'value="Bí thư Tỉnh ủy"' in await (await secretary.get(page)).text()
    saved = await secretary.post(page, data=form, allow_redirects=False)
    [point] = (await (await admin.get(place)).json())["items"]

    assert (refused.status, (await refused.json())["code"]) == (422, "officials-not-found")
    assert [(one["presenter"], one["presenter_id"]) for one in told["items"]] == [
        ("Bí thư Tỉnh ủy", chair["id"]), ("Giám đốc Sở Y tế", None),
    ]  # fmt: skip
    assert (listed, saved.status) == (True, 303)
    assert (point["presenter"], point["presenter_id"]) == ("Bí thư Tỉnh ủy", chair["id"])


async def test_relay_of_nothing_is_told_with_the_field_that_is_missing(program, sites):
    secretary = await program("secretary")
    conference = await booked(secretary, sites)
    part = {"mode": "relay", "start": conference["start"], "end": conference["end"]}

    answer = await secretary.put(
        f"/api/v1/conferences/{conference['id']}/segments",
        json={"segments": [part]},
        headers={"If-Match": "*"},
    )

    assert answer.status == 422
    [told] = (await answer.json())["errors"]
    assert (told["field"], told["code"]) == ("segments.0.upstream", "required")
