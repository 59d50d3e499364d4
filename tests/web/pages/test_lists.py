"""Every page that stands by itself, as people see it."""

from __future__ import annotations

import re
from asyncio import gather
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import chain

import pytest
from yarl import URL

from meetings.audit import record
from meetings.errors import LastAdmin
from meetings.model import PersonId, Role, State
from meetings.people.grants import person_by_id
from meetings.scheduling.booking import cancel
from meetings.store.people import count_admins
from tests.makers import MONDAY_EIGHT, a_conference, a_person, a_site
from tests.web.pages.test_rows import (
    a_chain,
    a_correction,
    a_deputy,
    a_policy,
    a_poll,
    a_rule,
    a_template,
    a_waiting_draft,
    an_offer,
)
from web.database import transaction
from web.directory.people import lock_out

PAGES = (
    "/",
    "/conferences",
    "/conferences?when=past",
    "/conferences/new",
    "/schedule/day",
    "/schedule/week",
    "/schedule/month",
    "/schedule/leaders",
    "/schedule/weekly",
    "/schedule/halls",
    "/schedule/halls?span=week",
    "/sites",
    "/sites?q=muong+nhe",
    "/sites?group=all-communes",
    "/sites/1",
    "/board",
    "/report",
    "/bridges",
    "/people",
    "/audit",
)


@pytest.mark.parametrize("path", PAGES)
async def test_page_is_shown_to_an_administrator(client_for, path):
    admin = await client_for("admin")

    answer = await admin.get(path)

    text = await answer.text()
    assert (answer.status, text.count("<h1")) == (200, 1), text


@pytest.mark.parametrize("path", PAGES)
async def test_page_is_shown_in_english(client_for, path):
    admin = await client_for("admin")

    answer = await admin.get(path, headers={"Accept-Language": "en"}, cookies={"lang": "en"})

    assert '<html lang="en">' in await answer.text()


SEARCHES = ("/conferences?q=", "/officials?q=", "/sites?q=", "/units?q=", "/audit?subject=")


@pytest.mark.parametrize("path", [*SEARCHES, "/schedule/halls?q=", "/schedule/weekly?leader="])
async def test_search_for_what_no_text_holds_finds_nothing_wrong(client_for, path):
    admin = await client_for("admin")

    answer = await admin.get(URL(f"{path}%00", encoded=True))

    assert answer.status == 200


async def test_people_are_searched_and_shown_page_by_page(client_for, conn, monkeypatch):
    monkeypatch.setattr("web.pages.people.people.PAGE", 2)
    admin = await client_for("admin")
    for number, name in enumerate(("Lò Văn Đức", "Vàng A Dế")):
        await a_person(conn, Role.SECRETARY, login=f"p{number}", name=name)

    async def shown(address: str) -> tuple[list[str], list[str]]:
        text = await (await admin.get(address)).text()
        found = re.findall(r'<th scope="row">([^<]*)', text)
        return found, re.findall(r'class="pages"><a href="([^"]*)"', text)

    first, [more] = await shown("/people")
    rest, end = await shown(more)

    assert (len(first), len(rest), end) == (2, 1, [])
    assert [one for one in first + rest if "admin" not in one] == ["Vàng A Dế", "Lò Văn Đức"]
    assert await shown("/people?q=van+duc") == (["Lò Văn Đức"], [])
    assert "Không có ai tên như vậy." in await (await admin.get("/people?q=khong")).text()


async def test_links_are_made_for_all_who_have_no_password(client_for, conn):
    admin = await client_for("admin")
    await conn.execute("UPDATE people SET password_hash = 'x'")
    for number, name in enumerate(("Lò Văn Đức", "Vàng A Dế")):
        await a_person(conn, Role.SECRETARY, login=f"p{number}", name=name)

    waiting = await (await admin.get("/people?waiting=yes&path=x")).text()
    shown = await (await admin.post("/people/links?waiting=yes")).text()
    links = re.findall(r'value="[^"]*(/welcome/[^"]+)"', shown)
    alone = await (await admin.post("/people/links?waiting=yes&q=van+duc")).text()

    assert re.findall(r'<th scope="row">([^<]*)', waiting) == ["Vàng A Dế", "Lò Văn Đức"]
    assert ("Chưa có mật khẩu" in waiting, "2 người trên trang này" in waiting) == (True, True)
    assert [(await admin.get(one)).status for one in links] == [200, 410]
    assert alone.count("/welcome/") == 1


