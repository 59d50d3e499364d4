"""Changes and series under a chain: the old promise stands until the last yes carries it out."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest

from meetings.approval.chains import Step
from meetings.approval.submitting import lapse_due
from meetings.audit import list_audit
from meetings.model import Role
from meetings.reforms.reforming import NewName, rename_unit
from meetings.store.chains import insert_chain
from tests.makers import a_person, a_unit
from tests.web.api.conftest import NOW, a_body, booked

ACCEPTED = re.compile(r'name="(accepted)" value="([0-9a-f]{32})"')
ROOT = "/api/v1/submissions"
ANY = {"If-Match": "*"}
LATER = {"start": "2026-11-25T14:00:00+07:00", "end": "2026-11-25T16:00:00+07:00"}
AT_TWO = "2026-11-25T07:00:00Z"
AT_EIGHT = "2026-11-25T01:00:00Z"
HELD = "SELECT DISTINCT lower(during) FROM holds WHERE conference_id = $1 AND firm"
TAKEN_OVER = "SELECT count(*) FROM outbox WHERE payload->>'subject' LIKE 'Đã nhận bàn giao%'"
WEEKLY = {
    "rrule": "FREQ=WEEKLY;COUNT=4",
    "start": "2026-11-30T08:00:00+07:00",
    "end": "2026-11-30T10:00:00+07:00",
}


@pytest.fixture
async def people(program):
    """Return a secretary and the leader who must agree."""
    return await program("secretary"), await program("leader")


async def a_chain(conn, *roles, unit="11"):
    """Let these roles of a unit agree in turn, to every kind."""
    number = (await a_unit(conn, unit)).id
    await insert_chain(conn, number, None, [Step(role=Role(role), unit=number) for role in roles])


async def change(client, conference, **body):
    path = f"/api/v1/conferences/{conference['id']}"
    return await client.patch(path, json=body, headers=ANY)


async def answer(client, number, what, **body):
    return await client.post(f"{ROOT}/{number}/{what}", json=body or None)


async def shown(client, conference):
    return await (await client.get(f"/api/v1/conferences/{conference['id']}")).json()


async def test_a_large_change_waits_and_the_old_promise_stands_until_it_is_approved(
    people, conn, sites
):
    secretary, leader = people
    conference = await booked(secretary, sites)
    await a_chain(conn, "leader")

    submitted = await change(secretary, conference, **LATER)
    number = (await submitted.json())["id"]
    waiting = await shown(secretary, conference)
    listed = await (await leader.get(ROOT)).json()
    small = await change(secretary, conference, title="Họp giao ban, đổi tên")
    own = await answer(secretary, number, "approve")
    approved = await answer(leader, number, "approve")
    twice = await answer(leader, number, "approve")

    assert (submitted.status, submitted.headers["Location"]) == (202, f"{ROOT}/{number}")
    assert (waiting["start"], waiting["state"], waiting["version"]) == (AT_EIGHT, "confirmed", 1)
    assert [(one["id"], one["may_answer"]) for one in listed["items"]] == [(number, True)]
    assert (small.status, own.status, approved.status, twice.status) == (200, 403, 200, 409)
    after = await shown(secretary, conference)
    assert (after["start"], after["title"]) == (AT_TWO, "Họp giao ban, đổi tên")
    assert len(await conn.fetch(HELD, conference["id"])) == 1
    assert (await approved.json())["state"] == "approved"


async def test_two_changes_onto_one_slot_are_not_both_approved(people, conn, sites):
    secretary, leader = people
    pair = [
        await booked(secretary, sites),
        await booked(secretary, sites, start="2026-11-25T11:00:00+07:00", end=LATER["start"]),
    ]
    await a_chain(conn, "leader")
    numbers = [(await (await change(secretary, one, **LATER)).json())["id"] for one in pair]

    answers = await asyncio.gather(*(answer(leader, number, "approve") for number in numbers))

    assert sorted(one.status for one in answers) == [200, 409]
    starts = sorted([(await shown(secretary, one))["start"] for one in pair])
    assert starts in (
        ["2026-11-25T04:00:00Z", AT_TWO],
        [AT_EIGHT, AT_TWO],
    )
    clash = "SELECT count(*) FROM audit WHERE action = 'submission.clash'"
    assert await conn.fetchval(clash) == 1


async def test_what_was_promised_to_others_meanwhile_is_refused_and_changes_nothing(
    people, program, conn, sites
):
    secretary, leader = people
    office = await program("secretary", unit="11.vpubnd")
    conference = await booked(secretary, sites, host="11")
    await a_chain(conn, "leader")
    await a_chain(conn, unit="11.vpubnd")
    number = (await (await change(secretary, conference, **LATER)).json())["id"]
    await booked(office, sites, **LATER)

    refused = await answer(leader, number, "approve")

    assert refused.status == 409
    assert (await refused.json())["rivals"]
    assert (await shown(secretary, conference))["start"] == AT_EIGHT
    assert (await (await leader.get(f"{ROOT}/{number}")).json())["turn"] == 1


async def test_a_refusal_and_a_withdrawal_leave_all_as_it_was(people, conn, sites):
    secretary, leader = people
    conference = await booked(secretary, sites)
    await a_chain(conn, "leader", "admin")
    first = (await (await change(secretary, conference, **LATER)).json())["id"]
    second = (await (await change(secretary, conference, sites=sites[:2])).json())["id"]

    replaced = await answer(leader, first, "approve")
    mute = await answer(leader, second, "refuse", reason="")
    refused = await answer(leader, second, "refuse", reason="Giữ nguyên giờ")
    third = (await (await change(secretary, conference, **LATER)).json())["id"]
    withdrawn = await answer(secretary, third, "withdraw")

    statuses = [one.status for one in (replaced, mute, refused, withdrawn)]
    assert statuses == [409, 422, 200, 200]
    assert (await shown(secretary, conference))["version"] == 1
    states = "SELECT state FROM submissions ORDER BY id"
    found = [row["state"] for row in await conn.fetch(states)]
    assert found == ["replaced", "refused", "withdrawn"]
    told = [one.action for one in await list_audit(conn, subject=f"submission:{first}")]
    assert told == ["submission.replace", "submission.submit"]


async def test_a_change_lapses_when_the_old_time_comes_or_it_is_called_off(people, conn, sites):
    secretary, leader = people
    pair = [await booked(secretary, sites)]
    pair.append(await booked(secretary, sites, **LATER))
    await a_chain(conn, "leader")
    evening = {"start": "2026-11-25T18:00:00+07:00", "end": "2026-11-25T19:00:00+07:00"}
    numbers = [(await (await change(secretary, one, **evening)).json())["id"] for one in pair]
    await secretary.delete(f"/api/v1/conferences/{pair[1]['id']}", headers=ANY)

    assert await lapse_due(conn, NOW) == numbers[1:]
    assert await lapse_due(conn, NOW + timedelta(days=2)) == numbers[:1]
    assert (await answer(leader, numbers[0], "approve")).status == 409


async def test_another_host_under_a_chain_needs_an_approval_too(client_for, conn, sites):
    giver = await client_for("secretary")
    leader = await client_for("leader")
    receiver = await client_for("secretary", unit="11.vpubnd")
    await conn.execute("UPDATE people SET email = login || '@example.gov.vn'")
    conference = await booked(giver, sites, host="11")
    await a_chain(conn, "leader")
    page = f"/conferences/{conference['id']}"
    moved = (await (await change(giver, conference, **LATER)).json())["id"]
    await giver.post(f"/api/v1{page}/hand-over", json={"host": "11.vpubnd"})

    accepted = await receiver.post(f"{page}/hand-over/accept", allow_redirects=False)
    between = await shown(giver, conference)
    both = (await (await leader.get(ROOT)).json())["items"]
    [waiting] = [one for one in both if one["id"] != moved]
    early = await conn.fetchval(TAKEN_OVER)
    approved = await answer(leader, waiting["id"], "approve")

    assert accepted.headers["Location"] == f"/submissions/{waiting['id']}?said=submitted"
    assert (between["host"]["code"], waiting["what"], approved.status) == ("11", "host", 200)
    assert (await shown(giver, conference))["host"]["code"] == "11.vpubnd"
    assert (early, await conn.fetchval(TAKEN_OVER)) == (0, 1)


async def test_who_may_not_know_of_a_submission_finds_none(people, program, conn, sites):
    secretary, _ = people
    stranger = await program("leader", unit="11.vpubnd")
    conference = await booked(secretary, sites, host="11")
    await a_chain(conn, "leader")
    number = (await (await change(secretary, conference, **LATER)).json())["id"]

    answers = [
        await stranger.get(f"{ROOT}/{number}"),
        await answer(stranger, number, "approve"),
        await answer(stranger, number, "refuse", reason="x"),
        await secretary.get(f"{ROOT}/999"),
    ]

    assert [one.status for one in answers] == [404] * 4
    assert (await (await stranger.get(ROOT)).json())["items"] == []


async def test_one_request_approves_a_whole_series_and_dates_that_clash_are_left_out(
    people, program, conn, sites
):
    secretary, leader = people
    office = await program("secretary", unit="11.vpubnd")
    await a_chain(conn, "leader")
    await a_chain(conn, unit="11.vpubnd")
    series = a_body(sites, host="11", **WEEKLY)

    submitted = await secretary.post("/api/v1/series", json=series)
    body = await submitted.json()
    taken = {"start": "2026-12-07T08:00:00+07:00", "end": "2026-12-07T10:00:00+07:00"}
    await booked(office, sites, **taken)
    nothing = await (await secretary.get("/api/v1/series")).json()
    approved = await (await answer(leader, body["id"], "approve")).json()

    assert (submitted.status, body["what"], nothing["items"]) == (202, "series", [])
    made = await (await secretary.get(f"/api/v1/series/{approved['series']}")).json()
    assert [one["state"] for one in made["created"]] == ["confirmed"] * 3
    assert [(one["date"], one["reason"]) for one in made["skipped"]] == [("2026-12-07", "clash")]
    by = "SELECT DISTINCT created_by FROM conferences WHERE series_id = $1"
    assert await conn.fetchval(by, made["id"]) == body["asked_by"]


async def test_each_later_edit_of_a_series_is_one_request(people, conn, sites):
    secretary, leader = people
    series = await (
        await secretary.post("/api/v1/series", json=a_body(sites, host="11", **WEEKLY))
    ).json()
    path = f"/api/v1/series/{series['id']}"
    await a_chain(conn, "leader")

    words = await secretary.patch(path, json={"title": "Đổi tên"}, headers=ANY)
    moved = await secretary.patch(path, json={"starts_at": "14:00"}, headers=ANY)
    one = {"scope": "one", "date": "2026-12-07"}
    single = await secretary.patch(path, json={"starts_at": "15:00"}, params=one, headers=ANY)
    number = (await moved.json())["id"]
    before = await (await secretary.get(path)).json()
    approved = await answer(leader, number, "approve")
    after = await (await secretary.get(path)).json()

    assert (words.status, moved.status, single.status, approved.status) == (200, 202, 202, 200)
    assert (await single.json())["what"] == "change"
    assert {one["start"][11:16] for one in before["created"]} == {"01:00"}
    assert {one["start"][11:16] for one in after["created"]} == {"07:00"}
    assert {one["version"] for one in (before, after)} == {2, 3}


@pytest.fixture
async def with_gaps(people, program, conn, sites):
    """Return a series under a chain, two dates of which were left out and are free again."""
    secretary, _ = people
    rivals = [
        await booked(
            secretary,
            sites,
            start=f"2026-12-{day}T08:00:00+07:00",
            end=f"2026-12-{day}T10:00:00+07:00",
        )
        for day in ("07", "14")
    ]
    body = a_body(sites, host="11", **WEEKLY)
    series = await (await secretary.post("/api/v1/series", json=body)).json()
    for one in rivals:
        await secretary.delete(f"/api/v1/conferences/{one['id']}", headers=ANY)
    await a_chain(conn, "leader")
    return series


async def left_out(client, series):
    body = await (await client.get(f"/api/v1/series/{series['id']}")).json()
    return [one["date"][-2:] for one in body["skipped"]], len(body["created"])


async def test_a_date_put_back_waits_as_a_submission_beside_others(people, conn, with_gaps):
    secretary, leader = people
    path = f"/api/v1/series/{with_gaps['id']}"

    first, second, twice = [
        await secretary.post(f"{path}/restore", json={"date": f"2026-12-{day}"})
        for day in ("07", "14", "14")
    ]
    moved = await secretary.patch(path, json={"title": "Tên khác", "minutes": 90}, headers=ANY)
    waits = await left_out(secretary, with_gaps)
    made = await conn.fetchval("SELECT count(*) FROM conferences WHERE state = 'requested'")
    numbers = [(await one.json())["id"] for one in (first, second, twice)]
    refused = await answer(leader, numbers[2], "refuse", reason="Không cần")
    after_no = await left_out(secretary, with_gaps)
    approved = await answer(leader, numbers[0], "approve")

    assert [one.status for one in (first, second, twice, moved)] == [202] * 4
    told = await first.json()
    assert (told["what"], told["start"]) == ("series-date", "2026-12-07T01:00:00Z")
    assert (waits, made, after_no) == ((["07", "14"], 2), 0, (["07", "14"], 2))
    replaced = await (await secretary.get(f"{ROOT}/{numbers[1]}")).json()
    assert (replaced["state"], refused.status, approved.status) == ("replaced", 200, 200)
    assert await left_out(secretary, with_gaps) == (["14"], 3)
    by = "SELECT DISTINCT created_by, state FROM conferences WHERE series_id = $1"
    rows = await conn.fetch(by, with_gaps["id"])
    assert [tuple(row) for row in rows] == [(told["asked_by"], "confirmed")]


async def test_a_date_is_put_back_only_as_it_was_agreed_to(people, conn, with_gaps, sites):
    secretary, leader = people
    path = f"/api/v1/series/{with_gaps['id']}"
    first, second = [
        await secretary.post(f"{path}/restore", json={"date": f"2026-12-{day}"})
        for day in ("07", "14")
    ]
    await conn.execute("DELETE FROM approval_chains")
    at = {"start": "2026-12-14T08:00:00+07:00", "end": "2026-12-14T09:00:00+07:00"}
    await booked(secretary, sites, **at)

    taken = await answer(leader, (await second.json())["id"], "approve")
    await secretary.patch(path, json={"starts_at": "15:00"}, headers=ANY)
    moved = await answer(leader, (await first.json())["id"], "approve")

    assert (taken.status, (await taken.json())["code"]) == (409, "site-busy")
    assert (moved.status, (await moved.json())["code"]) == (409, "submission-closed")
    assert await left_out(secretary, with_gaps) == (["07", "14"], 2)


@pytest.mark.parametrize(
    ("query", "change", "state", "start"),
    [
        ("", {"title": "Tên khác"}, "waiting", "01:00"),
        ("", {"starts_at": "15:00"}, "waiting", "08:00"),
        ("?scope=following&date=2026-12-14", {"starts_at": "15:00"}, "waiting", "08:00"),
        ("", {"rrule": "FREQ=WEEKLY;COUNT=3", "first_day": "2026-12-15"}, "overtaken", None),
    ],
)
async def test_a_date_that_waits_follows_its_series_or_is_overtaken(
    people, conn, with_gaps, query, change, state, start
):
    secretary, leader = people
    path, day = f"/api/v1/series/{with_gaps['id']}", "2026-12-14"
    asked = await (await secretary.post(f"{path}/restore", json={"date": day})).json()
    amended = await secretary.patch(f"{path}{query}", json=change, headers=ANY)
    if amended.status == 202:
        amended = await answer(leader, (await amended.json())["id"], "approve")

    old = await (await secretary.get(f"{ROOT}/{asked['id']}")).json()
    waits = [
        one
        for one in (await (await leader.get(ROOT)).json())["items"]
        if one["what"] == "series-date"
    ]
    told = await conn.fetchval(OVERTAKEN)
    approved = [await answer(leader, one["id"], "approve") for one in waits]

    assert amended.status == 200
    assert (old["state"] == "waiting") is (waits != [] and waits[0]["id"] == asked["id"])
    assert [one["asked_by"] for one in waits] == [asked["asked_by"]] * (state == "waiting")
    assert [one["start"] for one in waits] == ([f"{day}T{start}:00Z"] if start else [])
    assert [one.status for one in approved] == [200] * (state == "waiting")
    assert (state == "overtaken") is (old["state"] == "overtaken") is bool(told)


OVERTAKEN = "SELECT count(*) FROM audit WHERE action = 'submission.overtake'"


def a_change(title, sites, **fields):
    """Return the form of a change of a conference as its page has it."""
    return {
        "title": title,
        "kind": "briefing",
        "host": "11",
        "main_site": str(sites[0]),
        "sites": [str(one) for one in sites],
        "secrecy": "khong-mat",
        "version": "1",
    } | fields


async def test_the_pages_submit_show_and_answer(client_for, conn, sites):
    secretary, leader = await client_for("secretary"), await client_for("leader")
    conference = await booked(secretary, sites, host="11")
    await a_chain(conn, "leader")
    page = f"/conferences/{conference['id']}"
    form = a_change(conference["title"], sites, date="25/11/2026", start="14:00", end="16:00")

    sent = await secretary.post(f"{page}/change", data=form, allow_redirects=False)
    place = sent.headers["Location"].partition("?")[0]
    texts = {
        "conference": await (await secretary.get(page)).text(),
        "list": await (await leader.get("/approvals")).text(),
        "today": await (await leader.get("/")).text(),
        "submission": await (await leader.get(place)).text(),
    }
    mute = await leader.post(f"{place}/refuse", allow_redirects=False)
    read = dict(ACCEPTED.findall(texts["submission"]))
    approved = await leader.post(f"{place}/approve", data=read, allow_redirects=False)

    assert sent.headers["Location"] == f"{place}?said=submitted"
    assert all(place in text for text in texts.values())
    assert "08:00 – 10:00" in texts["submission"]
    assert "14:00 – 16:00" in texts["submission"]
    assert mute.headers["Location"] == f"{place}?said=reason-needed"
    assert approved.headers["Location"] == f"{place}?said=approved"
    assert (await shown(secretary, conference))["start"] == AT_TWO


async def test_the_one_who_asked_and_the_approver_are_told_by_mail(people, conn, sites):
    secretary, _ = people
    unit = (await a_unit(conn)).id
    person = await a_person(conn, Role.LEADER, unit="11", login="lanh.dao")
    await conn.execute("UPDATE people SET email = 'ld@example.gov.vn' WHERE id = $1", person.id)
    conference = await booked(secretary, sites)
    await insert_chain(conn, unit, None, [Step(role=Role.LEADER, unit=unit)])

    await change(secretary, conference, **LATER)

    letters = "SELECT recipient, payload->>'subject' AS subject FROM outbox"
    assert [tuple(row) for row in await conn.fetch(letters)] == [
        ("ld@example.gov.vn", f"Chờ duyệt: {conference['title']}")
    ]


async def test_who_answers_two_steps_is_asked_twice(people, conn, sites):
    secretary, leader = people
    unit = (await a_unit(conn)).id
    person = await a_person(conn, Role.LEADER, unit="11", login="lanh.dao")
    await conn.execute("UPDATE people SET email = 'ld@example.gov.vn' WHERE id = $1", person.id)
    conference = await booked(secretary, sites)
    steps = [Step(role=Role.LEADER, unit=unit), Step(people=frozenset({person.id}))]
    await insert_chain(conn, unit, None, steps)
    number = (await (await change(secretary, conference, **LATER)).json())["id"]

    await answer(leader, number, "approve")

    letters = "SELECT count(*) FROM outbox WHERE recipient = 'ld@example.gov.vn'"
    assert await conn.fetchval(letters) == 2


async def test_a_hall_added_as_the_main_one_needs_an_approval_like_any_other(people, conn, sites):
    secretary, _ = people
    body = a_body(sites[:2], host="11", **WEEKLY)
    series = await (await secretary.post("/api/v1/series", json=body)).json()
    path = f"/api/v1/series/{series['id']}"
    await a_chain(conn, "leader")

    among = await secretary.patch(path, json={"main_site": sites[1]}, headers=ANY)
    added = await secretary.patch(path, json={"main_site": sites[2]}, headers=ANY)

    assert (among.status, added.status) == (200, 202)


async def test_one_date_gets_no_other_host_behind_the_back_of_a_chain(people, conn, sites):
    secretary, _ = people
    body = a_body(sites, host="11", **WEEKLY)
    series = await (await secretary.post("/api/v1/series", json=body)).json()
    await a_chain(conn, "leader")
    one = {"scope": "one", "date": "2026-12-07"}

    given = await secretary.patch(
        f"/api/v1/series/{series['id']}", json={"host": "11.vpubnd"}, params=one, headers=ANY
    )

    assert given.status == 422
    hosts = "SELECT count(DISTINCT host_unit_id) FROM conferences WHERE series_id = $1"
    assert await conn.fetchval(hosts, series["id"]) == 1


async def test_a_date_that_goes_back_to_its_series_time_with_others_is_submitted(
    client_for, conn, sites
):
    secretary = await client_for("secretary")
    body = a_body(sites, host="11", **WEEKLY)
    series = await (await secretary.post("/api/v1/series", json=body)).json()
    own = series["created"][1]
    await change(secretary, own, start="2026-12-07T09:00:00+07:00", end="2026-12-07T11:00:00+07:00")
    await a_chain(conn, "leader")
    form = a_change(body["title"], sites, date="07/12/2026", start="08:00", end="10:00")
    form |= {"version": "2", "scope": "following"}

    sent = await secretary.post(
        f"/conferences/{own['id']}/change", data=form, allow_redirects=False
    )

    number = await conn.fetchval("SELECT max(id) FROM submissions")
    assert (sent.status, sent.headers["Location"]) == (
        303,
        f"/submissions/{number}?said=submitted",
    )
    assert (await shown(secretary, own))["start"] == "2026-12-07T02:00:00Z"


async def test_what_waits_goes_on_with_a_host_that_is_renamed(client_for, conn, sites):
    secretary, leader = await client_for("secretary"), await client_for("leader")
    person = await conn.fetchval("SELECT id FROM people WHERE login LIKE 'secretary%'")
    conference = await booked(secretary, sites, host="11")
    await a_chain(conn, "leader")
    body = a_body(sites, host="11.vpubnd", **WEEKLY)
    await secretary.post("/api/v1/series", json=body)
    to_oneself = {"host": "11.vpubnd", "owner": person}
    await secretary.post(f"/api/v1/conferences/{conference['id']}/hand-over", json=to_oneself)
    old, day = await a_unit(conn, "11.vpubnd"), NOW.date()
    async with conn.transaction():
        name = NewName(name="Văn phòng mới")
        new = await rename_unit(conn, old, name, since=day, today=day, by="test")

    waiting = (await (await leader.get(ROOT)).json())["items"]
    answers = [await answer(leader, one["id"], "approve") for one in waiting]

    assert sorted(one["what"] for one in waiting) == ["host", "series"]
    assert [one.status for one in answers] == [200, 200]
    hosts = "SELECT DISTINCT host_unit_id FROM conferences"
    assert [row[0] for row in await conn.fetch(hosts)] == [new.id]
