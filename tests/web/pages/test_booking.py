"""Booking on the page: from the form to the conference, and what happens when halls are taken."""

from __future__ import annotations

import re
from datetime import timedelta

from meetings.directory.finding import sites_by_ids
from meetings.model import ConferenceId, SiteId
from meetings.scheduling.booking import begin
from meetings.scheduling.conferences import conference_by_id
from tests.web.pages.conftest import a_form, hidden_in

COUNT = "SELECT count(*) FROM conferences"
HOUR = "SELECT extract(hour FROM lower(period) AT TIME ZONE 'Asia/Ho_Chi_Minh') FROM conferences"
HALLS = "SELECT count(*) FROM invitations WHERE conference_id = $1"


async def book(client, **fields):
    return await client.post("/conferences/new", data=a_form(**fields), allow_redirects=False)


async def test_booking_leads_to_the_conference_with_all_halls(secretary, conn):
    answer = await book(secretary)

    place = answer.headers["Location"]
    number = int(re.findall(r"^/conferences/(\d+)\?said=booked$", place)[0])
    assert answer.status == 303
    assert await conn.fetchval(HALLS, number) in {45, 46}


async def test_booking_sent_twice_is_booked_once(secretary, conn):
    first = await book(secretary)
    second = await book(secretary)

    assert first.headers["Location"] == second.headers["Location"]
    assert await conn.fetchval(COUNT) == 1


async def test_form_names_every_wrong_field_and_loses_nothing(secretary, conn):
    answer = await book(secretary, title=" ", start="9 rưỡi", chair="Bí thư Tỉnh ủy")

    text = await answer.text()
    assert answer.status == 422
    assert re.findall(r'id="([a-z]+)-wrong"', text) == ["title", "start"]
    assert 'value="9 rưỡi"' in text
    assert 'value="Bí thư Tỉnh ủy"' in text
    assert 'value="all-communes" checked' in text
    assert await conn.fetchval(COUNT) == 0


async def test_form_tells_that_the_end_comes_before_the_start(secretary):
    answer = await book(secretary, start="10:00", end="9:00")

    text = await answer.text()
    assert re.findall(r'id="([a-z]+)-wrong"', text) == ["end"]
    assert "mời ông/bà đánh dấu “Kết thúc vào ngày hôm sau”" in text


async def test_conference_past_midnight_is_booked_changed_and_told_in_a_clash(secretary, conn):
    night = {"start": "22h", "end": "2h", "next_day": "1"}

    asked = await (await book(secretary, **night)).text()
    night["accepted"] = re.findall(r'name="accepted" value="([0-9a-f]+)"', asked)[0]
    place = (await book(secretary, **night)).headers["Location"].partition("?")[0]
    form = await (await secretary.get(f"{place}/change")).text()
    too_long = await book(secretary, start="8h", end="9h", next_day="1", key="k2")
    clash = await (await book(secretary, **night, key="k3")).text()
    words = {"title": "Trực bão", "version": "1", "key": "k4"}
    changed = await secretary.post(f"{place}/change", data=a_form(**night, **words))

    length = "SELECT title, upper(period) - lower(period) FROM conferences"
    assert tuple(await conn.fetchrow(length)) == ("Trực bão", timedelta(hours=4))
    ticked = r'id="next_day" name="next_day" value="1"( checked)?>'
    assert (re.findall(ticked, asked), re.findall(ticked, form)) == ([" checked"], [" checked"])
    assert re.findall(r'id="([a-z]+)-wrong"', await too_long.text()) == ["end"]
    assert "02/12/2099 · 22:00 – 02:00 hôm sau" in clash
    assert 'name="next_day" value="1"' in clash
    assert "22:00 02/12/2099 – 02:00 03/12/2099" in await changed.text()


async def test_clash_names_the_holder_and_offers_what_books(secretary, conn):
    await book(secretary)

    refused = await book(secretary, title="Tập huấn", start="9:00", end="10:00", key="k2")

    text = await refused.text()
    forms = re.findall(r'<form class="choice".*?</form>', text, re.DOTALL)
    assert refused.status == 409
    assert "Văn phòng UBND tỉnh" in text
    assert "08:00 – 10:30, 02/12" in text
    assert len(forms) == 3
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', forms[0])
    booked = await secretary.post("/conferences/new", data=fields, allow_redirects=False)
    assert booked.status == 303
    assert await conn.fetchval(COUNT) == 2