async def test_the_last_who_administers_everything_is_not_locked_out(client_for, conn):
    admin = await client_for("admin")
    last = await a_person(conn, Role.ADMIN, login="quan-tri")
    await conn.execute("UPDATE people SET password_hash = 'x' WHERE id = $1", last.id)

    answer = await admin.post(f"/people/{last.id}/deactivate")

    assert (answer.status, (await person_by_id(conn, last.id)).active) == (409, True)
    assert "Sẽ không còn ai quản trị toàn hệ thống" in await answer.text()


async def test_of_two_who_lock_each_other_out_at_once_one_stays(conn, pool, directory):
    both = [await a_person(conn, Role.ADMIN, login=f"quan-tri-{one}") for one in range(2)]
    await conn.execute("UPDATE people SET password_hash = 'x'")

    async def out(person: PersonId) -> None:
        async with transaction(pool) as mine:
            await lock_out(mine, person, by="program:test")

    told = await gather(*(out(one.id) for one in both), return_exceptions=True)

    assert sorted(map(type, told), key=repr) == [type(None), LastAdmin]
    assert await count_admins(conn) == 1


async def test_a_hall_lists_no_conference_that_is_cancelled(client_for, conn):
    admin, site = await client_for("admin"), await a_site(conn, "Sín Thầu")
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=30)
    for title, state in (("Họp hoãn", State.CANCELLED), ("Họp còn", State.CONFIRMED)):
        await a_conference(conn, sites=[site.id], start=soon, title=title, state=state)

    hall = await (await admin.get(f"/sites/{site.id}")).text()

    assert [title in hall for title in ("Họp hoãn", "Họp còn")] == [False, True]


async def test_audit_names_people_by_name(client_for, conn):
    admin = await client_for("admin")
    doer = await a_person(conn, Role.SECRETARY, "11.vpubnd")
    held = await a_conference(conn)
    by = f"person:{doer.id}"
    await cancel(conn, held.id, reason="Hoãn", version=None, by=by, now=datetime.now(UTC))

    text = await (await admin.get(f"/audit?subject=conference:{held.id}")).text()

    assert (f"<td>{doer.name}</td>" in text, f"<td>{by}</td>" in text) == (True, False)


async def test_audit_says_in_words_what_was_overridden(client_for, conn):
    admin = await client_for("admin")
    noon = MONDAY_EIGHT + timedelta(hours=3)
    held = await a_conference(conn, start=noon)

    text = await (await admin.get(f"/audit?subject=conference:{held.id}")).text()

    told = re.findall("<small>(.*?)</small>", text)
    assert told == ["Điểm cầu: 3; Vẫn đặt dù đã nhắc: lấn giờ nghỉ trưa, đặt muộn"]


async def test_audit_says_in_words_who_was_given_what(client_for, conn):
    admin = await client_for("admin")
    given = await a_person(conn, Role.SECRETARY, "11.vpubnd")
    site = await a_site(conn, "Sín Thầu")
    detail = {"login": given.login, "grants": [f"secretary/{given.unit_id}"], "site": site.id}
    await record(
        conn,
        actor="program:serve",
        action="person.add",
        subject=f"person:{given.id}",
        unit=given.unit_id,
        detail=detail,
    )

    text = await (await admin.get(f"/audit?subject=person:{given.id}")).text()

    assert f">Người dùng {given.name}</a>" in text
    login = f"Tên đăng nhập: {given.login}"
    roles = "Vai trò: Thư ký · Văn phòng UBND tỉnh"
    told = re.findall("<small>(.*?)</small>", text)
    assert told[0] == f"Điểm cầu: {site.name}; {login}; {roles}"


