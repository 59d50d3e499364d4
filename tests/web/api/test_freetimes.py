"""The grid of free times through the API: who is wanted, who holds them, and what clashes."""

from __future__ import annotations

import pytest

from meetings.directory.officials import add_line
from tests.makers import a_unit, an_official
from tests.web.api.conftest import booked, site_named

FREE = "/api/v1/free-times"
WISH = {"start": "2026-11-25T09:00:00+07:00", "end": "2026-11-25T11:00:00+07:00"}


async def asked(client, **more):
    answer = await client.post(FREE, json=WISH | more)
    assert answer.status == 200, await answer.text()
    return await answer.json()


async def test_halls_and_officials_are_told_with_what_stands_in_the_way(
    program, sites, conn, owner
):
    secretary = await program("secretary")
    chair = await an_official(conn)
    conference = await booked(secretary, sites[:2], chair_id=chair)
    await owner.execute("UPDATE sites SET set_up_minutes = 30 WHERE id = $1", sites[2])

    told = await asked(secretary, sites=sites, chair_id=chair)
    own = await asked(secretary, sites=sites, chair_id=chair, conference=conference["id"])

    held = {
        "start": "2026-11-25T01:00:00Z",
        "end": "2026-11-25T03:00:00Z",
        "holder": conference["host"]["name"],
        "title": conference["title"],
        "clash": True,
    }
    by_id = {(one["kind"], one["id"]): one for one in told["items"]}
    assert told["clashes"] == 3
    assert [one["kind"] for one in told["items"]] == ["site"] * 3 + ["official"]
    for key in (("site", sites[0]), ("site", sites[1]), ("official", chair)):
        assert (by_id[key]["free"], by_id[key]["held"]) == (False, [held])
    assert by_id["site", sites[2]] == {
        "kind": "site",
        "id": sites[2],
        "label": by_id["site", sites[2]]["label"],
        "start": "2026-11-25T01:30:00Z",
        "end": "2026-11-25T04:00:00Z",
        "free": True,
        "in_use": True,
        "held": [],
    }
    assert own["clashes"] == 0


async def test_shared_lines_of_the_halls_are_told_too(program, sites, conn):
    secretary = await program("secretary")
    host = (await a_unit(conn)).id
    line = await add_line(conn, host, "Kênh chung", sites=sites[:2], by="program:test")
    await booked(secretary, sites[:1])

    told = await asked(secretary, sites=sites[1:])

    assert [(one["kind"], one["free"]) for one in told["items"]] == [
        ("site", True),
        ("site", True),
        ("line", False),
    ]
    assert (told["clashes"], told["items"][2]["id"], told["items"][2]["label"]) == (
        1,
        line.id,
        "Kênh chung",
    )


async def test_of_others_conferences_only_holder_and_period_are_told(program, sites):
    secretary = await program("secretary")
    await booked(secretary, sites)
    stranger = await program("secretary", unit="11.syt")

    told = await asked(stranger, sites=sites[:1])

    [held] = told["items"][0]["held"]
    assert (held["title"], bool(held["holder"]), held["clash"]) == ("", True, True)


async def test_groups_stand_for_their_halls_and_a_closed_hall_is_not_free(program, sites, conn):
    secretary = await program("secretary")
    far = await site_named(conn, "Sín Thầu")
    await conn.execute("UPDATE sites SET valid = '[,2026-11-01)' WHERE id = $1", far)

    grouped = await asked(secretary, groups=["border-communes"])
    closed = await asked(secretary, sites=[far])

    assert len(grouped["items"]) > 1
    assert grouped["clashes"] == 0
    assert far not in {one["id"] for one in grouped["items"]}
    [hall] = closed["items"]
    assert (hall["in_use"], hall["free"], closed["clashes"]) == (False, False, 1)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (WISH, "bad-form"),
        (WISH | {"end": WISH["start"], "sites": [1]}, "bad-form"),
        (WISH | {"sites": [999999]}, "sites-not-found"),
        (WISH | {"delegates": [999999]}, "officials-not-found"),
        (WISH | {"groups": ["none"]}, "group-not-found"),
    ],
)
async def test_wish_that_makes_no_sense_is_refused(program, body, code):
    secretary = await program("secretary")

    answer = await secretary.post(FREE, json=body)

    assert (answer.status, (await answer.json())["code"]) == (422, code)


async def test_who_does_not_book_is_not_told(program):
    leader = await program("leader")

    answer = await leader.post(FREE, json=WISH | {"sites": [1]})

    assert answer.status == 403
