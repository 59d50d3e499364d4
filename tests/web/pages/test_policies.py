"""The page of booking rules: what is in force, what is typed, and two editors at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from tests.makers import a_conference, a_site

KEPT = "SELECT horizon_days, most_open, set_up_minutes, version FROM booking_policies"
EMPTY = dict.fromkeys(
    ("horizon_days", "most_open", "invite_lead_days", "set_up_minutes", "tear_down_minutes"), ""
)


def form(**typed):
    return {**EMPTY, "unit": "11.vpubnd", "version": "0"} | typed


async def test_rules_are_kept_and_shown_below(client_for, conn):
    admin = await client_for("admin")

    kept = await admin.post(
        "/policies",
        data=form(unit="11", horizon_days="60", most_open="0", set_up_minutes=" 15 "),
        allow_redirects=False,
    )

    text = await (await admin.get("/policies?unit=11.vpubnd")).text()
    assert kept.headers["Location"] == "/policies?unit=11&said=policy-kept"
    assert [tuple(row) for row in await conn.fetch(KEPT)] == [(60, 0, 15, 1)]
    assert re.findall(r'id="horizon_days-hint">([^<]+)<', text) == [
        "Để trống: 60, theo quy định của Tỉnh Điện Biên"
    ]
    assert re.findall(r'id="invite_lead_days-hint">([^<]+)<', text) == ["Để trống: 3, như mặc định"]
    assert 'href="/policies?unit=11"' in text


async def test_what_a_change_of_buffers_left_behind_is_listed(client_for, conn):
    admin = await client_for("admin")
    halls = [(await a_site(conn, name)).id for name in ("Sín Thầu", "Mường Nhé")]
    first = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    for start, title in ((first, "Họp trước"), (first + timedelta(hours=2), "Họp sau")):
        await a_conference(conn, sites=halls, start=start, title=title)
    before = await (await admin.get("/policies?unit=11")).text()

    await admin.post("/policies", data=form(unit="11", set_up_minutes="30"))

    after = await (await admin.get("/policies?unit=11")).text()
    elsewhere = await (await admin.get("/policies?unit=11.vpubnd")).text()
    assert "Vẫn giữ như cũ" not in before + elsewhere
    [(left, where)] = re.findall(
        r"<li><span>([^<]+)<(?:details|span class=\"q\")>((?:[^<]|</?a|<summary)*)", after
    )
    assert "(Họp sau), " in left
    names = re.findall(r'href="/sites/(\d+)#booking-terms">', where)
    assert names == [str(one) for one in reversed(halls)]


async def test_wrong_numbers_are_named_and_nothing_typed_is_lost(client_for, conn):
    admin = await client_for("admin")

    answer = await admin.post("/policies", data=form(horizon_days="sáu", most_open="99999"))

    text = await answer.text()
    assert answer.status == 422
    assert re.findall(r'id="([a-z_]+)-wrong"', text) == ["horizon_days", "most_open"]
    assert ('value="sáu"' in text, 'value="99999"' in text) == (True, True)
    assert await conn.fetch(KEPT) == []


async def test_the_second_of_two_editors_is_told(client_for, conn):
    admin = await client_for("admin")
    await admin.post("/policies", data=form(horizon_days="60"))

    late = await admin.post("/policies", data=form(horizon_days="90"))

    text = await late.text()
    assert late.status == 422
    assert "Bản ghi vừa được người khác thay đổi" in text
    assert 'value="90"' in text
    assert [row["horizon_days"] for row in await conn.fetch(KEPT)] == [60]


async def test_an_admin_of_a_commune_sees_their_own_unit_only(client_for):
    admin = await client_for("admin", unit="03158")

    own, other = await admin.get("/policies"), await admin.get("/policies?unit=11")
    refused = await admin.post("/policies", data=form(unit="11"))

    assert (own.status, other.status, refused.status) == (200, 404, 403)


async def test_limit_too_wide_is_named_beside_a_number_that_is_none(client_for, conn):
    above, own = await client_for("admin"), await client_for("admin", unit="11.vpubnd")
    await above.post("/policies", data=form(unit="11", horizon_days="60", most_open="5"))

    answer = await own.post(
        "/policies", data=form(horizon_days="90", most_open="", set_up_minutes="mười")
    )

    text = await answer.text()
    assert answer.status == 422
    assert re.findall(r'id="([a-z_]+)-wrong"', text) == ["horizon_days", "set_up_minutes"]
    assert ('value="90"' in text, 'value="mười"' in text) == (True, True)
    assert [tuple(row) for row in await conn.fetch(KEPT)] == [(60, 5, None, 1)]