async def test_audit_tells_what_was_and_what_is_by_the_clock_of_the_province(client_for, conn):
    admin = await client_for("admin")
    held = await a_conference(conn)
    ends = [MONDAY_EIGHT, MONDAY_EIGHT + timedelta(hours=2)]
    later = [one + timedelta(days=1) for one in ends]
    await record(
        conn,
        actor="program:serve",
        action="conference.amend",
        subject=f"conference:{held.id}",
        unit=held.host,
        detail={
            "title": ["Giao ban", "Tổng kết"],
            "period": [[one.isoformat() for one in each] for each in (ends, later)],
            "at": MONDAY_EIGHT.isoformat(),
            "reason": "2026-13-32T25:00:00Z",
        },
    )

    text = await (await admin.get(f"/audit?subject=conference:{held.id}")).text()

    told = re.findall("<small>(.*?)</small>", text)[0].split("; ")
    assert sorted(told) == [
        "Lúc: 08:00 30/11/2026",
        "Lý do: 2026-13-32T25:00:00Z",
        "Thời gian: 08:00 – 10:00, 30/11 → 08:00 – 10:00, 01/12",
        "Tên hội nghị: Giao ban → Tổng kết",
    ]


@pytest.mark.parametrize(
    ("path", "page", "row", "pattern"),
    [
        ("/templates", "booking.copying", a_template, r'<h2 id="t-(\d+)">'),
        ("/polls", "conference.daypolls", a_poll, r'<a href="/polls/(\d+)">'),
        ("/series", "series.series", a_rule, r'<a href="/series/(\d+)">'),
        ("/approvals", "approval.turns", an_offer, r'<a href="/conferences/(\d+)">'),
        (
            "/approvals?drafts=999999",
            "approval.turns",
            a_waiting_draft,
            r'action="/waiting/(\d+)/leave"',
        ),
        (
            "/corrections",
            "directory.corrections",
            a_correction,
            r'action="/corrections/(\d+)/refuse"',
        ),
        ("/approval-chains", "approval.chains", a_chain, r'action="/approval-chains/(\d+)/remove"'),
        ("/deputies", "approval.deputies", a_deputy, r'action="/deputies/(\d+)/end"'),
        ("/policies", "directory.policies", a_policy, r'<a href="/policies\?unit=(\d+)">'),
    ],
)
async def test_lists_go_on_page_by_page_to_the_last_row(
    client_for, conn, bridge, keyring, monkeypatch, path, page, row, pattern
):
    monkeypatch.setattr(f"web.pages.{page}.PAGE", 2)
    admin = await client_for("admin")
    for number in range(5):
        await row(conn, number, keyring)

    found, address = [], path
    while address:
        text = await (await admin.get(address)).text()
        found.append(re.findall(pattern, text))
        address = unescape("".join(re.findall(r'class="pages"><a href="([^"]*)"', text)))

    assert ([len(one) for one in found], len(set(chain(*found)))) == ([2, 2, 1], 5)


async def test_today_leads_to_every_hand_over_where_it_names_not_all(client_for, conn, bridge):
    admin = await client_for("admin")
    told = []
    for number in range(5):
        await an_offer(conn, number, None)
        told.append("/approvals#offers" in await (await admin.get("/")).text())

    assert told == [False] * 4 + [True]


async def test_approvals_do_not_say_that_nothing_waits_where_a_hand_over_does(
    client_for, conn, bridge
):
    admin, told = await client_for("admin"), []
    for number in range(2):
        page = await (await admin.get("/approvals")).text()
        told.append(("Không có việc nào đang chờ" in page, "Có đề nghị bàn giao chờ" in page))
        await an_offer(conn, number, None)

    assert told == [(True, False), (False, True)]
