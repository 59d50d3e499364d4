"""Deputies: a role of one's own, lent over a subtree for some days, and gone when it ends."""

from __future__ import annotations

import pytest

from meetings.model import Role
from tests.makers import a_person
from tests.web.api.conftest import a_body

ROOT = "/api/v1/deputies"
WHO = "SELECT max(id) FROM people"
EACH_BEHALF = """
    SELECT action, on_behalf FROM audit WHERE actor = $1
"""
BEHALF = """
    SELECT actor, on_behalf FROM audit WHERE action = 'conference.book' ORDER BY id DESC LIMIT 1
"""


@pytest.fixture
async def people(client_for, conn, sites):
    """Return a secretary of the province and a technician, each with their id."""
    giver = await client_for("secretary"), await conn.fetchval(WHO)
    deputy = await client_for("technician"), await conn.fetchval(WHO)
    return giver, deputy, sites


def a_lending(deputy, **changed):
    days = {"from": "2026-11-23", "until": "2026-11-24"}
    return {"deputy": deputy, "role": "secretary", "unit": "11"} | days | changed


async def book(client, sites, **changed):
    return await client.post("/api/v1/conferences", json=a_body(sites, **changed))


async def test_a_deputy_acts_in_their_own_name_until_it_is_ended(people, conn):
    (giver, giver_id), (deputy, deputy_id), sites = people

    before = await book(deputy, sites)
    lent = await giver.post(ROOT, json=a_lending(deputy_id))
    during = await book(deputy, sites)
    told = await conn.fetchrow(BEHALF)
    ended = await giver.delete(f"{ROOT}/{(await lent.json())['id']}")
    after = await book(deputy, sites)

    assert (before.status, lent.status, during.status) == (403, 201, 201)
    assert (ended.status, after.status) == (204, 403)
    assert tuple(told) == (f"person:{deputy_id}", [giver_id])


async def test_nobody_takes_a_lent_role_over_by_a_sign_in_link(client_for, people, conn):
    (giver, _), _, _ = people
    admin = await client_for("admin", unit="03158")
    await conn.execute("UPDATE people SET password_hash = 'x'")
    deputy = (await a_person(conn, Role.TECHNICIAN, "03158", login="ky.thuat")).id
    lent = await (await giver.post(ROOT, json=a_lending(deputy))).json()
    link = f"/api/v1/people/{deputy}/link"

    refused = await admin.post(link), await admin.post(f"/people/{deputy}/link")
    shown = await (await admin.post("/people/links?waiting=yes")).text()
    listed = await (await admin.get("/people?waiting=yes")).text()
    await giver.delete(f"{ROOT}/{lent['id']}")
    after = await admin.post(link)

    assert ([one.status for one in refused], "/welcome/" in shown) == ([403, 403], False)
    assert after.status == 201
    assert (f"/people/{deputy}/deactivate" in listed, f"/people/{deputy}/link" in listed) == (
        True,
        False,
    )
    assert "/people/links" not in listed


async def test_every_date_of_a_series_says_on_whose_behalf_it_was_booked(people, conn):
    (giver, giver_id), (deputy, deputy_id), sites = people
    await giver.post(ROOT, json=a_lending(deputy_id))
    series = a_body(sites, rrule="FREQ=DAILY;COUNT=3")

    answer = await deputy.post("/api/v1/series", json=series)

    assert answer.status == 201
    told = await conn.fetch(
        "SELECT action, on_behalf FROM audit WHERE actor = $1", f"person:{deputy_id}"
    )
    booked = [("conference.book", [giver_id])] * 3
    assert sorted(map(tuple, told)) == [*booked, ("series.book", [giver_id])]


async def test_what_the_giver_does_is_on_nobodys_behalf(people, conn):
    (giver, giver_id), (_, deputy_id), sites = people
    await giver.post(ROOT, json=a_lending(deputy_id))

    assert (await book(giver, sites)).status == 201
    assert tuple(await conn.fetchrow(BEHALF)) == (f"person:{giver_id}", [])


async def test_a_lending_reaches_its_subtree_only(people):
    (giver, _), (deputy, deputy_id), sites = people
    await giver.post(ROOT, json=a_lending(deputy_id, unit="11.vpubnd"))

    above = await book(deputy, sites, host="11")
    there = await book(deputy, sites, host="11.vpubnd")

    assert (above.status, there.status) == (403, 201)


@pytest.mark.parametrize(
    ("days", "status"),
    [
        ("[2026-11-22,2026-11-23)", 403),
        ("[2026-11-23,2026-11-24)", 201),
        ("[2026-11-24,2026-11-25)", 403),
    ],
)
async def test_a_lending_counts_on_its_days(people, conn, days, status):
    (giver, _), (deputy, deputy_id), sites = people
    await giver.post(ROOT, json=a_lending(deputy_id))
    await conn.execute("UPDATE deputies SET days = $1::text::daterange", days)

    assert (await book(deputy, sites)).status == status


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM grants WHERE person_id = $1",
        "UPDATE people SET active = FALSE WHERE id = $1",
    ],
)
async def test_a_lending_falls_with_what_the_giver_may_do(people, conn, change):
    (giver, giver_id), (deputy, deputy_id), sites = people
    await giver.post(ROOT, json=a_lending(deputy_id))
    await conn.execute(change, giver_id)

    assert (await book(deputy, sites)).status == 403


