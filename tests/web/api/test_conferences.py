"""Conferences through the API: whole bodies, clashes, versions, and what others may see."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

from icalendar import Calendar

from bridges.placement.rooms import room_of
from meetings.audit import list_audit
from meetings.directory.finding import sites_by_ids
from meetings.model import ConferenceId, SiteId
from meetings.scheduling.booking import begin
from meetings.scheduling.conferences import list_conferences
from tests.web.api.conftest import a_body, booked

PATH = "/api/v1/conferences"
OFFICE = "11.vpubnd"


def problem(status: int, code: str, title: str, **more: Any) -> dict[str, Any]:
    return {"type": "about:blank", "title": title, "status": status, "code": code, **more}


async def test_booking_answers_with_the_whole_conference(program, sites):
    secretary = await program("secretary", unit=OFFICE)

    answer = await secretary.post(
        PATH, json=a_body(sites, chair="Chủ tịch UBND tỉnh", note="Mang theo báo cáo")
    )

    body = await answer.json()
    assert answer.status == 201
    assert answer.headers["Location"] == f"{PATH}/{body['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert answer.content_type == "application/json"
    assert body == {
        "id": body["id"],
        "title": "Họp giao ban tháng 11",
        "kind": "briefing",
        "state": "confirmed",
        "host": {"code": OFFICE, "name": body["host"]["name"]},
        "chair": "Chủ tịch UBND tỉnh",
        "secretary": "",
        "visibility": "internal",
        "secrecy": "khong-mat",
        "chair_id": None,
        "delegates": [],
        "halls": 3,
        "main_site": sites[0],
        "sites": sorted(sites),
        "start": "2026-11-25T01:00:00Z",
        "end": "2026-11-25T03:00:00Z",
        "note": "Mang theo báo cáo",
        "version": 1,
        "cancel_reason": "",
        "ended_at": None,
        "created_by": f"token:secretary-{OFFICE}",
        "demo": False,
        "urgency": "normal",
        "waiver": "",
        "call_systems": False,
        "warnings": body["warnings"],
    }
    assert [one["rule"] for one in body["warnings"]] == ["short-notice"]


async def test_a_slip_of_the_year_is_told_and_recorded(program, sites, conn):
    secretary = await program("secretary", unit=OFFICE)
    times = {"start": "2027-12-01T08:00:00+07:00", "end": "2027-12-01T10:00:00+07:00"}
    near, english = await booked(secretary, sites), {"Accept-Language": "en"}

    far = await secretary.post(PATH, json=a_body(sites, **times), headers=english)
    moved = await secretary.patch(
        f"{PATH}/{near['id']}",
        json={"start": "2029-11-28T08:00:00+07:00", "end": "2029-11-28T10:00:00+07:00"},
        headers={"If-Match": "*"},
    )

    [said], [again] = [(await answer.json())["warnings"] for answer in (far, moved)]
    assert (said["rule"], said["sentence"]) == (
        "far-ahead",
        "Wednesday, 01/12/2027 is 373 days away. Is the year right?",
    )
    assert again["rule"] == "far-ahead"
    [entry] = await list_audit(conn, subject=f"conference:{(await far.json())['id']}")
    assert entry.detail["overridden"] == ["far-ahead"]


async def test_booked_conference_is_shown_as_it_was_answered(program, sites):
    secretary = await program("secretary", unit=OFFICE)
    body = await booked(secretary, sites)

    answer = await secretary.get(f"{PATH}/{body['id']}")

    assert answer.headers["ETag"] == '"1"'
    assert await answer.json() == body


async def test_booking_places_a_room_makes_links_and_one_audit_row(program, sites, conn):
    secretary = await program("secretary", unit=OFFICE)

    body = await booked(secretary, sites)

    room = await room_of(conn, body["id"])
    links = await conn.fetch("SELECT site_id FROM links WHERE conference_id = $1", body["id"])
    audit = await list_audit(conn, subject=f"conference:{body['id']}")
    assert room.bridge_name == "meet"
    assert sorted(row["site_id"] for row in links) == sorted(sites)
    assert [(entry.actor, entry.action) for entry in audit] == [
        (f"token:secretary-{OFFICE}", "conference.book")
    ]


async def test_group_invites_all_its_sites(program, sites):
    admin = await program("admin")

    body = await booked(admin, sites, sites=[], groups=["all-communes"])

    assert len(body["sites"]) == 45
    assert body["host"] == {"code": "11", "name": body["host"]["name"]}


async def test_clash_names_the_rival_and_three_ways_that_work(program, sites, conn):
    secretary = await program("secretary", unit=OFFICE)
    first = await booked(secretary, sites[:2])

    answer = await secretary.post(PATH, json=a_body(sites))

    body = await answer.json()
    assert answer.status == 409
    assert answer.content_type == "application/problem+json"
    assert (body["code"], body["status"]) == ("site-busy", 409)
    names = {key: site.label for key, site in (await sites_by_ids(conn, sites)).items()}
    assert body["rivals"] == [
        {
            "site": site,
            "label": names[site],
            "host": first["host"],
            "start": "2026-11-25T01:00:00Z",
            "end": "2026-11-25T03:00:00Z",
            "kept_from": "2026-11-25T01:00:00Z",
            "kept_until": "2026-11-25T03:00:00Z",
            "conference": first["id"],
            "title": first["title"],
        }
        for site in sites[:2]
    ]
    assert len(body["alternatives"]) == 3
    for way in body["alternatives"]:
        assert set(way) == {"main_site", "sites", "start", "end"}
    assert [way["kind"] for way in body["ways"]] == ["other-time", "other-time", "fewer-sites"]
    fewer = body["ways"][2]
    [hall] = fewer["added"]
    assert {one["site"]: one["label"] for one in fewer["left_out"]} == {
        site: names[site] for site in sites[:2]
    }
    assert body["alternatives"][2]["main_site"] == hall["site"]
    assert set(body["alternatives"][2]["sites"]) == {hall["site"], sites[2]}
    for way in body["alternatives"][:1]:
        await booked(secretary, sites, **way)


async def test_every_alternative_can_be_posted(program, sites):
    secretary = await program("secretary", unit=OFFICE)
    await booked(secretary, sites[:2])

    for number in range(3):
        refused = await (await secretary.post(PATH, json=a_body(sites))).json()
        way = refused["alternatives"][number]
        found = await booked(secretary, sites, **way)
        gone = await secretary.delete(f"{PATH}/{found['id']}", headers={"If-Match": '"1"'})
        assert gone.status == 200


async def test_clash_hides_title_from_those_who_may_not_know_it(program, sites, conn):
    office = await program("secretary", unit=OFFICE)
    first = await booked(office, sites[:1])
    commune = await program("secretary", unit=await code_of(conn, sites[1]))

    answer = await commune.post(PATH, json=a_body([sites[1], sites[0]]))

    [rival] = (await answer.json())["rivals"]
    assert rival["site"] == sites[0]
    assert rival["host"] == first["host"]
    assert (rival["conference"], rival["title"]) == (None, None)


async def test_clash_shows_title_to_the_invited(program, sites, conn):
    office = await program("secretary", unit=OFFICE)
    first = await booked(office, sites[:2])
    commune = await program("secretary", unit=await code_of(conn, sites[1]))

    answer = await commune.post(PATH, json=a_body([sites[1], sites[0]]))

    rivals = (await answer.json())["rivals"]
    assert [rival["title"] for rival in rivals] == [first["title"], first["title"]]


async def code_of(conn, site: SiteId) -> str:
    return str((await sites_by_ids(conn, [site]))[site].unit_code)


async def test_others_conferences_are_not_found(program, sites, conn):
    office = await program("secretary", unit=OFFICE)
    first = await booked(office, sites[:1])
    commune = await program("secretary", unit=await code_of(conn, sites[1]))
    path = f"{PATH}/{first['id']}"
    expected = problem(404, "conference-not-found", "Không có hội nghị này.")

    for method, address, more in [
        ("GET", path, {}),
        ("GET", f"{path}.ics", {}),
        ("GET", f"{path}/room", {}),
        ("GET", f"{path}/links", {}),
        ("GET", f"{path}/sheet", {}),
        ("PATCH", path, {"json": {"title": "x"}, "headers": {"If-Match": '"1"'}}),
        ("DELETE", path, {"headers": {"If-Match": '"1"'}}),
        ("POST", f"{path}/links/reset", {}),
        ("POST", f"{path}/links/revoke", {"json": {"site": sites[0]}}),
    ]:
        answer = await commune.request(method, address, **more)
        assert (answer.status, await answer.json()) == (404, expected), (method, address)


async def test_invited_see_a_conference_and_may_not_touch_it(program, sites, conn):
    office = await program("secretary", unit=OFFICE)
    first = await booked(office, sites[:2])
    invited = await program("secretary", unit=await code_of(conn, sites[1]))

    seen = await invited.get(f"{PATH}/{first['id']}")
    links = await invited.get(f"{PATH}/{first['id']}/links")
    changed = await invited.patch(
        f"{PATH}/{first['id']}", json={"title": "x"}, headers={"If-Match": '"1"'}
    )

    assert await seen.json() == first
    assert (links.status, (await links.json())["code"]) == (403, "forbidden")
    assert (changed.status, (await changed.json())["code"]) == (403, "forbidden")


async def test_list_holds_only_what_one_may_know(program, sites, conn):
    office = await program("secretary", unit=OFFICE)
    mine = await booked(
        office, sites[:1], start="2026-11-26T08:00:00+07:00", end="2026-11-26T09:00:00+07:00"
    )
    theirs = await booked(office, sites[:2])
    commune = await program("hall", unit=await code_of(conn, sites[1]))

    everything = await (await office.get(PATH)).json()
    some = await (await commune.get(PATH)).json()

    assert everything == {"items": [theirs, mine], "next": None}
    assert some == {"items": [theirs], "next": None}


async def test_list_goes_on_where_it_stopped(program, sites):
    office = await program("secretary", unit=OFFICE)
    all_of_them = [
        await booked(
            office,
            sites,
            start=f"2026-12-0{day}T08:00:00+07:00",
            end=f"2026-12-0{day}T09:00:00+07:00",
        )
        for day in range(1, 6)
    ]

    found, after = [], ""
    for _ in range(3):
        page = await (await office.get(f"{PATH}?limit=2{after}")).json()
        found.append(page["items"])
        after = f"&next={page['next']}"

    assert found == [all_of_them[:2], all_of_them[2:4], all_of_them[4:]]
    assert after == "&next=None"


async def test_list_can_be_asked_by_time_state_site_and_words(program, sites):
    office = await program("secretary", unit=OFFICE)
    first = await booked(office, sites[:1])
    second = await booked(
        office,
        sites[1:],
        title="Hội nghị tập huấn",
        start="2026-11-27T08:00:00+07:00",
        end="2026-11-27T09:00:00+07:00",
    )

    async def ask(**query: Any) -> list[int]:
        answer = await office.get(PATH, params=query)
        assert answer.status == 200, await answer.text()
        return [item["id"] for item in (await answer.json())["items"]]

    assert await ask(**{"from": "2026-11-26T00:00:00+07:00"}) == [second["id"]]
    assert await ask(to="2026-11-26T00:00:00+07:00") == [first["id"]]
    assert await ask(state="cancelled") == []
    assert await ask(site=sites[0]) == [first["id"]]
    assert await ask(q="tap huan") == [second["id"]]


async def test_change_raises_the_version_and_moves_the_room(program, sites, conn):
    office = await program("secretary", unit=OFFICE)
    first = await booked(office, sites[:2])

    answer = await office.patch(
        f"{PATH}/{first['id']}",
        json={
            "title": "Họp đột xuất",
            "sites": sites,
            "start": "2026-11-25T09:00:00+07:00",
            "end": "2026-11-25T11:00:00+07:00",
        },
        headers={"If-Match": '"1"'},
    )

    assert answer.status == 200
    assert answer.headers["ETag"] == '"2"'
    body = await answer.json()
    assert [one["rule"] for one in body.pop("warnings")] == ["short-notice"]
    assert body == first | {
        "title": "Họp đột xuất",
        "sites": sorted(sites),
        "halls": len(sites),
        "start": "2026-11-25T02:00:00Z",
        "end": "2026-11-25T04:00:00Z",
        "version": 2,
    }
    room = await (await office.get(f"{PATH}/{first['id']}/room")).json()
    assert (room["opens"], room["closes"]) == ("2026-11-25T01:30:00Z", "2026-11-25T04:30:00Z")
    links = await (await office.get(f"{PATH}/{first['id']}/links")).json()
    assert sorted(link["site"] for link in links["items"]) == sorted(sites)


async def test_change_answers_what_speaks_against_it(program, sites):
    office = await program("secretary", unit=OFFICE)
    first = await booked(office, sites[:2])

    answer = await office.patch(
        f"{PATH}/{first['id']}",
        json={"start": "2026-11-28T05:00:00+07:00", "end": "2026-11-28T06:00:00+07:00"},
        headers={"If-Match": '"1"'},
    )

    body = await answer.json()
    assert (answer.status, body["version"]) == (200, 2)
    assert [one["rule"] for one in body["warnings"]] == ["day-off", "out-of-hours"]


async def test_change_into_a_clash_leaves_everything_as_it_was(program, sites):
    office = await program("secretary", unit=OFFICE)
    await booked(office, sites[:1])
    later = await booked(
        office, sites[:2], start="2026-11-25T13:00:00+07:00", end="2026-11-25T14:00:00+07:00"
    )

    answer = await office.patch(
        f"{PATH}/{later['id']}",
        json={"start": "2026-11-25T09:00:00+07:00", "end": "2026-11-25T10:00:00+07:00"},
        headers={"If-Match": '"1"'},
    )

    assert (answer.status, (await answer.json())["code"]) == (409, "site-busy")
    assert await (await office.get(f"{PATH}/{later['id']}")).json() == later


async def test_change_needs_the_version_it_means(program, sites):
    office = await program("secretary", unit=OFFICE)
    first = await booked(office, sites)
    path, body = f"{PATH}/{first['id']}", {"title": "x"}

    missing = await office.patch(path, json=body)
    stale = await office.patch(path, json=body, headers={"If-Match": '"7"'})
    odd = await office.patch(path, json=body, headers={"If-Match": "seven"})
    gone = await office.delete(path)

    assert (missing.status, (await missing.json())["code"]) == (428, "precondition-required")
    assert (stale.status, (await stale.json())["code"]) == (412, "stale-version")
    assert (odd.status, (await odd.json())["code"]) == (400, "bad-request")
    assert (gone.status, (await gone.json())["code"]) == (428, "precondition-required")
    assert await (await office.get(path)).json() == first


async def test_cancelling_keeps_the_record_and_frees_the_halls(program, sites, conn):
    office = await program("secretary", unit=OFFICE)
    first = await booked(office, sites)

    answer = await office.delete(
        f"{PATH}/{first['id']}", json={"reason": "mưa lũ"}, headers={"If-Match": '"1"'}
    )

    assert answer.status == 200
    assert await answer.json() == first | {
        "state": "cancelled",
        "cancel_reason": "mưa lũ",
        "version": 2,
    }
    room = await (await office.get(f"{PATH}/{first['id']}/room")).json()
    assert room["state"] == "closed"
    await booked(office, sites)


async def test_a_live_conference_is_extended_and_never_moved(program, sites, conn):
    office = await program("secretary", unit=OFFICE)
    first = await booked(office, sites)
    await begin(conn, ConferenceId(first["id"]), datetime.fromisoformat(first["start"]))
    path = f"{PATH}/{first['id']}"
    later = {"start": "2026-11-25T02:00:00Z", "end": "2026-11-25T05:00:00Z"}

    moved = await office.patch(path, json=later, headers={"If-Match": "*"})
    smaller = await office.patch(path, json={"sites": sites[:1]}, headers={"If-Match": "*"})
    gone = await office.delete(path, headers={"If-Match": "*"})
    longer = await office.patch(path, json={"end": later["end"]}, headers={"If-Match": "*"})

    assert [one.status for one in (moved, smaller, gone)] == [409] * 3
    assert [(await one.json())["code"] for one in (moved, smaller, gone)] == ["illegal-move"] * 3
    assert longer.status == 200
    assert (await longer.json())["start"] == first["start"]


async def test_cancelling_twice_is_refused(program, sites):
    office = await program("secretary", unit=OFFICE)
    first = await booked(office, sites)
    path = f"{PATH}/{first['id']}?reason=mua"
    await office.delete(path, headers={"If-Match": "*"})

    answer = await office.delete(path, headers={"If-Match": "*"})

    told = await answer.json()
    assert (answer.status, told["code"], told["state"]) == (409, "illegal-move", "cancelled")
    assert "đã hủy" in told["detail"]


async def test_secretary_books_only_for_units_of_the_subtree(program, sites, conn):
    commune = await program("secretary", unit=await code_of(conn, sites[0]))

    answer = await commune.post(PATH, json=a_body(sites, host="11"))

    assert (answer.status, (await answer.json())["code"]) == (403, "forbidden")
    assert await list_conferences(conn) == []


async def test_roles_that_do_not_book_are_refused(program, sites, conn):
    for role in ("technician", "leader", "hall"):
        client = await program(role)

        answer = await client.post(PATH, json=a_body(sites))

        assert (answer.status, (await answer.json())["code"]) == (403, "forbidden"), role
    assert await list_conferences(conn) == []


async def test_facts_about_fields_are_told_beside_them(program, sites, conn):
    admin = await program("admin", headers={"Accept-Language": "en"})

    async def ask(**changed: Any) -> tuple[int, str, list[tuple[str, str]]]:
        answer = await admin.post(PATH, json=a_body(sites, **changed))
        body = await answer.json()
        return answer.status, body["code"], [(e["field"], e["code"]) for e in body["errors"]]

    assert await ask(groups=["nobody"]) == (422, "group-not-found", [("groups", "group-not-found")])
    assert await ask(host="99") == (422, "unit-not-found", [("host", "unit-not-found")])
    assert await ask(bridge="none") == (422, "bad-form", [("bridge", "bridge-not-found")])
    assert await ask(sites=[999_999]) == (422, "sites-not-found", [("sites", "sites-not-found")])
    assert await ask(start="2026-11-20T08:00:00Z", end="2026-11-20T09:00:00Z") == (
        422,
        "in-the-past",
        [("start", "in-the-past")],
    )
    assert await list_conferences(conn) == []


async def test_wrong_fields_are_told_in_the_readers_language(program, sites):
    admin = await program("admin")
    body = a_body(sites, end="2026-11-25T07:00:00+07:00")

    vietnamese = await admin.post(PATH, json=body)
    english = await admin.post(PATH, json=body, headers={"Accept-Language": "en-GB"})

    assert await vietnamese.json() == problem(
        422,
        "bad-form",
        "Có ô cần xem lại.",
        errors=[
            {
                "field": "end",
                "code": "end-before-start",
                "message": "Giờ kết thúc phải sau giờ bắt đầu.",
            }
        ],
    )
    assert await english.json() == problem(
        422,
        "bad-form",
        "Some fields need another look.",
        errors=[
            {
                "field": "end",
                "code": "end-before-start",
                "message": "The end must come after the start.",
            }
        ],
    )


async def test_bodies_that_are_no_json_are_refused(program, sites, conn):
    admin = await program("admin")

    async def ask(data: bytes, kind: str = "application/json") -> tuple[int, str]:
        answer = await admin.post(PATH, data=io.BytesIO(data), headers={"Content-Type": kind})
        return answer.status, (await answer.json())["code"]

    assert await ask(b"no") == (400, "bad-request")
    assert await ask(b"") == (400, "bad-request")
    assert await ask(b"[" * 100_000) == (400, "bad-request")
    assert await ask(b'{"title": NaN}') == (400, "bad-request")
    assert await ask(b"[]") == (422, "bad-form")
    assert await ask(b"{}", "text/plain") == (415, "unsupported-media-type")
    assert await ask(b"{}", "application/json; charset=utf-16") == (415, "unsupported-media-type")
    assert await ask(b'"' + b"x" * 1024**2 + b'"') == (413, "too-large")
    assert await list_conferences(conn) == []


async def test_calendar_can_be_read_back(program, sites):
    office = await program("secretary", unit=OFFICE)
    first = await booked(office, sites)

    answer = await office.get(f"{PATH}/{first['id']}.ics")

    [event] = Calendar.from_ical(await answer.read()).events
    assert answer.content_type == "text/calendar"
    assert str(event["SUMMARY"]) == first["title"]
    assert event.decoded("DTSTART") == datetime(2026, 11, 25, 1, tzinfo=UTC)


async def test_unknown_ids_are_not_found(program, sites):
    admin = await program("admin")

    for id_ in ("0", "-1", "999999999", "9" * 40, "x", "1.5", "٣"):
        answer = await admin.get(f"{PATH}/{id_}")
        assert answer.status == 404, id_
        assert answer.content_type == "application/problem+json"


async def test_technician_sees_conferences_and_no_links(program, sites):
    admin, technician = await program("admin"), await program("technician")
    first = await booked(admin, sites)

    assert (await technician.get(f"{PATH}/{first['id']}")).status == 200
    assert (await technician.get(f"{PATH}/{first['id']}/links")).status == 403
    assert (await technician.get(f"{PATH}/{first['id']}/sheet")).status == 403


async def test_words_of_a_conference_are_kept_and_changed(program, sites):
    secretary = await program("secretary", unit=OFFICE)
    body = await booked(secretary, sites, secretary="Phòng Tổng hợp", visibility="open")

    answer = await secretary.patch(
        f"{PATH}/{body['id']}", json={"secretary": "Phòng Hành chính"}, headers={"If-Match": "*"}
    )

    changed = await answer.json()
    assert (body["secretary"], body["visibility"]) == ("Phòng Tổng hợp", "open")
    assert changed == body | {"secretary": "Phòng Hành chính", "version": 2, "warnings": []}


async def test_secret_content_is_stopped_with_an_explanation(program, sites, conn):
    secretary = await program("secretary", unit=OFFICE)

    answer = await secretary.post(PATH, json=a_body(sites, title="Phương án tác chiến (Tối mật)"))

    [error] = (await answer.json())["errors"]
    assert answer.status == 422
    assert (error["field"], error["code"]) == ("title", "secret-content")
    assert "đường truyền được bảo vệ" in error["message"]
    assert await conn.fetchval("SELECT count(*) FROM conferences") == 0


async def test_change_to_secret_content_is_stopped(program, sites):
    secretary = await program("secretary", unit=OFFICE)
    body = await booked(secretary, sites)

    answer = await secretary.patch(
        f"{PATH}/{body['id']}", json={"note": "Độ mật: tuyệt mật"}, headers={"If-Match": "*"}
    )

    assert answer.status == 422
    assert (await (await secretary.get(f"{PATH}/{body['id']}")).json())["note"] == ""


async def test_rival_tells_its_title_to_all_where_it_is_open(program, sites):
    office = await program("secretary", unit=OFFICE)
    await booked(office, sites, title="Tập huấn kỹ năng số", visibility="open")
    neighbour = await program("secretary", unit="11.skhcn")

    answer = await neighbour.post(PATH, json=a_body(sites))

    titles = {rival["title"] for rival in (await answer.json())["rivals"]}
    assert titles == {"Tập huấn kỹ năng số"}
