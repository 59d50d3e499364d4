"""Groups of halls through the API and pages: by rule, by place, as a list."""

from __future__ import annotations

from typing import Any

from meetings.directory.finding import resolve_groups
from meetings.model import UnitKind
from meetings.store.groups import get_group
from tests.makers import a_site, a_unit, all_communes
from tests.web.api.conftest import NOW


async def make(client, **body: Any) -> tuple[int, Any]:
    answer = await client.post("/api/v1/groups", json={"name": "Nhóm", **body})
    return answer.status, await answer.json()


async def test_group_is_made_changed_and_given_up(program, conn):
    admin = await program("admin")
    sites = [(await a_site(conn, name)).id for name in ("Sín Thầu", "Mường Nhé")]

    status, made = await make(admin, code="xa-bien-gioi-2", sites=sites)

    assert status == 201
    assert made == {
        "code": "xa-bien-gioi-2",
        "name": "Nhóm",
        "name_en": "",
        "kinds": [],
        "below": None,
        "tags": [],
        "sites": sorted(sites),
        "version": 1,
    }
    url = "/api/v1/groups/xa-bien-gioi-2"
    assert await (await admin.get(url)).json() == made
    changed = await admin.patch(url, json={"sites": sites[:1]}, headers={"If-Match": '"1"'})
    assert ((await changed.json())["sites"], changed.headers["ETag"]) == (sites[:1], '"2"')
    assert await resolve_groups(conn, ["xa-bien-gioi-2"], NOW.date()) == {sites[0]}
    assert (await admin.patch(url, json={}, headers={"If-Match": '"1"'})).status == 412
    assert (await admin.delete(url, headers={"If-Match": '"2"'})).status == 204
    assert (await admin.get(url)).status == 404


async def test_rules_over_kinds_and_place_narrow_each_other(program, conn):
    admin = await program("admin")
    await make(admin, code="tat-ca", below="11")
    await make(admin, code="xa", below="11", kinds=["commune", "ward"])
    await make(admin, code="mot-xa", below="03158")

    async def size(code: str) -> int:
        return len(await resolve_groups(conn, [code], NOW.date()))

    assert (await size("tat-ca"), await size("xa"), await size("mot-xa")) == (62, 45, 1)
    assert await resolve_groups(conn, ["xa"], NOW.date()) == await all_communes(conn)
    listed = await (await admin.get("/api/v1/sites?group=mot-xa")).json()
    assert [one["label"] for one in listed["items"]] == ["Sín Thầu"]


async def test_group_below_a_unit_that_was_taken_in_is_of_its_heir_from_that_day(program, conn):
    admin = await program("admin")
    await make(admin, code="mot-xa", below="03158")
    old, heir = [(await a_unit(conn, code)).id for code in ("03158", "03160")]
    merged = {"from": "2026-11-20", "into": "03160"}
    done = await admin.post("/api/v1/units/03158/merge", json=merged, headers={"If-Match": "*"})
    assert done.status == 200, await done.text()

    shown = await (await admin.get("/api/v1/groups/mot-xa")).json()
    changes = {"name": "Một xã", "below": "03160"}
    url = "/api/v1/groups/mot-xa"
    changed = await (await admin.patch(url, json=changes, headers={"If-Match": "*"})).json()

    assert (shown["below"], changed["below"], changed["name"]) == (heir, heir, "Một xã")
    assert await conn.fetchval("SELECT below_id FROM site_groups WHERE code = 'mot-xa'") == old
    names = []
    for day in ("2026-11-19", "2026-11-20"):
        listed = await (await admin.get(f"/api/v1/sites?group=mot-xa&on={day}")).json()
        names.append([one["label"] for one in listed["items"]])
    assert names == [["Sín Thầu"], ["Mường Nhé"]]


