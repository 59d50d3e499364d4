"""Handing over: offered, accepted or declined by the receiver, lapsed when it begins."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from meetings.approval.chains import Step
from meetings.approval.handing import lapse_due
from meetings.approval.versions import differences
from meetings.audit import list_audit
from meetings.letters.inviting import history_of
from meetings.model import Role
from meetings.store.chains import insert_chain
from tests.makers import a_person, a_unit
from tests.web.api.conftest import a_body, booked

LETTERS = "SELECT recipient, payload->>'subject' FROM outbox ORDER BY id"
WHO = "SELECT max(id) FROM people"
ADDRESS = "UPDATE people SET email = id || '@example.gov.vn'"
ELSEWHERE = """
    UPDATE grants SET unit_id = (SELECT id FROM units WHERE code = '03158' AND upper_inf(valid))
     WHERE person_id = $1
"""
LIMIT = """
    INSERT INTO booking_policies (unit_id, {0})
    SELECT id, $1 FROM units WHERE code = '11.vpubnd' AND upper_inf(valid)
        ON CONFLICT (unit_id) DO UPDATE SET {0} = $1
"""
OFFICE = "Văn phòng UBND tỉnh"
SAID = {
    "quota-reached": "Đơn vị chủ trì đã đủ số cuộc họp được đặt cùng lúc.",
    "beyond-horizon": "Chưa nhận đặt lịch xa như vậy.",
}
CLOSED = "UPDATE units SET valid = daterange(lower(valid), '2026-11-25') WHERE code = '11.vpubnd'"
CHOSEN = """<option value="11.vpubnd" selected>
<option value="{}" selected>"""
TITLE = "Họp giao ban tháng 11"


def path(conference, answer=""):
    return f"/api/v1/conferences/{conference['id']}/hand-over{answer}"


async def hand(client, conference, **body):
    return await client.post(path(conference), json=body)


@pytest.fixture
async def parties(client_for, conn, sites):
    """Return a giver, a receiver of the office, and a conference of the giver's."""
    giver = await client_for("secretary"), await conn.fetchval(WHO)
    receiver = await client_for("secretary", unit="11.vpubnd"), await conn.fetchval(WHO)
    await conn.execute(ADDRESS)
    return giver, receiver, await booked(giver[0], sites, host="11")


async def owner_of(conn):
    return await conn.fetchrow(
        "SELECT u.code, c.owner_id FROM conferences c JOIN units u ON u.id = c.host_unit_id"
    )


async def test_a_conference_goes_to_another_once_they_accept(parties, conn):
    (giver, giver_id), (receiver, receiver_id), conference = parties
    hidden = await receiver.get(f"/api/v1/conferences/{conference['id']}")

    offered = await hand(giver, conference, host="11.vpubnd", owner=receiver_id)
    meanwhile = await owner_of(conn)
    listed = await (await receiver.get("/api/v1/hand-overs")).json()
    seen = await receiver.get(f"/api/v1/conferences/{conference['id']}")
    again = await hand(giver, conference, owner=receiver_id)
    own = await giver.post(path(conference, "/accept"))
    accepted = await receiver.post(path(conference, "/accept"))
    twice = await receiver.post(path(conference, "/accept"))

    assert (hidden.status, offered.status, seen.status, again.status) == (404, 200, 200, 409)
    assert (own.status, accepted.status, twice.status) == (409, 200, 409)
    assert tuple(meanwhile) == ("11", giver_id)
    assert [one["conference"] for one in listed["items"]] == [conference["id"]]
    assert (await accepted.json())["answer"] == "accepted"
    assert tuple(await owner_of(conn)) == ("11.vpubnd", receiver_id)
    assert [tuple(row) for row in await conn.fetch(LETTERS)] == [
        (f"{receiver_id}@example.gov.vn", f"Đề nghị nhận bàn giao: {TITLE}"),
        (f"{giver_id}@example.gov.vn", f"Đã nhận bàn giao: {TITLE}"),
    ]


async def test_who_owned_it_when_stays_in_the_history(parties, conn):
    (giver, giver_id), (receiver, receiver_id), conference = parties
    await hand(giver, conference, host="11.vpubnd", owner=receiver_id)
    await receiver.post(path(conference, "/accept"))

    versions, _ = await history_of(conn, conference["id"])
    text = await (await receiver.get(f"/conferences/{conference['id']}/history")).text()

    changes = {one.field: (one.before, one.after) for one in differences(*versions)}
    assert changes["owner"] == (str(giver_id), str(receiver_id))
    assert set(changes) == {"host", "owner"}
    assert versions[-1].by == f"person:{receiver_id}"
    assert "Người phụ trách: secretary" in text
    offers = await (await giver.get(f"/api/v1/conferences/{conference['id']}/hand-overs")).json()
    assert [one["answer"] for one in offers["items"]] == ["accepted"]


