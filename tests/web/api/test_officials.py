"""Officials, lines and black-outs through the API: who may, what is answered, what is refused."""

from __future__ import annotations

import pytest

from tests.makers import an_official
from tests.web.api.conftest import a_body, booked

API = "/api/v1"
UNIT = "SELECT u.code FROM sites s JOIN units u ON u.id = s.unit_id WHERE s.id = $1"


async def test_officials_are_found_without_diacritics(program, sites):
    secretary = await program("secretary")

    found = await (await secretary.get(f"{API}/officials?q=chu tich ubnd&limit=1")).json()

    [item] = found["items"]
    assert (item["title"], item["unit"]["code"], item["rank"]) == (
        "Chủ tịch UBND tỉnh",
        "11.vpubnd",
        3,
    )
    assert (
        await (await secretary.get(f"{API}/officials?limit=1&next={found['next'] or ''}")).json()
    )["items"] != []


async def test_an_official_is_added_and_removed_by_whoever_acts_for_the_unit(program, sites):
    secretary, stranger = await program("secretary"), await program("secretary", unit="03158")
    body = {"unit": "11.stc", "title": "Phó Giám đốc Sở Tài chính", "name": "Lò Văn A"}

    refused = await stranger.post(f"{API}/officials", json=body)
    added = await secretary.post(f"{API}/officials", json=body)
    twice = await secretary.post(f"{API}/officials", json=body)

    assert (refused.status, added.status, twice.status) == (403, 201, 409)
    assert (await twice.json())["code"] == "already-there"
    place = added.headers["Location"]
    assert (await stranger.delete(place)).status == 403
    assert (await secretary.delete(place)).status == 204
    assert (await secretary.delete(f"{API}/officials/999999")).status == 404


async def test_an_official_is_changed_by_one_editor_at_a_time(program, sites):
    secretary, stranger = await program("secretary"), await program("secretary", unit="03158")
    body = {"unit": "11.stc", "title": "Phó Giám đốc", "valid_from": "2026-01-01"}
    added = await secretary.post(f"{API}/officials", json=body)
    await secretary.post(f"{API}/officials", json=body | {"name": "Lò Văn A"})
    place, first = added.headers["Location"], {"If-Match": added.headers["ETag"]}
    change = {"name": "Lò Văn B", "rank": 3, "valid_to": "2027-01-01"}

    refused = await stranger.patch(place, json=change, headers=first)
    blind = await secretary.patch(place, json=change)
    taken = await secretary.patch(place, json={"name": "Lò Văn A"}, headers=first)
    turned = await secretary.patch(place, json={"valid_to": "2025-01-01"}, headers=first)
    done = await secretary.patch(place, json=change, headers=first)
    late = await secretary.patch(place, json=change, headers=first)

    assert (refused.status, blind.status, taken.status, turned.status, done.status) == (
        403,
        428,
        409,
        422,
        200,
    )
    assert (late.status, (await late.json())["code"]) == (412, "stale-record")
    shown = await (await secretary.get(place)).json()
    assert shown == await done.json()
    assert (shown["name"], shown["rank"], shown["valid_to"], shown["version"]) == (
        "Lò Văn B",
        3,
        "2027-01-01",
        2,
    )
    listed = await secretary.get(f"{API}/officials?unit=11.stc&q=lo van&on=2027-01-02")
    assert [one["name"] for one in (await listed.json())["items"]] == ["Lò Văn A"]


async def test_a_conference_names_its_chair_and_delegates(program, sites, conn):
    secretary = await program("secretary")
    chair, guest = await an_official(conn), await an_official(conn, "Giám đốc Sở Y tế")

    made = await booked(secretary, sites, chair_id=chair, delegates=[guest])

    assert (made["chair"], made["chair_id"], made["delegates"]) == (
        "Chủ tịch UBND tỉnh",
        chair,
        [guest],
    )
    changed = await secretary.patch(
        f"{API}/conferences/{made['id']}",
        json={"chair_id": None, "delegates": []},
        headers={"If-Match": '"1"'},
    )
    after = await changed.json()
    assert (after["chair_id"], after["delegates"], after["version"]) == (None, [], 2)


async def test_unknown_officials_are_named(program, sites):
    secretary = await program("secretary")

    answer = await secretary.post(f"{API}/conferences", json=a_body(sites, delegates=[999]))

    problem = await answer.json()
    assert (answer.status, problem["code"], problem["officials"]) == (
        422,
        "officials-not-found",
        [999],
    )


async def test_a_line_is_shared_by_halls_of_ones_own(program, sites):
    secretary, stranger = await program("secretary"), await program("secretary", unit="03158")
    body = {"unit": "11", "name": "Kênh Mường Nhé", "sites": sites[:2]}

    refused = await stranger.post(f"{API}/lines", json=body | {"unit": "03158"})
    added = await secretary.post(f"{API}/lines", json=body)
    unknown = await secretary.post(f"{API}/lines", json=body | {"name": "b", "sites": [999_999]})

    assert (refused.status, added.status, unknown.status) == (403, 201, 422)
    [line] = (await (await secretary.get(f"{API}/lines")).json())["items"]
    assert line["sites"] == sorted(sites[:2])
    assert (await secretary.delete(added.headers["Location"])).status == 204
    assert (await (await secretary.get(f"{API}/lines")).json())["items"] == []


