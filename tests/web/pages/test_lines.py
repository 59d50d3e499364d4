"""Shared lines on pages: added, blacked out and forgotten by who looks after them."""

from __future__ import annotations

import re

from meetings.audit import list_audit
from meetings.directory.officials import add_line, list_lines
from tests.makers import a_site, a_unit
from tests.web.pages.test_hallsettings import BLACK, FORM
from tests.web.pages.test_units import text

AUDIT = ["line.remove", "line.add"]


def wrong_in(page):
    return sorted(re.findall(r'id="([a-z_]+)-wrong"', page))


async def test_line_is_added_and_forgotten_on_the_page(client_for, conn):
    secretary = await client_for("secretary")
    one, other = await a_site(conn, "Sín Thầu"), await a_site(conn, "Mường Nhé")
    form = {"unit": "11", "name": "Kênh Mường Nhé", "sites": [str(one.id), str(other.id)]}

    wrong = await secretary.post("/lines", data=form | {"name": "", "unit": "x"})
    added = await secretary.post("/lines", data=form, allow_redirects=False)
    twice = await secretary.post("/lines", data=form | {"sites": [str(one.id)]})

    again, [line] = await wrong.text(), await list_lines(conn)
    place = f"/lines/{line.id}"
    assert (wrong.status, added.status, twice.status) == (422, 303, 422)
    assert (wrong_in(again), again.count(" checked>")) == (["name"], 2)
    assert wrong_in(await twice.text()) == ["name"]
    assert (added.headers["Location"], line.name, line.sites) == (
        f"{place}?said=line-added",
        "Kênh Mường Nhé",
        frozenset({one.id, other.id}),
    )
    shown, listed = await text(secretary, place), await text(secretary, "/lines")
    assert [f'href="/sites/{site.id}"' in shown for site in (one, other)] == [True, True]
    assert (f'href="{place}"' in listed, "Sín Thầu" in listed) == (True, True)
    assert "đang ở Kênh Mường Nhé" in await text(secretary, "/lines/new")

    gone = await secretary.post(f"{place}/forget", allow_redirects=False)
    assert (gone.status, (await secretary.get(place)).status) == (303, 404)
    assert [one.action for one in await list_audit(conn, subject=f"line:{line.id}")] == AUDIT


async def test_line_is_blacked_out_and_given_back(client_for, conn):
    secretary, unit = await client_for("secretary"), await a_unit(conn, "11")
    line = await add_line(conn, unit.id, "Kênh chung", sites=(), by="program:test")
    place = f"/lines/{line.id}"

    wrong = await secretary.post(f"{place}/black-outs", data=FORM | {"from_day": "31/02/2098"})
    kept = await secretary.post(f"{place}/black-outs", data=FORM | {"from_day": "02/12/2098"})
    shown = await kept.text()
    [end] = re.findall(rf'action="({place}/black-outs/\d+/end)"', shown)
    missing = await secretary.post("/lines/999999/black-outs", data=FORM | {"from_day": "1/1/2098"})

    assert (wrong.status, wrong_in(await wrong.text()), missing.status) == (422, ["from_day"], 404)
    assert [tuple(row) for row in await conn.fetch(BLACK)] == [
        ("02/12 00:00", "03/12 00:00", "Sửa điện")
    ]
    assert ("Đường truyền tạm ngừng" in shown, "Sửa điện" in shown) == (True, True)
    assert (await secretary.post(end.replace(place, "/officials/1"))).status == 404
    assert [(await secretary.post(end)).status for _ in range(2)] == [200, 200]
    assert await conn.fetch(BLACK) == []


async def test_line_of_others_is_read_and_not_changed(client_for, conn):
    stranger, unit = await client_for("secretary", unit="03158"), await a_unit(conn, "11")
    own = await a_site(conn, "Mường Nhé")
    mine = await client_for("secretary", unit=own.unit_code)
    line = await add_line(conn, unit.id, "Kênh chung", sites=[own.id], by="program:test")
    place, taken = f"/lines/{line.id}", {"unit": own.unit_code, "name": "Kênh xã"}

    shown = await text(stranger, place)
    refused = [
        await stranger.post(f"{place}/black-outs", data=FORM | {"from_day": "02/12/2098"}),
        await stranger.post(f"{place}/forget"),
        await mine.post("/lines", data={**taken, "sites": str(own.id)}),
    ]

    assert ("Kênh chung" in shown, f"{place}/" in shown) == (True, False)
    assert [one.status for one in refused] == [403, 403, 403]
    assert [(one.name, one.sites) for one in await list_lines(conn)] == [
        ("Kênh chung", frozenset({own.id}))
    ]