async def test_what_halls_need_between_two_conferences_is_told(secretary, conn):
    await conn.execute("UPDATE sites SET set_up_minutes = 15, tear_down_minutes = 30")
    await book(secretary)
    query = "date=02/12/2099&start=10h45&end=11h"

    refused = await book(secretary, key="k2", start="10h45", end="11:15")
    live = await (await secretary.get(f"/conferences/new/clashes?{query}")).json()

    text = await refused.text()
    assert "tháng 11) đã đặt, 08:00 – 10:30, 02/12; cần 45 phút chuẩn bị, thu dọn." in text
    assert "kể cả chuẩn bị, thu dọn: 07:45 – 11:00, 02/12" in text
    assert "02/12/2099 · 10:45 – 11:15" in text
    assert set(live["taken"].values()) == {
        "Văn phòng UBND tỉnh, 08:00 – 10:30, 02/12; kể cả chuẩn bị, thu dọn: 07:45 – 11:00, 02/12"
    }


async def test_a_black_out_is_told_in_a_sentence(secretary, conn):
    await conn.execute(
        "INSERT INTO black_outs (site_id, during, reason, created_by)"
        " SELECT id, '[2099-12-01 00:00+07, 2099-12-04 00:00+07)', 'Sửa hội trường', 'person:1'"
        " FROM sites"
    )

    refused = await book(secretary)

    text = await refused.text()
    assert refused.status == 409
    assert "đang tạm ngừng vào giờ đó" in text
    assert "tạm ngừng 01/12 – 03/12: Sửa hội trường." in text


async def test_way_back_from_a_clash_keeps_the_form(secretary):
    await book(secretary)
    text = await (await book(secretary, title="Tập huấn", key="k2")).text()
    form = text.rpartition("<form")[2]
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form)

    back = await secretary.post("/conferences/new", data=[*fields, ("edit", "1")])

    page = await back.text()
    assert 'value="Tập huấn"' in page
    assert 'value="all-communes" checked' in page


async def test_clashes_are_told_to_the_form_while_it_is_filled(secretary):
    await book(secretary)

    answer = await secretary.get("/conferences/new/clashes?date=02/12/2099&start=10h&end=11h")

    taken = (await answer.json())["taken"]
    assert set(taken.values()) == {"Văn phòng UBND tỉnh đến 10:30"}


async def test_change_moves_the_conference(secretary, conn):
    place = (await book(secretary)).headers["Location"].partition("?")[0]

    form = await (await secretary.get(f"{place}/change")).text()
    changed = await secretary.post(
        f"{place}/change",
        data=a_form(start="14h", end="15h", version="1", key="k3"),
        allow_redirects=False,
    )

    assert 'value="10:30"' in form
    assert changed.headers["Location"] == f"{place}?said=changed"
    hour = (
        "SELECT extract(hour FROM lower(period) AT TIME ZONE 'Asia/Ho_Chi_Minh') FROM conferences"
    )
    assert await conn.fetchval(hour) == 14


async def test_change_of_an_old_version_says_so_and_keeps_what_was_typed(secretary):
    place = (await book(secretary)).headers["Location"].partition("?")[0]
    mine = a_form(title="Tên tôi đặt", version="1", key="k5")
    await secretary.post(f"{place}/change", data=a_form(title="Tên khác", version="1", key="k4"))

    # A field that is wrong first: the form drawn again is still that of the first version.
    wrong = await secretary.post(f"{place}/change", data=mine | {"end": "x"})
    stale = await secretary.post(f"{place}/change", data=mine)
    text = await stale.text()
    again = mine | {"version": hidden_in(text)["version"], "key": "k6"}
    saved = await secretary.post(f"{place}/change", data=again, allow_redirects=False)

    assert (wrong.status, hidden_in(await wrong.text())["version"]) == (422, "1")
    assert (stale.status, 'value="Tên tôi đặt"' in text) == (412, True)
    assert "người khác đã sửa nội dung này" in text
    assert saved.headers["Location"] == f"{place}?said=changed"


async def test_what_is_live_is_not_moved_and_nothing_typed_is_lost(secretary, conn):
    place = (await book(secretary)).headers["Location"].partition("?")[0]
    number = ConferenceId(int(place.rpartition("/")[2]))
    before = await conference_by_id(conn, number)
    async with conn.transaction():
        await begin(conn, number, before.period.start)
    live = await conference_by_id(conn, number)
    form = await (await secretary.get(f"{place}/change")).text()

    answer = await secretary.post(
        f"{place}/change",
        data=a_form(title="Dời sang chiều", start="14h", end="16h", version=live.version, key="k3"),
    )

    text = await answer.text()
    assert (answer.status, re.findall('id="([a-z_]+)-wrong"', text)) == (422, ["start"])
    assert 'value="Dời sang chiều"' in text
    assert "không còn thay đổi" in text
    said = "Hội nghị đang họp: chỉ sửa được giờ kết thúc"
    assert [said in one for one in (form, text)] == [True, True]
    assert await conference_by_id(conn, number) == live