async def test_who_declines_says_why_and_nothing_changes(parties, conn):
    (giver, giver_id), (receiver, _), conference = parties
    await hand(giver, conference, host="11.vpubnd")

    mute = await receiver.post(path(conference, "/decline"), json={"reason": ""})
    declined = await receiver.post(path(conference, "/decline"), json={"reason": "Nghỉ phép"})

    assert (mute.status, declined.status) == (422, 200)
    assert tuple(await owner_of(conn)) == ("11", giver_id)
    assert [tuple(row) for row in await conn.fetch(LETTERS)][1:] == [
        (f"{giver_id}@example.gov.vn", f"Không nhận bàn giao: {TITLE}")
    ]
    [entry, *_] = await list_audit(conn, subject=f"conference:{conference['id']}")
    assert (entry.action, entry.detail) == ("hand-over.decline", {"reason": "Nghỉ phép"})
    assert (await hand(giver, conference, host="11.vpubnd")).status == 200


async def test_an_offer_is_taken_back(parties, conn):
    (giver, _), (receiver, receiver_id), conference = parties
    await hand(giver, conference, owner=receiver_id, host="11.vpubnd")

    foreign = await receiver.delete(path(conference))
    taken = await giver.delete(path(conference))
    nothing = await giver.delete(path(conference))

    assert (foreign.status, taken.status, nothing.status) == (403, 200, 409)
    assert (await receiver.post(path(conference, "/accept"))).status == 409
    assert (await receiver.get(f"/api/v1/conferences/{conference['id']}")).status == 404


@pytest.mark.parametrize(
    ("moment", "lapsed"),
    [("2026-11-25T00:59:59", False), ("2026-11-25T01:00:00", True)],
)
async def test_an_offer_lapses_when_the_conference_begins(parties, conn, moment, lapsed):
    (giver, _), (_, receiver_id), conference = parties
    await hand(giver, conference, owner=receiver_id, host="11.vpubnd")
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    due = await lapse_due(conn, now)

    assert due == ([conference["id"]] if lapsed else [])
    assert await lapse_due(conn, now) == []
    offers = await (await giver.get(f"/api/v1/conferences/{conference['id']}/hand-overs")).json()
    assert [one["answer"] for one in offers["items"]] == ["lapsed" if lapsed else None]


async def test_what_one_takes_upon_oneself_needs_no_answer(client_for, parties, conn):
    _, _, conference = parties
    other = await client_for("secretary")
    mine = await conn.fetchval(WHO)

    taken = await hand(other, conference, owner=mine)

    assert (await taken.json())["answer"] == "accepted"
    assert tuple(await owner_of(conn)) == ("11", mine)


async def test_a_conference_goes_to_nobody_who_does_not_book(program, conn, sites):
    office = await program("secretary", unit="11.vpubnd")
    conference = await booked(office, sites)
    leader = await a_person(conn, Role.LEADER, unit="11")

    answers = {
        "to a leader": await hand(office, conference, owner=leader.id),
        "to nobody": await hand(office, conference),
        "to a ghost": await hand(office, conference, owner=999),
        "to no unit": await hand(office, conference, host="99"),
    }

    assert {name: one.status for name, one in answers.items()} == {
        "to a leader": 422,
        "to nobody": 422,
        "to a ghost": 404,
        "to no unit": 422,
    }
    assert await conn.fetchval("SELECT count(*) FROM hand_overs") == 0


async def test_who_may_no_longer_book_cannot_accept(parties, conn):
    (giver, _), (receiver, receiver_id), conference = parties
    await hand(giver, conference, host="11.vpubnd", owner=receiver_id)
    await conn.execute(ELSEWHERE, receiver_id)

    assert (await receiver.post(path(conference, "/accept"))).status == 422


async def test_a_unit_that_is_closed_by_then_holds_nothing(parties, conn):
    (giver, _), (receiver, _), conference = parties
    offered = await hand(giver, conference, host="11.vpubnd")
    await conn.execute(CLOSED)

    accepted = await receiver.post(path(conference, "/accept"))
    withdrawn = await giver.delete(path(conference))
    again = await hand(giver, conference, host="11.vpubnd")
    form, page = {"host": "11.vpubnd", "version": "1"}, f"/conferences/{conference['id']}/hand-over"
    drawn = await giver.post(page, data=form)

    assert [one.status for one in (offered, accepted, withdrawn)] == [200, 422, 200]
    assert (await accepted.json())["code"] == "unit-not-found"
    assert (again.status, drawn.status) == (422, 422)
    assert 'name="host"' in await drawn.text()
    assert (await owner_of(conn))["code"] == "11"


async def test_what_is_called_off_stays_where_it_is(program, sites):
    secretary = await program("secretary")
    conference = await booked(secretary, sites)
    await secretary.delete(f"/api/v1/conferences/{conference['id']}", headers={"If-Match": "*"})

    assert (await hand(secretary, conference, host="11.vpubnd")).status == 409


