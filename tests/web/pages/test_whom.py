"""Whom to choose: a search inside the form, which loses nothing of what was typed."""

from __future__ import annotations

import re

import pytest

from meetings.model import Role
from tests.makers import a_conference, a_person
from tests.web.pages.conftest import FIELD

NAMES = ("Lò Văn Đức", "Vàng A Dế", "Quàng Thị Mai")
OPTION = re.compile(r'<option value="(\d+)"( selected)?>([^<]*)')


@pytest.fixture
async def people(conn, bridge):
    _ = bridge
    return [
        await a_person(conn, Role.SECRETARY, login=f"p{number}", name=name)
        for number, name in enumerate(NAMES)
    ]


def offered(text, field):
    [select] = re.findall(rf'<select id="{field}".*?</select>', text, re.DOTALL)
    return [(name, bool(marked)) for number, marked, name in OPTION.findall(select) if number]


async def place_of(conn, form):
    return form.format(conference=(await a_conference(conn)).id)


@pytest.mark.parametrize(
    ("form", "field", "typed"),
    [
        ("/conferences/{conference}/hand-over", "owner", {"host": "03158"}),
        ("/deputies", "deputy", {"from": "01/12/2099", "until": "02/12/2099"}),
        ("/approval-chains", "person2", {"role1": "secretary", "over1": "03158"}),
    ],
)
async def test_person_beyond_the_first_is_found_and_what_was_typed_stays(
    client_for, conn, people, monkeypatch, form, field, typed
):
    monkeypatch.setattr("web.pages.people.whom.MOST", 1)
    client = await client_for("admin" if "chains" in form else "secretary")
    place, chosen = await place_of(conn, form), str(people[0].id)

    first = await (await client.get(place)).text()
    sent = {**dict(FIELD.findall(first)), **typed, field: chosen}
    entered = await client.post(place, data=sent | {"sought": "vang a de"})
    found = await entered.text()
    kept = dict(FIELD.findall(found)) | typed | {field: chosen}
    pressed = await client.post(place, data=kept | {"sought": "khong", "edit": "search"})
    nobody = await pressed.text()

    assert (entered.status, pressed.status) == (200, 200)
    assert len(offered(first, field)) == 1
    assert offered(found, field) == [("Lò Văn Đức", True), ("Vàng A Dế", False)]
    assert offered(nobody, field) == [("Lò Văn Đức", True)]
    assert [
        words in text
        for words, text in (
            ("chỉ nêu 1 người đầu theo tên", first),
            ("Tìm thấy 1 người", found),
            ("Không có ai tên như vậy.", nobody),
        )
    ] == [True] * 3
    assert all(
        f'value="{value}" selected' in nobody or f'value="{value}"' in nobody
        for value in typed.values()
    )


async def test_few_people_need_no_search_and_a_chain_names_whoever_is_in_it(
    client_for, conn, people, monkeypatch
):
    admin = await client_for("admin")
    step = {"unit": "11", "person1": str(people[0].id)}

    before = await (await admin.get("/approval-chains")).text()
    monkeypatch.setattr("web.pages.people.whom.MOST", 1)
    after = await (await admin.post("/approval-chains", data=step)).text()

    assert 'name="sought"' not in before
    assert "<li>Lò Văn Đức</li>" in after


async def test_conference_is_handed_only_to_who_books_for_the_host_that_is_chosen(
    client_for, conn, bridge
):
    _ = bridge
    commune = await a_person(conn, Role.SECRETARY, unit="03158", name="Lò Văn Đức")
    await a_person(conn, Role.TECHNICIAN, name="Vàng A Dế")
    secretary = await client_for("secretary")
    place = await place_of(conn, "/conferences/{conference}/hand-over")

    async def drawn(**typed):
        answer = await secretary.post(place, data={"version": "1", "sought": "", **typed})
        return answer.status, await answer.text()

    first = offered(await (await secretary.get(place)).text(), "owner")
    _, below = await drawn(host="03158", edit="host")
    _, back = await drawn(host="11", owner=str(commune.id), edit="host")
    status, refused = await drawn(host="11", owner=str(commune.id))
    await conn.execute("UPDATE conferences SET version = version + 1")
    stale, kept = await drawn(host="03158", owner=str(commune.id))
    _, searched = await drawn(host="03158", edit="search")

    assert offered(below, "owner") == sorted([*first, ("Lò Văn Đức", False)])
    assert (offered(back, "owner"), offered(refused, "owner")) == (first, first)
    assert (status, stale) == (422, 412)
    assert 'id="owner-wrong"' in refused
    assert ("Lò Văn Đức", True) in offered(kept, "owner")
    assert 'name="version" value="2"' in kept
    assert 'name="version" value="1"' in searched
