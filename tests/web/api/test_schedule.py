"""Who holds what when, through the API: one's own in full, others' as busy."""

from __future__ import annotations

import pytest

from tests.web.api.conftest import booked, site_named

DAY = {"from": "2026-11-25T00:00:00+07:00", "to": "2026-11-26T00:00:00+07:00"}


async def asked(client, **query):
    answer = await client.get("/api/v1/schedule", params=DAY | query)
    assert answer.status == 200, await answer.text()
    return await answer.json()


async def test_schedule_tells_ones_own_in_full(program, sites):
    secretary = await program("secretary")
    conference = await booked(secretary, sites, chair="Chủ tịch UBND tỉnh")

    told = await asked(secretary)

    assert told == {
        "items": [
            {
                "start": "2026-11-25T01:00:00Z",
                "end": "2026-11-25T03:00:00Z",
                "host": conference["host"],
                "state": "confirmed",
                "sites": sorted(sites),
                "conference": conference["id"],
                "title": "Họp giao ban tháng 11",
                "chair": "Chủ tịch UBND tỉnh",
            }
        ],
        "complete": True,
    }


async def test_schedule_tells_others_that_the_halls_are_busy(program, sites):
    secretary = await program("secretary")
    conference = await booked(secretary, sites)
    stranger = await program("secretary", unit="11.syt")

    (told,) = (await asked(stranger))["items"]

    assert told["host"] == conference["host"]
    assert told["sites"] == sorted(sites)
    assert (told["conference"], told["title"], told["chair"]) == (None, None, None)


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ({"to": "2027-11-26T00:00:00+07:00"}, "to", "At most 62 days are asked for at once."),
        ({"to": DAY["from"]}, "to", "The end must come after the start."),
    ],
)
async def test_schedule_of_no_or_too_many_days_says_how_many(program, query, field, message):
    leader = await program("leader", headers={"Accept-Language": "en"})

    answer = await leader.get("/api/v1/schedule", params=DAY | query)

    assert answer.status == 422
    [told] = (await answer.json())["errors"]
    assert (told["field"], told["message"]) == (field, message)


async def test_schedule_is_narrowed_to_a_hall_and_to_a_unit(program, sites, conn):
    secretary = await program("secretary")
    await booked(secretary, sites)
    far = await site_named(conn, "Xa Dung")

    here = await asked(secretary, site=str(sites[0]))
    there = await asked(secretary, site=str(far))
    other = await asked(secretary, unit="11.syt")
    whole = await asked(secretary, unit="11")

    assert [len(one["items"]) for one in (here, there, other, whole)] == [1, 0, 0, 1]


async def test_schedule_of_an_official_holds_what_they_chair_or_attend(program, sites, conn):
    secretary = await program("secretary")
    chaired = await booked(secretary, sites)
    later = {"start": "2026-11-25T14:00:00+07:00", "end": "2026-11-25T15:00:00+07:00"}
    attended = await booked(secretary, sites, **later)
    official = await conn.fetchval(
        "INSERT INTO officials (unit_id, title, name_key, folded, valid)"
        " SELECT id, 'Chủ tịch', 'c', 'c', '[2020-01-01,)' FROM units WHERE code = '11'"
        " RETURNING id"
    )
    await conn.execute(
        "UPDATE conferences SET chair_id = $1 WHERE id = $2", official, chaired["id"]
    )
    await conn.execute("INSERT INTO delegates VALUES ($1, $2)", attended["id"], official)

    found = await asked(secretary, official=str(official))
    nobody = await asked(secretary, official=str(official + 1))

    assert [one["conference"] for one in found["items"]] == [chaired["id"], attended["id"]]
    assert nobody["items"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"to": "2026-11-25T00:00:00+07:00"}, "to"),
        ({"to": "2027-11-26T00:00:00+07:00"}, "to"),
        ({"from": "2026-11-25"}, "from"),
        ({"site": "0"}, "site"),
        ({"official": "x"}, "official"),
        ({"unit": ""}, "unit"),
    ],
)
async def test_schedule_refuses_what_cannot_be_answered(program, sites, query, field):
    secretary = await program("secretary")

    answer = await secretary.get("/api/v1/schedule", params=DAY | query)

    assert answer.status == 422
    assert [one["field"] for one in (await answer.json())["errors"]] == [field]