async def test_group_takes_the_halls_that_carry_one_of_its_tags(program, client_for, conn):
    admin, stranger = await program("admin"), await client_for("admin", unit="03160")
    page = await client_for("admin")
    thau, nhe = [(await a_site(conn, name)).id for name in ("Sín Thầu", "Mường Nhé")]
    file = "id,unit,name,tags\n{id},03158,{name},Vùng sâu; biên giới\n"
    named = await conn.fetchval("SELECT name FROM sites WHERE id = $1", thau)

    brought = await admin.post(
        "/api/v1/import/sites",
        data=file.format(id=thau, name=named).encode(),
        headers={"Content-Type": "text/csv"},
    )
    kept = await page.post(f"/sites/{nhe}/tags", data={"tags": "Biên giới, chợ"})
    refused = await stranger.post(f"/sites/{thau}/tags", data={"tags": "x"})
    wrong = await page.post(f"/sites/{nhe}/tags", data={"tags": "x" * 41})
    status, made = await make(admin, code="bien-gioi", tags=["Biên giới"])
    await make(admin, code="bien-gioi-1", tags=["biên giới"], below="03158")

    assert ((await brought.json())["changed"], kept.status, refused.status, wrong.status) == (
        1,
        200,
        403,
        422,
    )
    assert 'value="biên giới; chợ"' in await kept.text()
    assert ("x" * 41) in await wrong.text()
    assert (status, made["tags"]) == (201, ["biên giới"])
    assert await resolve_groups(conn, ["bien-gioi"], NOW.date()) == {thau, nhe}
    assert await resolve_groups(conn, ["bien-gioi-1"], NOW.date()) == {thau}
    assert 'value="biên giới"' in await (await page.get("/groups/bien-gioi")).text()
    listed = await (await admin.get("/api/v1/export/sites.csv")).text()
    assert "biên giới; vùng sâu" in listed


async def test_border_communes_are_a_list_that_ships(program):
    leader = await program("leader")

    border = await (await leader.get("/api/v1/groups/border-communes")).json()
    listed = await (await leader.get("/api/v1/groups?on=2026-11-23")).json()

    assert (border["kinds"], len(border["sites"]) >= 16) == ([], True)
    assert {one["code"]: one["size"] for one in listed["items"]}["border-communes"] == 16


async def test_odd_groups_are_refused(program):
    admin, commune = await program("admin"), await program("admin", unit="03158")

    async def wrong(**body: Any) -> tuple[int, str, str]:
        status, told = await make(admin, **body)
        return status, told["errors"][0]["field"], told["errors"][0]["code"]

    assert await wrong(code="x") == (422, "sites", "required")
    assert await wrong(code="X y", kinds=["ward"]) == (422, "code", "bad-form-of-text")
    assert await wrong(code="x", kinds=["village"]) == (422, "kinds.0", "not-a-choice")
    assert await wrong(code="x", sites=[999_999]) == (422, "sites", "sites-not-found")
    assert await wrong(code="all-wards", kinds=["ward"]) == (409, "code", "group-exists")
    assert (await make(commune, code="x", kinds=["ward"]))[0] == 403


async def test_group_is_kept_on_pages(client_for, conn):
    admin = await client_for("admin")
    form = {"code": "nhom-moi", "name": "Nhóm mới", "name_en": "", "below": "", "kinds": "ward"}

    wrong = await admin.post("/groups", data=form | {"code": "Nhóm mới"})
    right = await admin.post("/groups", data=form)
    page = await (await admin.get("/groups/nhom-moi")).text()
    again = await admin.post(
        "/groups/nhom-moi", data={"name": "Nhóm hai", "kinds": "commune", "version": "1"}
    )
    late = await admin.post("/groups/nhom-moi", data={"name": "Ba", "version": "1"})

    assert (wrong.status, right.status, again.status, late.status) == (422, 200, 200, 412)
    assert 'value="Nhóm mới"' in await wrong.text()
    assert 'value="ward" checked' in page
    kinds = await conn.fetchval("SELECT kinds FROM site_groups WHERE code = 'nhom-moi'")
    assert kinds == [UnitKind.COMMUNE.value]


async def test_halls_that_the_form_did_not_offer_stay_in_the_group(client_for, conn):
    admin = await client_for("admin")
    gone, stays, leaves = [
        (await a_site(conn, name)).id for name in ("Chà Tở", "Sín Thầu", "Mường Nhé")
    ]
    await make(admin, code="cum", sites=[gone, stays, leaves])
    await conn.execute(
        "UPDATE sites SET valid = daterange(lower(valid), date '2026-11-02') WHERE id = $1", gone
    )

    shown = await (await admin.get("/groups/cum")).text()
    fields = {"name": "Cụm", "version": "1", "sites": str(stays)}
    answer = await admin.post("/groups/cum", data=fields, allow_redirects=False)

    assert f'value="{gone}"' not in shown
    assert answer.status == 303
    assert (await get_group(conn, "cum")).sites == {gone, stays}