async def test_nothing_is_lent_that_is_not_ones_own(people, client_for, conn):
    (giver, giver_id), (deputy, deputy_id), _ = people
    office = await client_for("secretary", unit="11.vpubnd")
    third = await conn.fetchval(WHO)
    admin = await client_for("admin")
    await giver.post(ROOT, json=a_lending(deputy_id))

    answers = {
        "on": await deputy.post(ROOT, json=a_lending(third)),
        "above": await office.post(ROOT, json=a_lending(deputy_id)),
        "admin": await admin.post(ROOT, json=a_lending(deputy_id, role="admin")),
        "self": await giver.post(ROOT, json=a_lending(giver_id)),
        "over": await giver.post(ROOT, json=a_lending(third, until="2026-11-22")),
        "ghost": await giver.post(ROOT, json=a_lending(99999)),
    }

    assert {name: one.status for name, one in answers.items()} == {
        "on": 422,
        "above": 422,
        "admin": 422,
        "self": 422,
        "over": 422,
        "ghost": 404,
    }
    assert await conn.fetchval("SELECT count(*) FROM deputies") == 1


async def test_admins_see_and_end_all_and_strangers_nothing(people, client_for):
    (giver, giver_id), (deputy, deputy_id), _ = people
    admin, stranger = await client_for("admin"), await client_for("leader")
    number = (await (await giver.post(ROOT, json=a_lending(deputy_id))).json())["id"]

    listed = [
        [(one["giver"], one["deputy"]) for one in (await (await who.get(ROOT)).json())["items"]]
        for who in (giver, deputy, admin, stranger)
    ]
    ended = [
        (await who.delete(f"{ROOT}/{number}")).status for who in (stranger, deputy, admin, giver)
    ]

    assert listed == [[(giver_id, deputy_id)]] * 3 + [[]]
    assert ended == [404, 404, 204, 404]


async def test_a_program_lends_nothing(program):
    assert (await (await program("secretary")).post(ROOT, json=a_lending(1))).status == 403


async def test_the_page_names_and_ends_a_deputy(people):
    (giver, _), (deputy, deputy_id), sites = people
    typed = a_lending(deputy_id) | {"deputy": str(deputy_id)}

    wrong = await giver.post("/deputies", data=typed | {"until": "22/11/2026"})
    named = await giver.post("/deputies", data=typed, allow_redirects=False)
    number = (await (await giver.get(ROOT)).json())["items"][0]["id"]
    text = await (await giver.get("/deputies")).text()
    during = await book(deputy, sites)
    ended = await giver.post(f"/deputies/{number}/end", allow_redirects=False)

    assert (wrong.status, named.status, during.status, ended.status) == (422, 303, 201, 303)
    assert "23/11/2026 – 24/11/2026" in text
    assert (await book(deputy, sites)).status == 403


async def test_the_page_takes_days_as_it_says_they_are_typed(people):
    (giver, _), (_, deputy_id), _ = people
    typed = a_lending(deputy_id) | {"from": "23/11/2026", "until": "24.11.2026"}

    named = await giver.post("/deputies", data=typed, allow_redirects=False)
    wrong = await giver.post("/deputies", data=typed | {"from": "31/02/2027"})

    assert (named.status, wrong.status) == (303, 422)
    assert 'id="from-wrong"' in await wrong.text()
    assert "23/11/2026 – 24/11/2026" in await (await giver.get("/deputies")).text()


async def test_the_page_offers_to_end_only_what_one_may_end(client_for, people, conn):
    giver, _ = people[0]
    elsewhere = await client_for("admin", unit="11.vpubnd")
    both = await conn.fetchval(WHO)
    above = await client_for("admin")
    await giver.post(ROOT, json=a_lending(both))

    texts = [await (await who.get("/deputies")).text() for who in (giver, elsewhere, above)]

    assert ["/end" in text for text in texts] == [True, False, True]
    assert ["không có vai trò nào" in text for text in texts] == [False, True, True]


@pytest.mark.parametrize("how", ["lent", "granted"])
async def test_a_sign_in_link_from_before_a_new_role_opens_nothing(client_for, people, conn, how):
    (giver, _), (_, deputy), _ = people
    admin, stranger = await client_for("admin"), await client_for(None)
    kept, other = [
        (await (await admin.post(f"/api/v1/people/{one}/link")).json())["url"]
        for one in (deputy, (await a_person(conn, Role.TECHNICIAN, "03158")).id)
    ]
    path = kept[kept.index("/welcome/") :]
    assert (await stranger.get(path)).status == 200

    if how == "lent":
        assert (await giver.post(ROOT, json=a_lending(deputy))).status == 201
    else:
        body = {"role": "secretary", "unit": "11"}
        assert (await admin.post(f"/api/v1/people/{deputy}/grants", json=body)).status == 200

    shown = await stranger.get(path, cookies={"lang": "en"})
    form = {"password": "mot cau kha dai de nho", "again": "mot cau kha dai de nho"}
    tried = await stranger.post(path, data=form)

    assert (shown.status, "Your roles were changed" in await shown.text()) == (410, True)
    assert tried.status == 410
    assert (
        await conn.fetchval(
            "SELECT actor FROM audit WHERE action = 'person.void-link' AND subject = $1",
            f"person:{deputy}",
        )
        == "program:sign-in"
    )
    assert (await stranger.get(other[other.index("/welcome/") :])).status == 200
    again = (await (await admin.post(f"/api/v1/people/{deputy}/link")).json())["url"]
    assert (await stranger.get(again[again.index("/welcome/") :])).status == 200
