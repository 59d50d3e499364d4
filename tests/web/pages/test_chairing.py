"""Chair and delegates on the booking form: officials who are held, and what clashes with them."""

from __future__ import annotations

import re

import pytest

from tests.makers import an_official, some_sites
from tests.web.pages.conftest import a_form

HELD = "SELECT official_id FROM official_holds WHERE conference_id = $1 ORDER BY official_id"
KEPT = "SELECT chair_id, chair FROM conferences WHERE id = $1"
LEFT = "UPDATE officials SET valid = '[,2050-01-01)' WHERE id = $1"
CHAIR, DEPUTY = "Chủ tịch UBND tỉnh", "Bí thư Tỉnh ủy"


@pytest.fixture
async def people(conn, bridge):
    _ = bridge
    return [await an_official(conn, title) for title in (CHAIR, DEPUTY)]


async def book(client, place="/conferences/new", **fields):
    return await client.post(place, data=a_form(**fields), allow_redirects=False)


def place_of(answer):
    assert answer.status == 303
    return answer.headers["Location"].partition("?")[0]


def facts_in(text):
    return dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", text))


async def test_chair_and_delegates_are_held_and_shown(secretary, conn, people):
    chair, delegate = people

    place = place_of(await book(secretary, chair="", chair_id=str(chair), delegates=[delegate]))

    number = int(place.rpartition("/")[2])
    facts = facts_in(await (await secretary.get(place)).text())
    assert [row["official_id"] for row in await conn.fetch(HELD, number)] == sorted(people)
    assert (facts["Chủ trì"], facts["Đại biểu"]) == (CHAIR, DEPUTY)


async def test_an_official_who_is_taken_refuses_and_what_is_offered_books(secretary, conn, people):
    chair, delegate = map(str, people)
    main, *others = map(str, await some_sites(conn, 3))
    await book(secretary, chair_id=chair)
    alone = {"main_site": main, "sites": others, "groups": [], "key": "k2"}

    refused = await book(secretary, chair_id=delegate, delegates=[chair, delegate], **alone)

    text = await refused.text()
    assert refused.status == 409
    assert re.search(f"{CHAIR}[^<]*Văn phòng UBND tỉnh[^<]*08:00 – 10:30, 02/12", text)
    first = re.findall(r'<form class="choice".*?</form>', text, re.DOTALL)[0]
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', first)
    asked = await (await secretary.post("/conferences/new", data=fields)).text()
    accepted = re.findall(r'name="(accepted)" value="([0-9a-f]{32})"', asked)
    booked = await secretary.post(
        "/conferences/new", data=[*fields, *accepted], allow_redirects=False
    )
    number = int(place_of(booked).rpartition("/")[2])
    assert [row["official_id"] for row in await conn.fetch(HELD, number)] == sorted(people)


@pytest.mark.parametrize("field", ["chair_id", "delegates"])
async def test_who_is_out_of_office_is_told_beside_the_field(secretary, conn, people, field):
    chair, delegate = people
    await conn.execute(LEFT, {"chair_id": chair, "delegates": delegate}[field])

    answer = await book(secretary, chair_id=str(chair), delegates=[str(delegate)])

    text = await answer.text()
    assert answer.status == 422
    assert re.findall(r'id="([a-z_]+)-wrong"', text) == [field]
    assert f'<option value="{chair}" selected>' in text
    assert f'name="delegates" value="{delegate}" checked' in text


async def test_words_follow_the_official_who_chairs_unless_they_are_given(secretary, conn, people):
    chair, deputy = map(str, people)
    place = place_of(await book(secretary, chair="", chair_id=chair))
    number, form = int(place.rpartition("/")[2]), {"place": f"{place}/change"}

    async def changed(**fields):
        shown = await (await secretary.get(f"{place}/change")).text()
        version = re.findall(r'name="version" value="(\d+)"', shown)[0]
        place_of(await book(secretary, **form, version=version, key=f"v{version}", **fields))
        return tuple(await conn.fetchrow(KEPT, number))

    assert await changed(chair="", chair_id=deputy) == (int(deputy), DEPUTY)
    assert await changed(chair="Người được ủy quyền", chair_id=deputy) == (
        int(deputy),
        "Người được ủy quyền",
    )
    assert await changed(chair="Người được ủy quyền", chair_id=chair) == (int(chair), CHAIR)
    assert await changed(chair=CHAIR, chair_id="") == (None, CHAIR)


async def test_a_choice_that_nobody_offered_is_told(secretary):
    answer = await book(secretary, chair_id="mười", delegates=["x"])

    wrong = re.findall(r'id="([a-z_]+)-wrong"', await answer.text())
    assert (answer.status, wrong) == (422, ["chair_id", "delegates"])