async def test_form_of_a_live_conference_holds_what_cannot_change(secretary, conn):
    place = (await book(secretary, groups=[], sites=["1", "2"])).headers["Location"]
    number = ConferenceId(int(re.findall(r"\d+", place)[0]))
    page = f"/conferences/{number}/change"
    before = await conference_by_id(conn, number)
    async with conn.transaction():
        await begin(conn, number, before.period.start)
    live = await conference_by_id(conn, number)
    moved = a_form(groups=[], sites=["3"], start="9h", end="11h", version=live.version, key="k3")

    shown = await (await secretary.get(page)).text()
    drawn = await (await secretary.post(page, data=moved)).text()
    kept = re.findall(r'name="(date|start)" type="text" value="([^"]*)"[^>]* readonly', drawn)
    sites = re.findall(r'type="(hidden|checkbox)" name="sites" value="([123])"', drawn)
    saved = await secretary.post(
        page,
        data=moved | dict(kept) | {"sites": [site for _, site in sites], "key": "k4"},
        allow_redirects=False,
    )

    assert [len(re.findall("readonly", one)) for one in (shown, drawn)] == [2, 2]
    assert [len(re.findall("<input type=.checkbox. disabled", one)) for one in (shown, drawn)] == [
        2,
        2,
    ]
    assert kept == [("date", "02/12/2099"), ("start", "08:00")]
    assert sites == [("hidden", "1"), ("hidden", "2"), ("checkbox", "3")]
    assert saved.headers["Location"] == f"/conferences/{number}?said=changed"
    after = await conference_by_id(conn, number)
    assert (after.period.start, len(after.sites)) == (before.period.start, 3)


async def test_cancelling_frees_the_halls(secretary, conn):
    place = (await book(secretary)).headers["Location"].partition("?")[0]

    answer = await secretary.post(f"{place}/cancel", data={"reason": "Hoãn", "version": "1"})

    form = await secretary.get(f"{place}/change")
    told = await form.text()
    assert "Đã hủy: Hoãn" in await answer.text()
    assert (form.status, 'id="booking"' in told) == (409, False)
    assert "Hội nghị đã hủy: nếu vẫn muốn họp" in told
    assert await conn.fetchval("SELECT count(*) FROM holds") == 0


async def test_hall_of_another_commune_learns_only_that_the_time_is_taken(client_for, bridge):
    secretary = await client_for("secretary")
    neighbour = await client_for("secretary", unit="03158")
    book_two = a_form(groups=[], sites=["1", "2"])
    place = (
        await secretary.post("/conferences/new", data=book_two, allow_redirects=False)
    ).headers["Location"]

    page = await neighbour.get(place)
    schedule = await neighbour.get("/conferences")

    assert page.status == 404
    assert "Đã có lịch" in await schedule.text()
    assert "giao ban trực tuyến" not in await schedule.text()


async def test_booking_asks_to_confirm_that_nothing_is_secret(secretary, conn):
    answer = await book(secretary, secrecy="")

    assert answer.status == 422
    assert re.findall(r'id="([a-z]+)-wrong"', await answer.text()) == ["secrecy"]
    assert await conn.fetchval(COUNT) == 0


async def test_secret_title_is_stopped_beside_its_field(secretary, conn):
    answer = await book(secretary, title="Kế hoạch diễn tập - Mật")

    text = await answer.text()
    assert answer.status == 422
    assert re.findall(r'id="([a-z]+)-wrong"', text) == ["title"]
    assert 'value="Kế hoạch diễn tập - Mật"' in text
    assert await conn.fetchval(COUNT) == 0


async def test_open_title_is_shown_to_everybody_without_its_page(client_for, secretary):
    data = a_form(groups=[], sites=["1", "2"], visibility="open")
    answer = await secretary.post("/conferences/new", data=data, allow_redirects=False)
    place = answer.headers["Location"].partition("?")[0]
    neighbour = await client_for("secretary", unit="03158")

    schedule = await (await neighbour.get("/conferences")).text()

    assert "Họp giao ban trực tuyến tháng 11" in schedule
    assert place not in schedule
    assert (await neighbour.get(place)).status == 404