async def test_the_page_offers_and_the_receiver_answers_there(parties, conn):
    (giver, _), (receiver, receiver_id), conference = parties
    page = f"/conferences/{conference['id']}"
    form = {"host": "11.vpubnd", "owner": str(receiver_id), "version": "1"}

    offered = await giver.post(f"{page}/hand-over", data=form, allow_redirects=False)
    busy = await giver.post(f"{page}/hand-over", data=form, allow_redirects=False)
    today = await (await receiver.get("/")).text()
    texts = [await (await who.get(page)).text() for who in (giver, receiver)]
    mute = await receiver.post(f"{page}/hand-over/decline", allow_redirects=False)
    accepted = await receiver.post(f"{page}/hand-over/accept", allow_redirects=False)

    assert offered.headers["Location"] == f"{page}?said=hand-offered"
    assert busy.status == 422
    drawn = await busy.text()
    assert [value in drawn for value in CHOSEN.format(receiver_id).splitlines()] == [True, True]
    assert "Trả lời đề nghị bàn giao cuộc họp ngày 25/11" in today
    assert ["hand-over/accept" in text for text in texts] == [False, True]
    assert ["hand-over/withdraw" in text for text in texts] == [True, False]
    assert mute.headers["Location"] == f"{page}?said=reason-needed"
    assert accepted.headers["Location"] == f"{page}?said=hand-accepted"
    assert tuple(await owner_of(conn)) == ("11.vpubnd", receiver_id)


@pytest.mark.parametrize(
    ("rule", "value", "code"),
    [("most_open", 1, "quota-reached"), ("horizon_days", 1, "beyond-horizon")],
)
async def test_what_the_receiver_may_not_hold_is_not_accepted(
    parties, conn, sites, rule, value, code
):
    (giver, giver_id), (receiver, _), conference = parties
    later = {"start": "2026-11-26T08:00:00+07:00", "end": "2026-11-26T10:00:00+07:00"}
    await booked(receiver, sites, **later)
    await conn.execute(LIMIT.format(rule), value)

    offered = await hand(giver, conference, host="11.vpubnd")
    refused = await receiver.post(path(conference, "/accept"))
    page = f"/conferences/{conference['id']}/hand-over"
    drawn = await receiver.post(f"{page}/accept")
    text = await drawn.text()
    await giver.delete(path(conference))
    to_oneself = {"host": "11.vpubnd", "owner": str(giver_id), "version": "1"}
    typed = await giver.post(page, data=to_oneself)
    unchanged = tuple(await owner_of(conn))
    await conn.execute(LIMIT.format(rule), 5)
    await hand(giver, conference, host="11.vpubnd")
    accepted = await receiver.post(path(conference, "/accept"))

    told = await refused.json()
    assert (offered.status, refused.status, told["code"]) == (200, 409, code)
    [reason] = told["reasons"]
    assert (reason["rule"], [one["label"] for one in reason["subjects"]]) == (code, [OFFICE])
    assert (drawn.status, SAID[code] in text) == (409, True)
    assert (typed.status, SAID[code] in await typed.text()) == (422, True)
    assert (unchanged, accepted.status) == (("11", giver_id), 200)


async def test_two_accepted_at_once_are_not_more_than_the_receiver_may_hold(parties, conn, sites):
    (giver, _), (receiver, _), conference = parties
    later = {"start": "2026-11-26T08:00:00+07:00", "end": "2026-11-26T10:00:00+07:00"}
    other = await booked(giver, sites, host="11", **later)
    await conn.execute(LIMIT.format("most_open"), 1)
    for one in (conference, other):
        await hand(giver, one, host="11.vpubnd")

    answers = await asyncio.gather(
        *(receiver.post(path(one, "/accept")) for one in (conference, other))
    )

    assert sorted(answer.status for answer in answers) == [200, 409]


async def test_a_request_that_goes_to_another_host_is_asked_of_its_chain(parties, conn, program):
    (giver, _), (receiver, receiver_id), conference = parties
    office, province = (await a_unit(conn, "11.vpubnd")).id, (await a_unit(conn)).id
    await insert_chain(conn, province, None, [Step(role=Role.ADMIN, unit=province)])
    body = a_body(conference["sites"], host="11", start="2026-11-26T08:00:00+07:00")
    body |= {"end": "2026-11-26T10:00:00+07:00", "as": "request"}
    asked = await (await giver.post("/api/v1/conferences", json=body)).json()
    leader = await program("leader", unit="11.vpubnd")
    steps = [Step(role=Role.LEADER, unit=office), Step(role=Role.ADMIN, unit=province)]
    await insert_chain(conn, office, None, steps)

    await hand(giver, asked, host="11.vpubnd", owner=receiver_id)
    accepted = await receiver.post(path(asked, "/accept"))
    approval = f"/api/v1/conferences/{asked['id']}"
    stands = await (await receiver.get(f"{approval}/approval")).json()
    await program("admin")
    answered = await leader.post(f"{approval}/approve")

    assert (accepted.status, asked["state"]) == (200, "requested")
    assert [(one["role"], one["unit"]["code"]) for one in stands["steps"]] == [
        ("leader", "11.vpubnd"),
        ("admin", "11"),
    ]
    assert (answered.status, (await answered.json())["state"]) == (200, "requested")