async def test_a_line_is_changed_by_one_editor_at_a_time(program, sites):
    secretary, stranger = await program("secretary"), await program("secretary", unit="03158")
    body = {"unit": "11", "name": "Kênh Mường Nhé", "sites": sites[:2]}
    await secretary.post(f"{API}/lines", json=body | {"name": "Kênh khác", "sites": sites[2:]})
    added = await secretary.post(f"{API}/lines", json=body)
    place, first = added.headers["Location"], {"If-Match": added.headers["ETag"]}
    change = {"name": "Kênh mới", "sites": sites[1:]}
    keyed = first | {"Idempotency-Key": "line-once"}

    refused = [
        await stranger.patch(place, json=change, headers=first),
        await secretary.patch(place, json=change),
        await secretary.patch(place, json=change, headers={"If-Match": '"1"'}),
        await secretary.patch(place, json={"name": "Kênh khác"}, headers=first),
        await secretary.patch(place, json={"sites": [999_999]}, headers=first),
        await secretary.patch(place, json={"unit": "11"}, headers=first),
        await secretary.patch(f"{API}/lines/999999", json=change, headers=first),
    ]
    done = await secretary.patch(place, json=change, headers=keyed)
    again = await secretary.patch(place, json=change, headers=keyed)
    late = await secretary.patch(place, json=change, headers=first)
    named = await secretary.patch(place, json={"name": "Kênh"}, headers={"If-Match": "*"})

    assert [one.status for one in refused] == [403, 428, 400, 409, 422, 422, 404]
    assert (done.status, await again.text()) == (200, await done.text())
    assert (late.status, (await late.json())["code"]) == (412, "stale-record")
    shown = await secretary.get(place)
    assert (await shown.json(), shown.headers["ETag"]) == (
        {**await done.json(), "name": "Kênh"},
        named.headers["ETag"],
    )
    assert (await done.json())["sites"] == sorted(sites[1:])
    listed = (await (await secretary.get(f"{API}/lines")).json())["items"]
    assert [(one["name"], one["sites"]) for one in listed] == [
        ("Kênh", sorted(sites[1:])),
        ("Kênh khác", []),
    ]


async def test_halls_of_others_stay_on_a_line_that_a_program_changes(program, sites, conn):
    secretary = await program("secretary")
    own, other = sorted(sites)[:2]
    unit = await conn.fetchval(UNIT, own)
    mine = await program("secretary", unit=unit)
    made = await mine.post(f"{API}/lines", json={"unit": unit, "name": "Kênh xã", "sites": [own]})
    place, now = made.headers["Location"], {"If-Match": "*"}

    strange = await mine.patch(place, json={"sites": [own, other]}, headers=now)
    joined = await secretary.patch(place, json={"sites": [own, other]}, headers=now)
    left = await mine.patch(place, json={"sites": []}, headers=now)

    assert (strange.status, joined.status, left.status) == (422, 200, 200)
    assert (await strange.json())["code"] == "sites-not-found"
    assert (await left.json())["sites"] == [other]


async def test_a_black_out_names_one_subject_and_ends_after_it_begins(program, sites):
    secretary = await program("secretary")
    times = {"start": "2026-11-25T07:00:00+07:00", "end": "2026-11-25T09:00:00+07:00"}
    good = {"site": sites[0], "reason": "Sửa hội trường", **times}
    both = await secretary.post(f"{API}/black-outs", json=good | {"line": 1})
    turned = await secretary.post(f"{API}/black-outs", json=good | {"end": times["start"]})
    long = await secretary.post(
        f"{API}/black-outs", json=good | {"end": "2027-11-27T07:00:00+07:00"}
    )
    await booked(secretary, sites)

    added = await secretary.post(f"{API}/black-outs", json=good)

    problems = [(await answer.json())["errors"][0] for answer in (both, turned, long)]
    assert [(one["field"], one["code"]) for one in problems] == [
        ("site", "one-of-three"),
        ("end", "end-before-start"),
        ("end", "too-long-a-black-out"),
    ]
    assert (await added.json())["touched"] == 1
    listed = await (await secretary.get(f"{API}/black-outs?site={sites[0]}")).json()
    assert [one["reason"] for one in listed["items"]] == ["Sửa hội trường"]
    assert (await secretary.delete(added.headers["Location"])).status == 204
    assert (await (await secretary.get(f"{API}/black-outs")).json())["items"] == []


async def test_unit_that_is_not_there_is_told_of_its_own_field(program):
    secretary = await program("secretary", unit="11")

    answers = [
        await secretary.get(f"{API}/officials?unit=99"),
        await secretary.post(f"{API}/officials", json={"unit": "99", "title": "Bí thư"}),
    ]

    told = [(answer.status, (await answer.json())["errors"][0]["field"]) for answer in answers]
    assert told == [(422, "unit"), (422, "unit")]


@pytest.mark.parametrize("kind", ["site", "official", "line"])
async def test_black_out_of_nothing_names_its_field(program, kind):
    secretary = await program("secretary", unit="11")
    times = {"start": "2026-11-27T08:00:00+07:00", "end": "2026-11-27T09:00:00+07:00"}

    answer = await secretary.post(
        f"{API}/black-outs", json=times | {"reason": "Sửa", kind: 999_999}
    )

    told = (await answer.json())["errors"]
    assert (answer.status, [(one["field"], one["code"]) for one in told]) == (
        422,
        [(kind, "not-a-choice")],
    )


async def test_a_black_out_of_somebody_elses_hall_is_forbidden(program, sites):
    stranger = await program("secretary", unit="11.stc")

    answer = await stranger.post(
        f"{API}/black-outs",
        json={
            "site": sites[0],
            "start": "2026-11-25T07:00:00+07:00",
            "end": "2026-11-25T09:00:00+07:00",
            "reason": "x",
        },
    )

    assert answer.status == 403