async def test_change_keeps_the_words_of_the_conference(secretary):
    answer = await book(secretary, secretary="Phòng Tổng hợp", visibility="open")
    place = answer.headers["Location"].partition("?")[0]

    form = await (await secretary.get(f"{place}/change")).text()
    page = await (await secretary.get(place)).text()

    assert 'value="Phòng Tổng hợp"' in form
    assert '<option value="open" selected>' in form
    assert "Phòng Tổng hợp" in page


async def test_change_takes_back_who_keeps_the_minutes(secretary, conn):
    answer = await book(secretary, secretary="Phòng Tổng hợp")
    place = answer.headers["Location"].partition("?")[0]

    emptied = a_form(secretary="", version="1", key="k2")
    done = await secretary.post(f"{place}/change", data=emptied, allow_redirects=False)

    assert done.status == 303
    assert await conn.fetchval("SELECT secretary FROM conferences") == ""


async def test_warnings_are_asked_once_and_booked_all_the_same(secretary, conn):
    asked = await book(secretary, title="Họp gấp", start="11:00", end="13:45")

    text = await asked.text()
    assert asked.status == 422
    assert "Lấn vào giờ nghỉ trưa" in text
    assert "Vẫn đặt" in text
    assert 'value="Họp gấp"' in text
    assert await conn.fetchval(COUNT) == 0
    digest = re.findall(r'name="accepted" value="([0-9a-f]{32})"', text)[0]
    booked = await book(
        secretary, title="Họp gấp", start="11:00", end="13:45", accepted=digest, key="k2"
    )
    assert booked.status == 303
    assert await conn.fetchval("SELECT array_agg(rule) FROM conference_warnings") == [
        "crosses-lunch"
    ]


async def test_a_slip_of_the_year_is_asked_about(secretary, conn, slips_told):
    asked = await book(secretary, date="02/12/2099")
    text = await asked.text()
    [digest] = re.findall(r'name="accepted" value="([0-9a-f]{32})"', text)

    meant = await book(secretary, date="02/12/2099", accepted=digest, key="k2")

    assert (asked.status, meant.status) == (422, 303)
    assert "Thứ Tư, 02/12/2099 còn cách hôm nay" in text
    assert await conn.fetchval("SELECT array_agg(rule) FROM conference_warnings") == ["far-ahead"]


async def test_other_warnings_are_asked_again(secretary, conn):
    text = await (await book(secretary, start="11:00", end="13:45")).text()
    digest = re.findall(r'name="accepted" value="([0-9a-f]{32})"', text)[0]

    again = await book(secretary, start="5:00", end="6:00", accepted=digest, key="k2")

    assert again.status == 422
    assert "Ngoài giờ làm việc" in await again.text()
    assert await conn.fetchval(COUNT) == 0


async def test_short_seats_lead_to_who_uses_them_and_what_would_work(secretary, conn):
    await conn.execute("UPDATE seat_pools SET seats = 50")
    await book(secretary)
    other = {"main_site": "2", "sites": ["3", "4", "5", "6", "7"], "groups": []}

    refused = await book(secretary, key="k2", **other)

    text = await refused.text()
    assert refused.status == 409
    assert re.search(r"Văn phòng UBND tỉnh[^<]* dùng \d+ chỗ trên cầu, 08:00 – 10:30, 02/12", text)
    assert len(re.findall(r'<form class="choice"', text)) == 3


async def test_what_would_work_is_told_apart_however_the_time_was_typed(secretary, conn):
    sites = (
        "SELECT array_agg(id) FROM sites WHERE unit_id = (SELECT unit_id FROM sites WHERE id = 1)"
    )
    main, *_ = await conn.fetchval(sites)
    spare = "INSERT INTO sites (unit_id, name, name_key, folded, phone, valid)"
    spare += " SELECT unit_id, 'Phòng B', 'phong b', 'phong b', '', valid FROM sites WHERE id = $1"
    await conn.execute(spare, main)
    two = {"groups": [], "main_site": str(main), "sites": [str(main), "2", "3"]}
    await book(secretary, **two | {"sites": [str(main), "2"]})
    label = (await sites_by_ids(conn, [SiteId(2)]))[SiteId(2)].label

    refused = await book(secretary, key="k2", date="2/12/2099", start="8 giờ", **two)

    text = await refused.text()
    kinds = re.findall(r'<p class="q">([^<]+)</p><b>', text)
    assert kinds == ["Giờ khác trong ngày", "Ngày khác", "Ít điểm cầu hơn, cùng giờ"]
    assert f"<p>Không mời: {label}, " in text or f", {label}</p>" in text
    assert "<p>Điểm cầu chính: " in text
