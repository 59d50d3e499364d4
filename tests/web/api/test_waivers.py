"""Why an urgent conference is called at short notice: asked, kept, told, and given out again."""

from __future__ import annotations

from tests.web.api.conftest import a_body, booked
from tests.web.api.test_ledgers import CSV, bring

SOON = {"start": "2026-11-24T08:00:00+07:00", "end": "2026-11-24T10:00:00+07:00"}
WHY = "Ứng phó mưa lũ theo Công điện 12"


async def rules_against(client, sites, **said):
    body = a_body(sites, **SOON, **said)
    answer = await client.post("/api/v1/conferences", json=body)
    told = await answer.json()
    assert answer.status == 201, told
    address = f"/api/v1/conferences/{told['id']}"
    await client.delete(address, headers={"If-Match": "*"})
    return [one["rule"] for one in told["warnings"]]


async def test_reason_of_an_urgent_conference_waives_the_notice(program, sites):
    secretary = await program("secretary")

    assert await rules_against(secretary, sites) == ["short-notice"]
    assert await rules_against(secretary, sites, waiver=WHY) == ["short-notice"]
    assert await rules_against(secretary, sites, urgency="urgent", note=WHY) == ["short-notice"]
    assert await rules_against(secretary, sites, urgency="urgent", waiver=WHY) == []


async def test_copy_says_itself_why_it_is_late(program, sites):
    secretary = await program("secretary")
    held = await booked(secretary, sites, urgency="urgent", waiver=WHY)

    again = {"start": "2026-11-24T14:00:00+07:00"}
    copy = await secretary.post(f"/api/v1/conferences/{held['id']}/clone", json=again)

    told = await copy.json()
    assert (told["urgency"], told["waiver"]) == ("urgent", "")
    assert [one["rule"] for one in told["warnings"]] == ["short-notice"]


async def test_reason_is_told_with_its_history_and_carries_no_secret(program, sites):
    secretary = await program("secretary")
    held = await booked(secretary, sites, waiver=WHY)
    address = f"/api/v1/conferences/{held['id']}"

    changed = await secretary.patch(address, json={"waiver": "Khác"}, headers={"If-Match": "*"})
    secret = await secretary.patch(
        address, json={"waiver": "Theo văn bản tuyệt mật"}, headers={"If-Match": "*"}
    )

    items = (await (await secretary.get(f"{address}/history")).json())["items"]
    assert (held["waiver"], (await changed.json())["waiver"]) == (WHY, "Khác")
    assert items[-1]["changes"] == [{"field": "waiver", "before": WHY, "after": "Khác"}]
    assert (secret.status, (await secret.json())["errors"][0]["field"]) == (422, "waiver")


async def test_reason_goes_out_and_comes_in_by_a_file(program, sites):
    secretary = await program("secretary")
    await booked(secretary, sites, waiver=WHY)
    content = await (await secretary.get("/api/v1/export/conferences.csv")).text()
    head = "title,kind,sites,start,end,urgency,waiver\n"
    halls, times = f"#{sites[0]};#{sites[1]}", "24/11/2026 14:00,24/11/2026 15:00"
    row = f"Họp khẩn,briefing,{halls},{times},urgent,{WHY}\n"

    again = await bring(secretary, "conferences", content, media=CSV)
    status, told = await bring(secretary, "conferences", head + row)

    assert WHY in content
    assert (again[0], again[1]["unchanged"]) == (200, 1)
    assert (status, told["added"], told["differences"][0]["warnings"]) == (200, 1, [])


async def test_page_shows_the_reason(client_for, program, sites):
    held = await booked(await program("secretary"), sites, waiver=WHY)
    reader = await client_for("secretary")

    page = await (await reader.get(f"/conferences/{held['id']}")).text()
    form = await (await reader.get(f"/conferences/{held['id']}/change")).text()

    assert (WHY in page, "Lý do họp đột xuất" in page) == (True, True)
    assert f'name="waiver" type="text" value="{WHY}"' in form
