"""The pages of asking and answering: a draft, its request, and the one primary action."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html import unescape

import pytest

from meetings.approval.asking import request
from meetings.approval.chains import Step
from meetings.directory.officials import list_officials
from meetings.model import Role
from meetings.scheduling.waiting import offer_freed
from meetings.store.chains import insert_chain
from tests.makers import a_conference, a_site, a_unit, a_wish
from tests.web.pages.conftest import FIELD, a_form, hidden_in

DAY_OFF = """
    INSERT INTO calendar_days (day, kind, name)
    VALUES ('2099-12-02', 'holiday', 'Ngày truyền thống')
"""


@pytest.fixture
async def chain(conn, bridge):
    _ = bridge
    unit = (await a_unit(conn)).id
    await insert_chain(conn, unit, None, [Step(role=Role.LEADER, unit=unit)])


async def sent(client, address, **fields):
    answer = await client.post(address, data=fields, allow_redirects=False)
    assert answer.status == 303, await answer.text()
    return answer.headers["Location"]


async def text_of(client, address):
    answer = await client.get(address)
    assert answer.status == 200
    return await answer.text()


async def test_draft_is_kept_sent_off_and_approved(secretary, client_for, chain):
    leader = await client_for("leader")
    place = await sent(secretary, "/conferences/new", **a_form(**{"as": "draft"}))
    page = re.sub(r"\?.*", "", place)

    assert place.endswith("said=drafted")
    assert "Gửi duyệt" in await text_of(secretary, page)
    assert (await sent(secretary, f"{page}/submit", version="1")).endswith("said=asked")
    waits = await text_of(secretary, page)
    assert "Đang chờ Lãnh đạo · " in waits
    assert f'action="{page}/approve"' not in waits
    assert page in await text_of(leader, "/approvals")
    assert "Trả lời yêu cầu họp" in await text_of(leader, "/")
    assert f'action="{page}/approve"' in await text_of(leader, page)
    assert (await sent(leader, f"{page}/approve", version="2")).endswith("said=approved")
    assert f"{page}/links" in await text_of(secretary, page)
    assert page not in await text_of(leader, "/approvals")


async def test_last_approval_asks_about_what_came_up_since_it_was_shown(
    secretary, client_for, chain, conn
):
    leader = await client_for("leader")
    page = re.sub(r"\?.*", "", await sent(secretary, "/conferences/new", **a_form()))
    shown = await text_of(leader, page)
    start = shown.index(f'action="{page}/approve"')
    seen = hidden_in(shown[start : shown.index("</form>", start)])
    await conn.execute(DAY_OFF)

    asked = await leader.post(f"{page}/approve", data=seen)
    told = await asked.text()
    state = await conn.fetchval("SELECT state FROM conferences")
    again = await text_of(leader, page)
    accepted = dict(re.findall(r'name="(accepted)" value="([0-9a-f]{32})"', told))
    done = await sent(leader, f"{page}/approve", **seen | accepted)

    assert (asked.status, state) == (409, "requested")
    assert ["Ngày truyền thống" in text for text in (shown, told, again)] == [False, True, True]
    assert ("Vẫn duyệt" in told, f'value="{accepted["accepted"]}"' in again) == (True, True)
    assert done.endswith("said=approved")
    kept = "SELECT count(*) FROM conference_warnings WHERE rule = 'day-off'"
    assert await conn.fetchval(kept) == 1


async def test_lists_go_on_on_the_next_page(client_for, conn, bridge, monkeypatch):
    monkeypatch.setattr("web.pages.approval.turns.PAGE", 1)
    leader, asked = await client_for("leader"), []
    for number in range(3):
        start = datetime(2099, 3, 2 + number, 2, tzinfo=UTC)
        wish = await a_wish(conn, start=start)
        made = await request(conn, wish, steps=(), bridge="", by="test", now=datetime.now(UTC))
        asked.append(f'"/conferences/{made.id}"')

    page, seen = "/approvals", []
    while page:
        text = await text_of(leader, page)
        seen.append([one for one in asked if one in text])
        assert "3 yêu cầu" in text
        more = re.search(r'class="pages"><a href="([^"]*)"', text)
        page = more[1].replace("&amp;", "&") if more else ""

    assert seen == [[one] for one in asked]


async def test_refusal_without_a_reason_is_asked_for_again(secretary, client_for, chain):
    leader = await client_for("leader")
    page = re.sub(r"\?.*", "", await sent(secretary, "/conferences/new", **a_form()))

    empty = await sent(leader, f"{page}/refuse", version="1", reason="")
    said = await sent(leader, f"{page}/refuse", version="1", reason="Trùng lịch")

    assert (empty, said) == (f"{page}?said=reason-needed", f"{page}?said=refused")
    assert "Không duyệt: Trùng lịch" in await text_of(secretary, page)


async def test_approval_of_taken_halls_shows_who_holds_them(secretary, client_for, bridge):
    page = re.sub(
        r"\?.*", "", await sent(secretary, "/conferences/new", **a_form(**{"as": "request"}))
    )
    await sent(secretary, "/conferences/new", **a_form(key="k2", title="Họp khác"))
    changes = {}

    for role in ("admin", "leader"):
        client = await client_for(role)
        answer = await client.post(f"{page}/approve", data={"version": "1"})
        told = await answer.text()
        assert (answer.status, "Họp khác" in told) == (409, True)
        pressed = await client.post(f"{page}/change", data=a_form(version="1", start="x"))
        changes[role] = (f'action="{page}/change"' in told, pressed.status)

    # Who may press it is shown it, and nobody else.
    assert changes == {"admin": (True, 422), "leader": (False, 403)}


async def test_who_only_agrees_is_shown_no_change_to_press(secretary, client_for, conn, bridge):
    office, department = await a_unit(conn, "11.vpubnd"), await a_unit(conn, "11.stc")
    await insert_chain(conn, office.id, None, [Step(role=Role.LEADER, unit=department.id)])
    leader = await client_for("leader", unit="11.stc")
    wish = a_form(groups=[], sites=["8"])
    page = re.sub(r"\?.*", "", await sent(secretary, "/conferences/new", **wish))
    await a_conference(conn, sites=[8], start=datetime(2099, 12, 2, 1, tzinfo=UTC))

    answer = await leader.post(f"{page}/approve", data={"version": "1"})

    told = await answer.text()
    assert (answer.status, "Ai đang giữ" in told) == (409, True)
    assert f"{page}/change" not in told
    assert f'href="{page}"' in told


async def test_admin_sets_and_removes_a_chain(client_for, bridge):
    admin = await client_for("admin")
    form = {"unit": "11", "kind": "training", "role1": "leader", "over1": "11"}

    place = await sent(admin, "/approval-chains", **form)
    twice = await admin.post("/approval-chains", data=form)
    shown = await text_of(admin, "/approval-chains")
    number = re.search(r"/approval-chains/(\d+)/remove", shown)

    assert place.endswith("said=chain-added")
    assert twice.status == 422
    assert "Đơn vị đã có quy trình duyệt" in await twice.text()
    assert "Lãnh đạo · " in shown
    assert number
    await sent(admin, number[0], version="1")
    assert "/remove" not in await text_of(admin, "/approval-chains")


async def test_approver_sees_who_gives_way_before_the_halls_are_taken(
    secretary, client_for, bridge
):
    leader = await client_for("leader")
    held = re.sub(r"\?.*", "", await sent(secretary, "/conferences/new", **a_form(title="Cũ")))
    fields = a_form(key="k2", title="Hỏa tốc", urgency="flash", **{"as": "request"})
    page = re.sub(r"\?.*", "", await sent(secretary, "/conferences/new", **fields))

    shown = await text_of(leader, page)
    digest = re.search(r'name="digest" value="([0-9a-f]{32})"', shown)

    assert "1 cuộc họp sẽ phải nhường lịch" in shown
    assert digest
    old = await sent(leader, f"{page}/approve", version="1", digest="0" * 32)
    assert old.endswith("said=look-again")
    done = await sent(leader, f"{page}/approve", version="1", digest=digest[1])
    assert done.endswith("said=approved")
    assert "Chưa giữ chỗ điểm cầu nào" in await text_of(secretary, held)


async def test_who_gave_way_is_told_to_whom_and_what_is_free(secretary, client_for, bridge):
    leader, commune = await client_for("leader"), await client_for("secretary", unit="03158")
    held = re.sub(r"\?.*", "", await sent(secretary, "/conferences/new", **a_form(title="Cũ")))
    fields = a_form(key="k2", title="Hỏa tốc", urgency="flash", groups=["all-wards"])
    place = await sent(secretary, "/conferences/new", **fields, **{"as": "request"})
    page = re.sub(r"\?.*", "", place)
    digest = hidden_in(await text_of(leader, page))["digest"]
    await sent(leader, f"{page}/approve", version="1", digest=digest)

    told, elsewhere = await text_of(secretary, held), await text_of(commune, held)
    today = [await text_of(one, "/") for one in (secretary, commune)]
    offered = re.findall(r'<form class="choice".*?</form>', told, re.DOTALL)
    pressed = [(name, unescape(value)) for name, value in FIELD.findall(offered[0])]
    asked = await secretary.post(f"{held}/change", data=pressed, allow_redirects=False)
    again = [await text_of(secretary, page) for page in (held, "/")]

    assert ["Hội nghị đã phải nhường lịch (" in one for one in (told, elsewhere)] == [True, True]
    # What took the halls is named only to who may know it; another commune reads holder and period.
    assert [" (Hỏa tốc), Thứ" in one for one in (told, elsewhere)] == [True, False]
    assert ["Phương án còn trống" in one for one in (told, elsewhere)] == [True, False]
    assert ["1 hội nghị đã phải nhường lịch" in one for one in today] == [True, False]
    # One press asks for another time; what then waits is an ordinary request.
    assert asked.headers["Location"] == f"{held}?said=changed"
    assert len([name for name, _ in pressed if name == "sites"]) > 40
    assert ["phải nhường lịch" in one for one in again] == [False, False]


async def test_clash_page_puts_on_the_list_and_today_offers_it(secretary, conn, bridge):
    held = re.sub(r"\?.*", "", await sent(secretary, "/conferences/new", **a_form()))
    clash = await secretary.post("/conferences/new", data=a_form(key="k2", title="Chờ chỗ"))
    shown = await clash.text()
    assert 'formaction="/waiting"' in shown

    fields = a_form(key=hidden_in(shown)["key"], title="Chờ chỗ")
    place = await sent(secretary, "/waiting", **fields)
    assert place.endswith("said=waiting")
    assert await sent(secretary, "/waiting", **fields) == place
    listed = await text_of(secretary, "/approvals")
    number = place.removeprefix("/conferences/").partition("?")[0]
    assert "Thôi chờ" in listed
    assert listed.count(f'href="/conferences/{number}"') == 1
    await sent(secretary, f"{held}/cancel", version="1", reason="hoãn")
    async with conn.transaction():
        await offer_freed(conn, datetime.now(UTC))
    offered = re.search(r'action="(/waiting/\d+/book)"', await text_of(secretary, "/"))

    assert offered
    await conn.execute(DAY_OFF)
    asked = await (await secretary.post(offered[1])).text()
    accepted = re.findall(r'name="(accepted)" value="([0-9a-f]{32})"', asked)
    assert "không phải ngày làm việc: Ngày truyền thống." in asked
    assert (await sent(secretary, offered[1], **dict(accepted))).endswith("said=booked")


async def test_history_says_in_words_what_changed(secretary, bridge, conn):
    page = re.sub(r"\?.*", "", await sent(secretary, "/conferences/new", **a_form()))
    later = a_form(title="Họp dời giờ", start="9h", version="1", key="k9", groups=["all-wards"])
    later["chair_id"] = ""
    official = (await list_officials(conn, on=date(2099, 12, 2)))[1]
    more = {"delegates": str(official.id), "secretary": "Lò Văn A", "visibility": "open"}
    await sent(secretary, f"{page}/change", **later, **more)
    await sent(secretary, f"{page}/change", **later | {"version": "2", "key": "k10"})

    shown = await text_of(secretary, f"{page}/history")
    english = await text_of(secretary, f"{page}/history?lang=en")

    assert "3 phiên bản" in shown
    assert [
        words in shown
        for words in (
            f"Thêm đại biểu: {official.label}",
            f"Bớt đại biểu: {official.label}",
            "Thư ký: – → Lò Văn A",
            "Chỉ người có liên quan (nội bộ) → Mọi người đã đăng nhập (công khai)",
        )
    ] == [True] * 4
    assert f"Delegates added: {official.label}" in english
    assert "Họp giao ban trực tuyến tháng 11 → Họp dời giờ" in shown
    assert "08:00" in shown
    assert "Bớt điểm cầu: " in shown


async def test_the_form_of_a_hand_over_says_what_is_wrong(secretary, bridge):
    page = re.sub(r"\?.*", "", await sent(secretary, "/conferences/new", **a_form()))

    assert "Từ nay ai phụ trách" in await text_of(secretary, f"{page}/hand-over")
    wrong = await secretary.post(
        f"{page}/hand-over", data={"version": "1", "host": "11", "owner": "99999"}
    )

    assert wrong.status == 422


async def test_drafts_of_others_are_not_listed_where_their_halls_are_invited(
    secretary, client_for, conn
):
    site = await a_site(conn, "Sín Thầu")
    commune = await client_for("secretary", unit=site.unit_code)
    fields = a_form(title="Còn bàn kín", **{"as": "draft"})
    page = re.sub(r"\?.*", "", await sent(secretary, "/conferences/new", **fields))

    assert f'href="{page}"' in await text_of(secretary, "/approvals")
    assert f'href="{page}"' not in await text_of(commune, "/approvals")


async def test_change_form_says_beforehand_that_others_must_agree(secretary, conn, bridge):
    asks = "thay đổi được gửi duyệt"
    held = re.sub(r"\?.*", "", await sent(secretary, "/conferences/new", **a_form()))
    free = await text_of(secretary, f"{held}/change")
    unit = (await a_unit(conn)).id
    await insert_chain(conn, unit, None, [Step(role=Role.LEADER, unit=unit)])
    fields = a_form(key="k2", start="14h", end="15h")
    asked = re.sub(r"\?.*", "", await sent(secretary, "/conferences/new", **fields))

    bound = await text_of(secretary, f"{held}/change")
    wrong = await secretary.post(f"{held}/change", data=fields | {"key": "k3", "title": ""})
    still = await text_of(secretary, f"{asked}/change")

    assert [asks in text for text in (free, bound, await wrong.text(), still)] == [
        False,
        True,
        True,
        False,
    ]
