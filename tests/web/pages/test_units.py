"""The pages of the directory: as of any day, and reforms with what stands in their way."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from meetings.scheduling.policies import change_policy
from tests.makers import MONDAY_EIGHT, a_conference, a_site, a_unit, some_sites


async def text(client, path: str) -> str:
    answer = await client.get(path)
    assert answer.status == 200, path
    return str(await answer.text())


async def test_units_are_shown_as_of_a_day(client_for):
    leader = await client_for("leader")

    now, then = await text(leader, "/units"), await text(leader, "/units?on=30/06/2025")

    assert ("Phường Him Lam" in now, "Phường Him Lam" in then) == (False, True)
    assert "/units/03127?on=2025-06-30" in then


async def test_day_that_cannot_be_read_is_explained(client_for):
    leader = await client_for("leader")

    answer = await leader.get("/units?on=hôm qua")

    assert answer.status == 422
    assert 'value="hôm qua"' in await answer.text()


async def test_defaults_are_offered_for_the_unit_that_has_the_code_today(client_for):
    admin = await client_for("admin")

    now, then = [await text(admin, f"/units/03127{on}") for on in ("", "?on=30/06/2025")]

    assert ["/units/03127/defaults" in page for page in (now, then)] == [True, False]


async def test_unit_page_names_predecessors_and_halls(client_for):
    leader = await client_for("leader")

    page = await text(leader, "/units/03127")

    assert "Phường Him Lam" in page
    assert "/units/03127?on=2025-06-30" in page or "/units/03130" in page


async def test_reform_on_a_page_says_what_is_in_the_way(client_for, conn, bridge):
    admin = await client_for("admin")
    site = await a_site(conn, "Sín Thầu")
    other = next(one for one in await some_sites(conn, 2) if one != site.id)
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=400)
    held = await a_conference(conn, sites=[other, site.id], start=start)
    day = (start - timedelta(days=20)).strftime("%d/%m/%Y")

    answer = await admin.post("/units/03158/close", data={"from": day})

    assert answer.status == 409
    assert f"/conferences/{held.id}" in await answer.text()


async def test_form_of_a_reform_comes_back_with_what_was_typed(client_for):
    admin = await client_for("admin")

    answer = await admin.post(
        "/units/03158/rename", data={"name": "A Pa Chải", "from": "ngày mai", "kind": ""}
    )

    page = await answer.text()
    assert answer.status == 422
    assert 'value="A Pa Chải"' in page
    assert 'value="ngày mai"' in page
    assert 'id="rename-from-wrong"' in page


async def test_unit_is_renamed_on_the_page(client_for):
    admin = await client_for("admin")

    answer = await admin.post(
        "/units/03158/rename", data={"name": "A Pa Chải", "from": "01/01/2026", "kind": ""}
    )

    assert answer.status == 200
    assert "Xã A Pa Chải" in await answer.text()


async def test_merger_says_what_the_units_say_differently_before_it_is_done(client_for, conn):
    admin = await client_for("admin")
    ids = {}
    for code, days in (("03158", 30), ("03160", 60)):
        unit = await a_unit(conn, code)
        ids[code] = unit.id
        await change_policy(
            conn, unit.id, {"horizon_days": days}, version=0, by="test", now=MONDAY_EIGHT
        )
    form = {"from": "01/01/2027", "into": "03160", "new_name": "", "new_kind": ""}

    looked = await admin.post("/units/03158/merge", data=form)

    page = await looked.text()
    assert looked.status == 200
    assert "Đơn vị tiếp tục giữ quy định của mình." in page
    assert await conn.fetchval("SELECT count(*) FROM audit WHERE action = 'unit.merge'") == 0
    again = await admin.post("/units/03158/merge", data=hidden_in(page) | {"edit": "1"})
    assert 'name="into" type="text" value="03160"' in await again.text()
    done = await admin.post(
        "/units/03158/merge", data=hidden_in(page) | {"sure": "1"}, allow_redirects=False
    )
    assert (done.status, done.headers["Location"]) == (303, "/units/03160?said=unit-merge")
    [detail] = await conn.fetchrow("SELECT detail FROM audit WHERE action = 'unit.merge'")
    assert detail["unsettled"] == ["policy.horizon_days"]


def hidden_in(page: str) -> dict[str, str]:
    inputs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return dict(inputs)


async def test_who_may_not_reform_is_not_asked(client_for):
    leader = await client_for("leader")

    assert "/units/03158/close" not in await text(leader, "/units/03158")


async def test_contact_is_written_down_on_the_page_and_shown_at_the_hall(client_for, conn):
    admin = await client_for("admin")
    form = {"contact_name": "Cán bộ trực", "duty": "on-call", "phone": "0215 111", "email": ""}

    wrong = await admin.post("/units/03158/contacts", data=form | {"email": "không phải thư"})
    right = await admin.post("/units/03158/contacts", data=form)

    assert (wrong.status, right.status) == (422, 200)
    assert 'value="không phải thư"' in await wrong.text()
    assert "0215 111" in await right.text()
    site = await a_site(conn, "Sín Thầu")
    assert "0215 111" in await text(admin, f"/sites/{site.id}")


async def test_heading_counts_all_halls_on_every_page(client_for, conn):
    leader = await client_for("leader")
    last = (await some_sites(conn, 45))[-2]

    pages = [
        await text(leader, f"/sites?group=all-communes{more}")
        for more in ("", f"&after={last}", "&q=muong")
    ]

    assert [re.findall(r"<h1>(.*?)</h1>", page) for page in pages[:2]] == [["45 điểm cầu"]] * 2
    rows = [page.count('<th scope="row">') for page in pages]
    assert (rows[:2], f"<h1>{rows[2]} điểm cầu</h1>" in pages[2]) == ([45, 1], True)
