"""Corrections: proposed by the commune, approved above it, never over somebody else's change."""

from __future__ import annotations

from typing import Any

from meetings.audit import list_audit
from meetings.directory.finding import site_by_id
from meetings.model import Role
from tests.makers import a_person, a_site, a_unit

MAILS = "SELECT recipient, payload->>'subject' AS subject FROM outbox ORDER BY id"


async def propose(client, site: int, **fields: Any) -> tuple[int, Any]:
    body = {"kind": "site", "record": site, "reason": "Số cũ đã thôi dùng", **fields}
    answer = await client.post("/api/v1/corrections", json=body)
    return answer.status, await answer.json()


async def decide(client, number: int, what: str, **body: Any) -> tuple[int, Any]:
    url = f"/api/v1/corrections/{number}/{what}"
    answer = await client.post(url, json=body) if body else await client.post(url)
    return answer.status, await answer.json()


async def test_correction_is_proposed_approved_and_told(program, client_for, conn):
    province = await program("admin")
    decider = await a_person(conn, Role.ADMIN, "11", login="admin.tinh")
    await conn.execute("UPDATE people SET email = 'tinh@example' WHERE id = $1", decider.id)
    commune = await client_for("secretary", unit="03158")
    await conn.execute("UPDATE people SET email = 'xa@example' WHERE login LIKE 'secretary%'")
    site = await a_site(conn, "Sín Thầu")

    status, made = await propose(commune, site.id, phone="0215 333")
    mine = await decide(commune, made["id"], "approve")
    before = (await site_by_id(conn, site.id)).phone
    done = await decide(province, made["id"], "approve")

    assert (status, made["state"], made["before"], made["after"]) == (
        201,
        "open",
        {"phone": site.phone},
        {"phone": "0215 333"},
    )
    assert (mine[0], before) == (403, site.phone)
    assert (done[0], done[1]["state"]) == (200, "applied")
    assert (await site_by_id(conn, site.id)).phone == "0215 333"
    assert [tuple(row) for row in await conn.fetch(MAILS)] == [
        ("tinh@example", "Xã Sín Thầu: một đề nghị chỉnh sửa chờ quyết định"),
        ("xa@example", "Xã Sín Thầu: đề nghị chỉnh sửa được chấp thuận"),
    ]
    entries = await list_audit(conn, subject=f"correction:{made['id']}")
    assert [one.action for one in entries] == ["correction.approve", "correction.propose"]
    assert (await decide(province, made["id"], "approve"))[0] == 409


async def test_everybody_who_may_decide_is_told_however_many_people_there_are(program, conn):
    crowd = """
        INSERT INTO people (login, name, name_key, unit_id)
        SELECT 'p' || n, 'A', 'a', $1 FROM generate_series(1, 501) AS n
    """
    await conn.execute(crowd, (await a_unit(conn)).id)
    decider = await a_person(conn, Role.ADMIN, "11", login="admin.tinh", name="Ỷ")
    await conn.execute("UPDATE people SET email = 'tinh@example' WHERE id = $1", decider.id)
    commune = await program("secretary", unit="03158")

    await propose(commune, (await a_site(conn, "Sín Thầu")).id, phone="0215 333")

    assert [row["recipient"] for row in await conn.fetch(MAILS)] == ["tinh@example"]


async def test_correction_of_a_record_changed_meanwhile_is_refused(program, conn):
    province, commune = await program("admin"), await program("secretary", unit="03158")
    site = await a_site(conn, "Sín Thầu")
    _, made = await propose(commune, site.id, phone="0215 333")
    await conn.execute("UPDATE sites SET phone = '0215 999' WHERE id = $1", site.id)

    status, told = await decide(province, made["id"], "approve")

    assert (status, told["code"]) == (409, "stale-correction")
    assert (await site_by_id(conn, site.id)).phone == "0215 999"
    listed = await (await province.get("/api/v1/corrections?state=open")).json()
    assert [one["id"] for one in listed["items"]] == [made["id"]]
    assert (await decide(province, made["id"], "refuse", remark="Đã sửa"))[0] == 200


async def test_commune_proposes_about_its_own_records_only(program, conn):
    commune, other = await program("secretary", unit="03158"), await program("admin", unit="03160")
    site, strange = await a_site(conn, "Sín Thầu"), await a_site(conn, "Mường Nhé")
    _, made = await propose(commune, site.id, name="Hội trường lớn")

    assert (await propose(commune, strange.id, phone="0215 1"))[0] == 403
    assert (await propose(commune, 999_999, phone="0215 1"))[0] == 404
    assert (await decide(other, made["id"], "approve"))[0] == 403
    assert (await (await other.get("/api/v1/corrections")).json())["items"] == []


async def test_odd_corrections_are_refused(program, conn):
    commune = await program("secretary", unit="03158")
    site = await a_site(conn, "Sín Thầu")

    async def wrong(**fields: Any) -> list[tuple[str, str]]:
        status, told = await propose(commune, site.id, **fields)
        assert status == 422
        return [(one["field"], one["code"]) for one in told["errors"]]

    assert await wrong(phone="=1") == [("phone", "bad-form-of-text")]
    assert await wrong(email="a@b.example") == [("email", "unknown-field")]
    assert await wrong(name=site.name) == [("record", "nothing-to-correct")]
    assert await wrong(reason="", phone="1") == [("reason", "required")]


async def test_correction_goes_over_pages(client_for, conn):
    commune, province = await client_for("secretary", unit="03158"), await client_for("admin")
    site = await a_site(conn, "Sín Thầu")
    form = {"kind": "site", "record": str(site.id), "name": site.name, "reason": "Sai số"}

    shown = await commune.get(f"/corrections/new?kind=site&record={site.id}")
    wrong = await commune.post("/corrections", data=form | {"phone": "không"})
    right = await commune.post("/corrections", data=form | {"phone": "0215 444"})
    number = await conn.fetchval("SELECT id FROM corrections")
    page = await (await province.get("/corrections")).text()
    done = await province.post(f"/corrections/{number}/approve")
    again = await province.post(f"/corrections/{number}/approve")

    assert (shown.status, wrong.status, right.status) == (200, 422, 200)
    assert f"/corrections/{number}/approve" in page
    assert (done.status, again.status) == (200, 409)
    assert (await site_by_id(conn, site.id)).phone == "0215 444"
    assert (await commune.get("/corrections/new?kind=site&record=x")).status == 404