async def test_line_gets_another_name_and_other_halls_on_its_page(client_for, conn):
    secretary, unit = await client_for("secretary"), (await a_unit(conn, "11")).id
    stay, leave, join = [await a_site(conn, name) for name in ("Sín Thầu", "Mường Nhé", "Nà Hỳ")]
    by = "program:test"
    line = await add_line(conn, unit, "Kênh cũ", sites=[stay.id, leave.id], by=by)
    await add_line(conn, unit, "Kênh khác", sites=[join.id], by=by)
    place = f"/lines/{line.id}"
    page = await text(secretary, place)
    [mark] = re.findall(r'name="mark" value="([^"]+)"', page)
    form = {"mark": mark, "name": "Kênh mới", "sites": [str(stay.id), str(join.id)]}

    wrong = await secretary.post(place, data=form | {"name": ""})
    taken = await secretary.post(place, data=form | {"name": "Kênh khác"})
    strange = await secretary.post(place, data=form | {"sites": ["999999"]})
    done = await secretary.post(place, data=form, allow_redirects=False)
    late = await secretary.post(place, data=form | {"name": "Tên muộn"})

    assert "đang ở Kênh khác" in page
    assert [one.status for one in (wrong, taken, strange, done, late)] == [422, 422, 422, 303, 412]
    assert [wrong_in(await one.text()) for one in (wrong, taken, strange)] == [
        ["name"],
        ["name"],
        ["sites"],
    ]
    assert 'value="Tên muộn"' in await late.text()
    assert {one.name: one.sites for one in await list_lines(conn)} == {
        "Kênh mới": frozenset({stay.id, join.id}),
        "Kênh khác": frozenset(),
    }
    told = await list_audit(conn, subject=f"line:{line.id}")
    assert [one.action for one in told] == ["line.change", "line.add"]


async def test_line_that_others_changed_meanwhile_is_told_after_a_mistake_too(client_for, conn):
    secretary, unit = await client_for("secretary"), (await a_unit(conn, "11")).id
    line = await add_line(conn, unit, "Kênh cũ", sites=[], by="program:test")
    place, mark = f"/lines/{line.id}", re.compile(r'name="mark" value="([^"]+)"')
    opened = mark.findall(await text(secretary, place))
    await secretary.post(place, data={"mark": opened, "name": "Của người khác"})

    wrong = await secretary.post(place, data={"mark": opened, "name": ""})
    kept = mark.findall(await wrong.text())
    late = await secretary.post(place, data={"mark": kept, "name": "Của tôi"})
    again = mark.findall(await late.text())
    done = await secretary.post(place, data={"mark": again, "name": "Của tôi"})

    assert [one.status for one in (wrong, late, done)] == [422, 412, 200]
    assert [one.name for one in await list_lines(conn)] == ["Của tôi"]


async def test_halls_of_others_stay_on_a_line_that_is_changed(client_for, conn):
    own, other = await a_site(conn, "Mường Nhé"), await a_site(conn, "Sín Thầu")
    mine = await client_for("secretary", unit=own.unit_code)
    unit = (await a_unit(conn, own.unit_code)).id
    line = await add_line(conn, unit, "Kênh xã", sites=[own.id, other.id], by="program:test")
    theirs = await add_line(conn, (await a_unit(conn, "11")).id, "Kênh tỉnh", sites=(), by="x")
    form = {"name": "Kênh xã", "sites": []}

    refused = await mine.post(f"/lines/{theirs.id}", data=form)
    done = await mine.post(f"/lines/{line.id}", data=form)

    assert (refused.status, done.status) == (403, 200)
    assert {one.id: one.sites for one in await list_lines(conn)} == {
        line.id: frozenset({other.id}),
        theirs.id: frozenset(),
    }


async def test_form_of_a_line_says_when_it_does_not_list_every_hall(client_for, conn, monkeypatch):
    admin = await client_for("admin")
    unit = await a_unit(conn, "11")
    line = await add_line(conn, unit.id, "Kênh Mường Nhé", sites=(), by="program:test")
    pages = ["/lines/new", f"/lines/{line.id}", "/groups/new"]

    async def told():
        shown = [await text(admin, page) for page in pages]
        return [(one.count('name="sites"'), "điểm cầu đầu tiên" in one) for one in shown]

    every = await told()
    for module in ("halls.line_halls", "directory.groups"):
        monkeypatch.setattr(f"web.pages.{module}.MOST_HALLS", 2)

    halls = every[0][0]
    assert halls > 2
    assert (every, await told()) == ([(halls, False)] * 3, [(2, True)] * 3)
