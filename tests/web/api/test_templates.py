"""Templates and clones: everything but the day, and retired halls named."""

from __future__ import annotations

import re

from tests.makers import an_official
from tests.web.api.conftest import booked
from tests.web.api.test_agenda import ANY, POINTS
from tests.web.pages.conftest import hidden_in

PATH = "/api/v1/conferences"
NEXT = {"start": "2026-12-02T08:00:00+07:00"}
SATURDAY = {"start": "2026-12-05T08:00:00+07:00"}
RETIRE = "UPDATE sites SET valid = daterange(lower(valid), '2026-12-01') WHERE id = $1"


async def test_clone_takes_words_halls_length_and_agenda(program, sites):
    admin = await program("admin")
    first = await booked(admin, sites, chair="Chủ tịch UBND tỉnh", secretary="Phòng Tổng hợp")
    await admin.put(f"{PATH}/{first['id']}/agenda", json=POINTS, headers=ANY)

    answer = await admin.post(f"{PATH}/{first['id']}/clone", json=NEXT)

    copy = await answer.json()
    agenda = await (await admin.get(f"{PATH}/{copy['id']}/agenda")).json()
    kept = ("title", "kind", "chair", "secretary", "sites", "main_site", "host", "visibility")
    assert answer.status == 201
    assert {name: copy[name] for name in kept} == {name: first[name] for name in kept}
    assert (copy["start"], copy["end"]) == ("2026-12-02T01:00:00Z", "2026-12-02T03:00:00Z")
    assert [one["title"] for one in agenda["items"]] == ["Khai mạc", "Thảo luận"]


async def test_template_is_kept_listed_booked_and_removed(program, sites):
    secretary = await program("secretary", unit="11.vpubnd")
    first = await booked(secretary, sites)
    wish = {"name": "Giao ban tháng", "conference": first["id"]}

    saved = await (await secretary.post("/api/v1/templates", json=wish)).json()
    again = await secretary.post("/api/v1/templates", json=wish)
    listed = await (await secretary.get("/api/v1/templates")).json()
    copy = await secretary.post(
        f"/api/v1/templates/{saved['id']}/book", json=NEXT | {"title": "Giao ban tháng 12"}
    )
    removed = await secretary.delete(f"/api/v1/templates/{saved['id']}")

    assert listed["items"] == [saved]
    assert (again.status, (await again.json())["code"]) == (409, "template-taken")
    assert (copy.status, (await copy.json())["title"]) == (201, "Giao ban tháng 12")
    assert removed.status == 204
    assert (await (await secretary.get("/api/v1/templates")).json())["items"] == []


async def test_what_is_relayed_is_copied_where_its_hall_is_invited(program, sites):
    secretary = await program("secretary", unit="11.vpubnd")
    first = await booked(secretary, sites)
    part = {"start": first["start"], "end": "2026-11-25T03:00:00Z"}
    relay = {"name": "Cầu Chính phủ", "address": "sip:a@cp.vn", "relay_site": sites[1], **part}
    await secretary.put(f"{PATH}/{first['id']}/upstream", json=relay, headers=ANY)
    wish = {"name": "Giao ban", "conference": first["id"]}
    saved = await (await secretary.post("/api/v1/templates", json=wish)).json()
    short = {"start": "2026-12-03T08:00:00+07:00", "end": "2026-12-03T09:00:00+07:00"}

    copies = [
        await secretary.post(f"{PATH}/{first['id']}/clone", json=NEXT),
        await secretary.post(f"/api/v1/templates/{saved['id']}/book", json=short),
    ]
    found = [
        await (await secretary.get(f"{PATH}/{(await one.json())['id']}/upstream")).json()
        for one in copies
    ]

    kept = ("name", "address", "relay_site")
    assert [{name: one[name] for name in kept} for one in found] == [
        {name: relay[name] for name in kept}
    ] * 2
    assert [(one["start"], one["end"]) for one in found] == [
        ("2026-12-02T01:00:00Z", "2026-12-02T03:00:00Z"),
        ("2026-12-03T01:00:00Z", "2026-12-03T02:00:00Z"),
    ]


async def test_template_of_a_retired_hall_says_which_and_books_only_when_told(
    program, sites, owner, conn
):
    secretary = await program("secretary", unit="11.vpubnd")
    first = await booked(secretary, sites)
    wish = {"name": "Giao ban", "conference": first["id"]}
    saved = await (await secretary.post("/api/v1/templates", json=wish)).json()
    await owner.execute(RETIRE, sites[1])

    refused = await secretary.post(f"/api/v1/templates/{saved['id']}/book", json=NEXT)
    before = await conn.fetchval("SELECT count(*) FROM conferences")
    told = NEXT | {"without_retired": True}
    taken = await secretary.post(f"/api/v1/templates/{saved['id']}/book", json=told)

    body = await refused.json()
    assert (refused.status, body["code"], before) == (422, "sites-retired", 1)
    assert [one["site"] for one in body["sites"]] == [sites[1]]
    assert all(one["label"] for one in body["sites"])
    assert (await taken.json())["sites"] == sorted({sites[0], sites[2]})


