"""The line test of a conference: its own time, along with its main, noted hall by hall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from meetings.content.line_test_rules import UsualTest, moved, proposed, usual_period
from meetings.links.invitations import link_secret
from meetings.model import Period
from meetings.office.workdays import USUAL, local_day
from tests.makers import MONDAY_EIGHT
from tests.web.api.conftest import booked
from web.scheduling.booking import LINKS

PATH = "/api/v1/conferences"
ANY = {"If-Match": "*"}
MONDAY = {"start": "2026-11-30T08:00:00+07:00", "end": "2026-11-30T10:00:00+07:00"}
FRIDAY_TWO = "2026-11-27T07:00:00Z"


def test_line_is_tested_the_working_day_before():
    found = usual_period(MONDAY_EIGHT, USUAL, UsualTest())

    assert (local_day(found.start).isoformat(), found.start.hour) == ("2026-11-27", 7)


@given(st.integers(0, 1_000_000), st.integers(-5000, 5000))
def test_test_comes_before_its_conference_however_it_moves(minute, minutes):
    start = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(minutes=minute)
    before = Period(start, start + timedelta(hours=2))
    after = Period(start + timedelta(minutes=minutes), start + timedelta(hours=99))
    test = usual_period(start, USUAL, UsualTest())

    found = moved(test, before, after, USUAL, UsualTest())

    assert found.end <= after.start
    assert found.end - found.start == test.end - test.start


def test_late_line_test_is_over_an_hour_before():
    usual = usual_period(MONDAY_EIGHT, USUAL, UsualTest())
    early, late = usual.start - timedelta(hours=1), usual.start + timedelta(hours=1)

    assert proposed(MONDAY_EIGHT, usual, early) == usual
    assert proposed(MONDAY_EIGHT, usual, late) == Period(
        MONDAY_EIGHT - timedelta(minutes=90), MONDAY_EIGHT - timedelta(minutes=60)
    )
    assert proposed(MONDAY_EIGHT, usual, MONDAY_EIGHT - timedelta(minutes=80)) is None


async def planned(admin, sites):
    body = await booked(admin, sites, **MONDAY)
    answer = await admin.post(f"{PATH}/{body['id']}/line-test")
    assert answer.status == 201, await answer.text()
    return body, await answer.json()


async def test_line_test_is_a_conference_of_its_own_with_its_links(program, sites, conn):
    admin = await program("admin")

    body, test = await planned(admin, sites)

    rehearsal = await (await admin.get(f"{PATH}/{test['conference']}")).json()
    links = await conn.fetchval(
        "SELECT count(*) FROM links WHERE conference_id = $1", test["conference"]
    )
    assert (test["start"], test["sites"], test["tested"]) == (FRIDAY_TWO, 3, 0)
    assert (rehearsal["kind"], rehearsal["sites"]) == ("rehearsal", body["sites"])
    assert links == 3


async def test_second_line_test_and_one_of_a_test_are_refused(program, sites):
    admin = await program("admin")
    body, test = await planned(admin, sites)

    again = await admin.post(f"{PATH}/{body['id']}/line-test")
    of_test = await admin.post(f"{PATH}/{test['conference']}/line-test")

    assert (again.status, of_test.status) == (409, 409)


async def test_line_test_moves_along_and_is_called_off_with_its_conference(program, sites):
    admin = await program("admin")
    body, test = await planned(admin, sites)
    place = f"{PATH}/{body['id']}"

    tuesday = {"start": "2026-12-01T08:00:00+07:00", "end": "2026-12-01T10:00:00+07:00"}
    changed = await admin.patch(place, json=tuesday | {"sites": sites[:2]}, headers=ANY)
    after = await (await admin.get(f"{place}/line-test")).json()
    await admin.delete(place, json={"reason": "Hoãn"}, headers=ANY)
    gone = await (await admin.get(f"{PATH}/{test['conference']}")).json()

    assert changed.status == 200
    assert (after["start"], after["sites"]) == ("2026-11-30T07:00:00Z", 2)
    assert (gone["state"], gone["cancel_reason"]) == ("cancelled", "Hoãn")
    assert (await admin.get(f"{place}/line-test")).status == 404


async def test_line_test_that_cannot_move_is_called_off_and_the_conference_moves(program, sites):
    admin = await program("admin")
    body, test = await planned(admin, sites)
    taken = {"start": "2026-11-30T14:00:00+07:00", "end": "2026-11-30T15:00:00+07:00"}
    await booked(admin, sites[1:], **taken)

    tuesday = {"start": "2026-12-01T08:00:00+07:00", "end": "2026-12-01T10:00:00+07:00"}
    changed = await admin.patch(f"{PATH}/{body['id']}", json=tuesday, headers=ANY)

    assert changed.status == 200
    assert (await (await admin.get(f"{PATH}/{test['conference']}")).json())["state"] == "cancelled"


async def test_line_test_of_a_request_is_called_off_when_it_is_refused(program, sites):
    admin = await program("admin")
    asked = await booked(admin, sites, **MONDAY, **{"as": "request"})
    test = await (await admin.post(f"{PATH}/{asked['id']}/line-test")).json()

    refused = await admin.post(f"{PATH}/{asked['id']}/refuse", json={"reason": "Trùng lịch"})
    gone = await (await admin.get(f"{PATH}/{test['conference']}")).json()

    assert (refused.status, test["state"]) == (200, "confirmed")
    assert (gone["state"], gone["cancel_reason"]) == ("cancelled", "Trùng lịch")


async def test_results_are_noted_by_technicians_and_summed_up(program, sites, client_for):
    admin = await program("admin")
    body, _ = await planned(admin, sites)
    place = f"{PATH}/{body['id']}/line-test/results"
    technician = await program("technician")
    leader = await program("leader")
    told = {}

    for site, outcome in zip(sites, ("ok", "sound", "no-show"), strict=True):
        note = {"site": site, "outcome": outcome, "remark": "đã gọi"}
        told = await (await technician.post(place, json=note)).json()
    refused = await leader.post(place, json={"site": sites[0], "outcome": "ok"})
    strange = await technician.post(place, json={"site": 99, "outcome": "ok"})
    secretary = await client_for("secretary")
    page = await (await secretary.get(f"/conferences/{body['id']}")).text()

    assert (told["tested"], told["ok"]) == (2, 1)
    assert {one["remark"] for one in told["results"]} == {"đã gọi"}
    assert (refused.status, strange.status) == (403, 422)
    assert "2/3 điểm cầu đã thử" in page


async def test_hall_tells_its_own_result_by_its_link(program, sites, client_for, keyring):
    admin = await program("admin")
    body, test = await planned(admin, sites)
    secret = link_secret(keyring.derive(LINKS), test["conference"], sites[1], 1)
    main_secret = link_secret(keyring.derive(LINKS), body["id"], sites[1], 1)
    hall = await client_for(None)

    told = await hall.post(
        f"/j/{secret}/line-test", data={"outcome": "picture"}, allow_redirects=False
    )
    wrong = await hall.post(f"/j/{main_secret}/line-test", data={"outcome": "ok"})

    shown = await (await admin.get(f"{PATH}/{body['id']}/line-test")).json()
    assert (told.status, wrong.status) == (303, 404)
    assert [one["outcome"] for one in shown["results"] if one["site"] == sites[1]] == ["picture"]


async def test_page_plans_and_notes(program, sites, client_for):
    body = await booked(await program("admin"), sites, **MONDAY)
    page = f"/conferences/{body['id']}/line-test"
    secretary = await client_for("secretary")

    form = await (await secretary.get(page)).text()
    typed = {"date": "27/11/2026", "start": "14h", "end": "14:30"}
    put = await secretary.post(page, data=typed, allow_redirects=False)
    note = {"site": str(sites[0]), "outcome": "ok", "remark": ""}
    await secretary.post(f"{page}/results", data=note)
    shown = await (await secretary.get(page)).text()

    assert 'value="27/11/2026"' in form
    assert put.status == 303
    assert "1/3 điểm cầu đã thử, 1 tốt." in shown