async def test_template_keeps_its_officials_while_they_are_in_office(program, sites, owner, conn):
    secretary = await program("secretary", unit="11.vpubnd")
    chair, delegate = await an_official(conn), await an_official(conn, "Bí thư Tỉnh ủy")
    first = await booked(secretary, sites, chair_id=chair, delegates=[delegate])
    wish = {"name": "Giao ban", "conference": first["id"]}
    saved = await (await secretary.post("/api/v1/templates", json=wish)).json()
    await owner.execute("UPDATE officials SET valid = '[,2026-12-01)' WHERE id = $1", delegate)

    answer = await secretary.post(f"/api/v1/templates/{saved['id']}/book", json=NEXT)

    copy = await answer.json()
    assert answer.status == 201
    assert (copy["chair_id"], copy["delegates"], copy["chair"]) == (chair, [], first["chair"])


async def test_template_of_another_office_is_not_there(program, sites):
    office = await program("secretary", unit="11.vpubnd")
    first = await booked(office, sites)
    wish = {"name": "Giao ban", "conference": first["id"]}
    saved = await (await office.post("/api/v1/templates", json=wish)).json()
    stranger = await program("secretary", unit="03158")

    answer = await stranger.post(f"/api/v1/templates/{saved['id']}/book", json=NEXT)

    assert answer.status == 404
    assert (await (await stranger.get("/api/v1/templates")).json())["items"] == []


async def test_clone_into_a_taken_time_names_the_rival(program, sites):
    admin = await program("admin")
    first = await booked(admin, sites)

    answer = await admin.post(f"{PATH}/{first['id']}/clone", json={"start": first["start"]})

    assert (answer.status, (await answer.json())["code"]) == (409, "site-busy")


async def test_what_speaks_against_a_copy_is_in_the_answer(program, sites):
    secretary = await program("secretary", unit="11.vpubnd")
    first = await booked(secretary, sites)
    wish = {"name": "Giao ban", "conference": first["id"]}
    saved = await (await secretary.post("/api/v1/templates", json=wish)).json()

    clone = await secretary.post(f"{PATH}/{first['id']}/clone", json=SATURDAY)
    other = {"start": "2026-12-06T08:00:00+07:00"}
    copy = await secretary.post(f"/api/v1/templates/{saved['id']}/book", json=other)

    for answer in (clone, copy):
        assert [one["rule"] for one in (await answer.json())["warnings"]] == ["day-off"]


async def test_pages_ask_before_a_copy_is_booked_on_a_day_off(client_for, program, sites, conn):
    first = await booked(await program("admin"), sites)
    secretary = await client_for("secretary")
    page = f"/conferences/{first['id']}/copy"
    await secretary.post(f"{page}/template", data={"name": "Giao ban"})

    for number, place in enumerate([page, "/templates/1/book"]):
        form = {"date": f"{5 + number:02}/12/2026", "start": "8h", "key": f"k{number}"}
        asked = await secretary.post(place, data=form)
        text = await asked.text()
        before = await conn.fetchval("SELECT count(*) FROM conferences")
        accepted = dict(re.findall(r'name="(accepted)" value="([0-9a-f]{32})"', text))
        done = await secretary.post(place, data=hidden_in(text) | accepted, allow_redirects=False)

        assert (asked.status, before, done.status) == (409, 1 + number, 303)
        assert "không phải ngày làm việc" in text


async def test_pages_book_again_and_name_retired_halls(client_for, program, sites, owner, conn):
    first = await booked(await program("admin"), sites)
    secretary = await client_for("secretary")
    page = f"/conferences/{first['id']}/copy"
    await secretary.post(f"{page}/template", data={"name": "Giao ban"})
    await owner.execute(RETIRE, sites[1])
    form = {"date": "02/12/2026", "start": "8h", "key": "k1"}

    refused = await secretary.post("/templates/1/book", data=form)
    taken = await secretary.post(page, data=form | {"without_retired": "1"}, allow_redirects=False)

    text = await refused.text()
    assert (refused.status, taken.status) == (422, 303)
    assert "không còn hoạt động vào ngày đó" in text
    assert 'name="without_retired"' in text
    assert await conn.fetchval("SELECT count(*) FROM conferences") == 2


async def test_copies_are_held_by_what_their_host_became(program, sites):
    admin = await program("admin")
    first = await booked(admin, sites[:2], host="03160")
    saved = await keep(admin, first)
    new = {"name": "Mường Mới", "kind": "commune"}
    body = {"from": "2026-12-02", "into": "03999", "new": new}
    assert (await admin.post("/api/v1/units/03160/merge", json=body)).status == 200
    day_before = {"start": "2026-12-01T08:00:00+07:00"}
    day_after = {"start": "2026-12-03T08:00:00+07:00"}

    copies = [
        await admin.post(f"{PATH}/{first['id']}/clone", json=day_before),
        await admin.post(f"{PATH}/{first['id']}/clone", json=NEXT),
        await admin.post(f"/api/v1/templates/{saved}/book", json=day_after),
    ]

    assert [one.status for one in copies] == [201] * 3
    hosts = [(await one.json())["host"]["code"] for one in copies]
    there = f"{PATH}/{first['id']}"
    later = {"start": "2026-12-08T08:00:00+07:00", "end": "2026-12-08T10:00:00+07:00"}
    moved = await admin.patch(there, json=later, headers=ANY)
    back = await admin.patch(there, json={key: first[key] for key in later}, headers=ANY)
    told = [(one.status, (await one.json())["host"]["code"]) for one in (moved, back)]
    assert told == [(200, "03999"), (200, "03160")]
    assert hosts == ["03160", "03999", "03999"]


async def keep(client, conference):
    wish = {"name": "Mẫu", "conference": conference["id"]}
    return (await (await client.post("/api/v1/templates", json=wish)).json())["id"]
