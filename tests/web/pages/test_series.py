"""Series on pages: choices on the booking form, the dates looked at first, put back, called off."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from meetings.approval.chains import Step
from meetings.model import Role
from meetings.series.watching import watch_skips
from meetings.store.chains import insert_chain
from tests.makers import a_conference, a_unit, some_sites
from tests.web.api.conftest import NOW
from tests.web.api.conftest import app as app  # noqa: PLC0414 - a fixture
from tests.web.api.conftest import bridge as bridge  # noqa: PLC0414 - a fixture
from tests.web.api.test_series import OFFICE


@pytest.fixture
async def form(conn, bridge):
    _ = bridge
    sites = await some_sites(conn, 3)
    return {
        "title": "Giao ban tuần",
        "kind": "briefing",
        "host": OFFICE,
        "main_site": str(sites[0]),
        "sites": [str(site) for site in sites],
        "date": "30/11/2026",
        "start": "8h",
        "end": "10h",
        "visibility": "internal",
        "urgency": "normal",
        "secrecy": "khong-mat",
        "repeat": "weekly",
        "repeat_count": "6",
        "on_holidays": "skip",
    }


async def test_dates_are_looked_at_before_they_are_booked(client_for, form, conn):
    secretary = await client_for("secretary", unit=OFFICE)
    await a_conference(conn, start=NOW.replace(month=12, day=7, hour=2), now=NOW)

    answer = await secretary.post("/series/new", data=form)

    text = await answer.text()
    assert answer.status == 200
    assert "5 buổi tổ chức được" in text
    assert "Điểm cầu đã có hội nghị khác" in text
    assert await conn.fetchval("SELECT count(*) FROM series") == 0


async def test_series_is_booked_shown_and_called_off(client_for, form, conn):
    secretary = await client_for("secretary", unit=OFFICE)

    booked = await secretary.post(
        "/series/new", data=form | {"book": "1", "key": "k1"}, allow_redirects=False
    )

    place = booked.headers["Location"]
    text = await (await secretary.get(place)).text()
    listed = await (await secretary.get("/series")).text()
    assert re.fullmatch(r"/series/\d+\?said=series-booked", place)
    assert ("6 buổi" in text, "Hằng tuần lúc 08:00" in text) == (True, True)
    assert "Giao ban tuần" in listed

    series = place.partition("?")[0]
    await secretary.post(f"{series}/cancel", data={"reason": "Mưa lũ", "key": "k2"})
    states = await conn.fetch("SELECT DISTINCT state FROM conferences")
    assert [row["state"] for row in states] == ["cancelled"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"repeat_count": ""}, "repeat_count"),
        ({"repeat_until": "31/02/2027"}, "repeat_until"),
        ({"repeat_until": "31/12/2099"}, "repeat_until"),
        ({"repeat": "custom", "rrule": "FREQ=SECONDLY;COUNT=2"}, "rrule"),
        ({"title": ""}, "title"),
        ({"title": "", "end": "x"}, "title"),
        ({"title": "", "repeat_count": ""}, "title"),
        ({"repeat_count": "", "start": "x"}, "repeat_count"),
    ],
)
async def test_wrong_choice_is_told_beside_its_field(client_for, form, typed, field):
    secretary = await client_for("secretary", unit=OFFICE)

    answer = await secretary.post("/series/new", data=form | typed)

    text = await answer.text()
    assert answer.status == 422
    assert f'id="{field}-wrong"' in text
    assert 'value="weekly" selected' in text or typed.get("repeat")


async def test_dates_are_booked_against_a_warning_only_when_that_was_seen(client_for, form, conn):
    secretary = await client_for("secretary", unit=OFFICE)
    late = form | {"start": "16h", "end": "17h30"}

    unseen = await secretary.post("/series/new", data=late | {"book": "1", "key": "k1"})
    text = await unseen.text()
    before = await conn.fetchval("SELECT count(*) FROM series")
    accepted = dict(re.findall(r'name="(accepted)" value="([0-9a-f]{32})"', text))
    booked = await secretary.post(
        "/series/new", data=late | accepted | {"book": "1", "key": "k1"}, allow_redirects=False
    )

    assert (unseen.status, before, booked.status) == (200, 0, 303)
    assert "Ngoài giờ làm việc của ngày đó" in text


@pytest.mark.parametrize("book", [{}, {"book": "1"}])
@pytest.mark.parametrize(
    ("typed", "field"),
    [({"chair_id": "999999"}, "chair_id"), ({"main_site": "99999", "sites": ["99999"]}, "sites")],
)
async def test_who_is_not_there_on_the_first_day_is_told_beside_the_field(
    client_for, form, typed, field, book
):
    secretary = await client_for("secretary", unit=OFFICE)

    answer = await secretary.post("/series/new", data=form | typed | book)

    text = await answer.text()
    assert answer.status == 422
    assert f'id="{field}-wrong"' in text
    assert 'value="Giao ban tuần"' in text


async def test_what_repeats_is_never_booked_once_by_the_other_button(client_for, form, conn):
    secretary = await client_for("secretary", unit=OFFICE)

    answer = await secretary.post("/conferences/new", data=form)

    assert (answer.status, answer.url.path) == (200, "/series/new")
    assert "6 buổi tổ chức được" in await answer.text()
    assert await conn.fetchval("SELECT count(*) FROM conferences") == 0


async def test_date_that_became_free_is_on_today_and_put_back(client_for, form, conn):
    secretary = await client_for("secretary", unit=OFFICE)
    rival = await a_conference(conn, start=NOW.replace(month=12, day=7, hour=2), now=NOW)
    booked = await secretary.post("/series/new", data=form | {"book": "1"}, allow_redirects=False)
    series = booked.headers["Location"].partition("?")[0]
    await conn.execute("DELETE FROM holds WHERE conference_id = $1", rival.id)
    await watch_skips(conn, NOW)

    today = await (await secretary.get("/")).text()
    page = await (await secretary.get(series)).text()
    unit = (await a_unit(conn)).id
    await insert_chain(conn, unit, None, [Step(role=Role.LEADER, unit=unit)])
    asked = await secretary.post(
        f"{series}/restore", data={"date": "2026-12-07"}, allow_redirects=False
    )
    waits = await (await secretary.get(series)).text()
    shown = await (await secretary.get(asked.headers["Location"])).text()
    place = asked.headers["Location"].partition("?")[0]
    settled = await (await secretary.post(f"{place}/withdraw")).text()
    await conn.execute("DELETE FROM approval_chains")
    await conn.execute(DAY_OFF)
    put = await secretary.post(f"{series}/restore", data={"date": "2026-12-07"})
    told = await put.text()
    left_out = await conn.fetchval("SELECT count(*) FROM series_skips")
    accepted = dict(re.findall(r'name="(accepted)" value="([0-9a-f]{32})"', told))
    await secretary.post(f"{series}/restore", data={"date": "2026-12-07"} | accepted)

    assert "1 buổi đã bỏ qua nay tổ chức được" in today
    assert "Nay đã trống" in page
    assert asked.headers["Location"].startswith("/submissions/")
    assert ("Đang chờ duyệt" in waits, f'action="{series}/restore"' in waits) == (True, False)
    assert ("Khôi phục một buổi của loạt họp" in shown, "07/12/2026" in shown) == (True, True)
    assert ["hết hiệu lực" in one for one in (shown, settled)] == [True, False]
    assert (put.status, left_out, "Ngày truyền thống" in told) == (409, 1, True)
    assert await conn.fetchval("SELECT count(*) FROM series_skips") == 0


DAY_OFF = """
    INSERT INTO calendar_days (day, kind, name)
    VALUES ('2026-12-07', 'holiday', 'Ngày truyền thống')
"""


async def dates_of(client, form, conn):
    """Book the series and return its conferences in order."""
    await client.post("/series/new", data=form | {"book": "1"}, allow_redirects=False)
    rows = await conn.fetch("SELECT id, version FROM conferences ORDER BY occurrence")
    return [(row["id"], row["version"]) for row in rows]


@pytest.mark.parametrize(
    ("scope", "moved"),
    [
        ("one", [False, False, True, False, False, False]),
        ("following", [False, False, True, True, True, True]),
        ("all", [True] * 6),
    ],
)
async def test_change_of_one_date_reaches_the_dates_that_were_chosen(
    client_for, form, conn, scope, moved
):
    secretary = await client_for("secretary", unit=OFFICE)
    identity, version = (await dates_of(secretary, form, conn))[2]
    typed = form | {"title": "Giao ban", "date": "14/12/2026", "start": "9h", "end": "11h"}

    place, sent = f"/conferences/{identity}/change", {"scope": scope, "version": str(version)}
    answer = await secretary.post(place, data=typed | sent, allow_redirects=False)
    if scope != "one":
        seen = await answer.text()
        assert (f"{sum(moved) - 1} buổi dời" in seen, "Buổi ông/bà đang sửa" in seen) == (
            True,
            True,
        )
        assert await conn.fetchval("SELECT max(version) FROM conferences") == 1
        answer = await secretary.post(place, data=sent_all(seen), allow_redirects=False)

    rows = await conn.fetch("SELECT title, lower(period) AS at FROM conferences ORDER BY period")
    assert answer.status == 303
    assert [row["title"] == "Giao ban" for row in rows] == moved
    assert [row["at"].hour == 2 for row in rows] == moved


async def test_several_dates_are_not_moved_to_one_day(client_for, form, conn):
    secretary = await client_for("secretary", unit=OFFICE)
    identity, version = (await dates_of(secretary, form, conn))[2]

    answer = await secretary.post(
        f"/conferences/{identity}/change",
        data=form | {"date": "15/12/2026", "scope": "all", "version": str(version)},
    )

    text = await answer.text()
    assert (answer.status, 'id="date-wrong"' in text) == (422, True)
    assert 'value="all" selected' in text
    assert await conn.fetchval("SELECT max(version) FROM conferences") == version


@pytest.mark.parametrize(("scope", "left"), [("one", 5), ("following", 2), ("all", 0)])
async def test_cancelling_a_date_reaches_the_dates_that_were_chosen(
    client_for, form, conn, scope, left
):
    secretary = await client_for("secretary", unit=OFFICE)
    identity, version = (await dates_of(secretary, form, conn))[2]

    page = await (await secretary.get(f"/conferences/{identity}")).text()
    await secretary.post(
        f"/conferences/{identity}/cancel",
        data={"reason": "Mưa lũ", "scope": scope, "version": str(version)},
    )

    count = "SELECT count(*) FROM conferences WHERE state = 'confirmed'"
    assert re.search(r'href="/series/\d+">Tất cả các buổi của loạt', page)
    assert await conn.fetchval(count) == left


HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
A_CHANGE = {
    "since": "",
    "title": "Giao ban tuần",
    "chair": "",
    "secretary": "",
    "visibility": "internal",
    "urgency": "normal",
    "host": OFFICE,
    "start": "8h",
    "end": "10h",
    "on_holidays": "skip",
    "version": "1",
}


def sent_all(page: str) -> list[tuple[str, str]]:
    """Return what the button of a preview sends, of a name more than once too."""
    found = HIDDEN.findall(page[page.rindex("<form") :])
    return [*((name, unescape(value)) for name, value in found), ("confirm", "1")]


def sent_on(page: str) -> dict[str, str]:
    """Return what the button of a preview sends."""
    form = page[page.rindex("<form") :]
    return {name: unescape(value) for name, value in HIDDEN.findall(form)} | {"confirm": "1"}


async def test_the_rule_of_a_series_is_changed_on_its_page(client_for, form, conn):
    secretary = await client_for("secretary", unit=OFFICE)
    booked = await secretary.post(
        "/series/new", data=form | {"book": "1", "key": "k1"}, allow_redirects=False
    )
    place = booked.headers["Location"].partition("?")[0]
    shown = await (await secretary.get(place)).text()
    page = await (await secretary.get(f"{place}/change")).text()
    fields = A_CHANGE | {
        "since": "2026-12-14",
        "end": "9h30",
        "repeat": "weekly",
        "repeat_count": "3",
        "key": "k2",
    }

    wrong = await secretary.post(f"{place}/change", data=fields | {"first_day": "32/12/2026"})
    looked = await secretary.post(f"{place}/change", data=fields | {"first_day": "15/12/2026"})
    shown_first = await looked.text()
    untouched = await conn.fetchval("SELECT count(*) FROM conferences WHERE version > 1")
    done = await secretary.post(f"{place}/change", data=sent_on(shown_first), allow_redirects=False)

    late = fields | {"title": "Tên tôi đặt", "first_day": "15/12/2026", "key": "k3"}
    stale = await secretary.post(f"{place}/change", data=late)
    text = await stale.text()

    assert f'href="{place}/change"' in shown
    assert "Từ ngày nào" in page
    assert (stale.status, 'value="Tên tôi đặt"' in text) == (412, True)
    assert ('name="version" value="2"' in text, "người khác đã sửa" in text) == (True, True)
    assert (wrong.status, 'id="first_day-wrong"' in await wrong.text()) == (422, True)
    assert (looked.status, untouched) == (200, 0)
    assert ("3 buổi dời sang thời gian mới" in shown_first) is True
    assert ("1 buổi bị hủy" in shown_first, "buổi mới" in shown_first) == (True, False)
    assert done.headers["Location"].endswith("?said=series-changed")
    rows = await conn.fetch(
        "SELECT occurrence, upper(period) - lower(period) AS length FROM conferences"
        " WHERE series_id IS NOT NULL ORDER BY occurrence"
    )
    days = [f"{row['occurrence']:%d/%m}" for row in rows]
    assert days == ["30/11", "07/12", "15/12", "22/12", "29/12"]
    assert [int(row["length"].total_seconds()) // 60 for row in rows] == [120, 120, 90, 90, 90]


async def test_what_a_change_of_time_comes_to_is_seen_and_agreed_to_first(client_for, form, conn):
    secretary = await client_for("secretary", unit=OFFICE)
    booked = await secretary.post("/series/new", data=form | {"book": "1"}, allow_redirects=False)
    place = f"{booked.headers['Location'].partition('?')[0]}/change"
    await a_conference(conn, start=NOW.replace(month=12, day=7, hour=7), now=NOW)
    typed = A_CHANGE | {"start": "14h", "end": "16h", "title": "Giao ban <chiều>"}

    looked = await (await secretary.post(place, data=typed)).text()
    await a_conference(conn, start=NOW.replace(month=12, day=14, hour=7), now=NOW)
    again = await secretary.post(place, data=sent_on(looked), allow_redirects=False)
    told = await again.text()
    edited = await (await secretary.post(place, data=sent_on(told) | {"edit": "1"})).text()
    before = await conn.fetchval("SELECT max(version) FROM conferences WHERE series_id IS NOT NULL")
    done = await secretary.post(place, data=sent_on(told), allow_redirects=False)

    assert ("5 buổi dời" in looked, "1 buổi bị bỏ qua" in looked) == (True, True)
    assert ("Điểm cầu đã có hội nghị khác" in looked, "1 buổi bị hủy" in looked) == (True, True)
    assert (again.status, "Đề nghị xem lại" in told, "4 buổi dời" in told) == (200, True, True)
    assert 'value="Giao ban &lt;chiều&gt;"' in edited
    assert (before, done.status) == (1, 303)
    rows = await conn.fetch("SELECT title FROM conferences WHERE series_id IS NOT NULL")
    assert [row["title"] for row in rows] == ["Giao ban <chiều>"] * 4


async def test_what_speaks_against_other_and_new_dates_is_seen_first_and_kept(
    client_for, form, conn
):
    secretary = await client_for("secretary", unit=OFFICE)
    booked = await secretary.post("/series/new", data=form | {"book": "1"}, allow_redirects=False)
    place = f"{booked.headers['Location'].partition('?')[0]}/change"
    again = {"repeat": "weekly", "first_day": "30/11/2026", "repeat_count": "8"}
    typed = A_CHANGE | again | {"start": "11h", "end": "12h30"}

    looked = await (await secretary.post(place, data=typed)).text()
    await conn.execute("UPDATE office_seasons SET lunch_ends = '12:45'")
    other = await (await secretary.post(place, data=sent_on(looked))).text()
    done = await secretary.post(place, data=sent_on(other), allow_redirects=False)

    assert looked.count("giờ nghỉ trưa") == 8
    assert ("Đề nghị xem lại" in other, done.status) == (True, 303)
    kept = "SELECT count(*), min(version), max(version) FROM conference_warnings WHERE rule = $1"
    assert tuple(await conn.fetchrow(kept, "crosses-lunch")) == (8, 1, 2)


async def test_series_past_midnight_is_changed_where_the_next_day_is_ticked(client_for, form, conn):
    secretary = await client_for("secretary", unit=OFFICE)
    booked = await secretary.post("/series/new", data=form | {"book": "1"}, allow_redirects=False)
    place = f"{booked.headers['Location'].partition('?')[0]}/change"
    typed = A_CHANGE | {"start": "22h", "end": "1h"}

    unreadable = await (await secretary.post(place, data=typed | {"start": "x", "end": "y"})).text()
    same_day = await (await secretary.post(place, data=typed)).text()
    looked = await (await secretary.post(place, data=typed | {"next_day": "1"})).text()
    done = await secretary.post(place, data=sent_on(looked), allow_redirects=False)
    after = await (await secretary.get(place)).text()

    assert re.findall(r'id="([a-z]+)-wrong"', unreadable) == ["start", "end"]
    assert re.findall(r'id="([a-z]+)-wrong"', same_day) == ["end"]
    assert "mời ông/bà đánh dấu" in same_day
    assert "22:00 – 01:00 hôm sau" in looked
    assert done.status == 303
    assert 'name="next_day" value="1" checked' in after
    lengths = "SELECT DISTINCT upper(period) - lower(period) FROM conferences"
    assert await conn.fetchval(lengths) == timedelta(hours=3)


ONE_AT_MOST = """
    INSERT INTO booking_policies (unit_id, most_open)
    SELECT id, 1 FROM units WHERE code = '03158' AND upper_inf(valid)
"""


async def test_words_are_changed_without_looking_and_what_cannot_be_held_is_told(
    client_for, form, conn
):
    secretary = await client_for("secretary", unit=OFFICE)
    booked = await secretary.post("/series/new", data=form | {"book": "1"}, allow_redirects=False)
    place = f"{booked.headers['Location'].partition('?')[0]}/change"

    words = A_CHANGE | {"chair": "Phó Chủ tịch"}
    named = await secretary.post(place, data=words, allow_redirects=False)
    late = words | {"version": "2", "repeat": "weekly", "repeat_count": "1"}
    nothing = await secretary.post(place, data=late | {"first_day": "01/01/2027"})

    await conn.execute(ONE_AT_MOST)
    other = words | {"version": "2", "host": "03158"}
    crowded = await (await (await client_for("admin")).post(place, data=other)).text()

    assert ('id="host-wrong"' in crowded, "tối đa được 1 cuộc" in crowded) == (True, True)
    assert named.status == 303
    assert (nothing.status, 'id="repeat-wrong"' in await nothing.text()) == (422, True)
    assert await conn.fetchval("SELECT count(*) FROM conferences WHERE version = 2") == 6


async def test_a_series_under_a_chain_is_asked_for_as_one_request(client_for, form, conn):
    secretary = await client_for("secretary", unit=OFFICE)
    unit = (await a_unit(conn)).id
    await insert_chain(conn, unit, None, [Step(role=Role.LEADER, unit=unit)])

    looked = await (await secretary.post("/series/new", data=form)).text()
    asked = await secretary.post(
        "/series/new", data=form | {"book": "1", "key": "k1"}, allow_redirects=False
    )
    place = asked.headers["Location"].partition("?")[0]
    text = await (await secretary.get(place)).text()

    assert "Đề nghị duyệt 6 buổi" in looked
    assert re.fullmatch(r"/submissions/\d+", place)
    assert ("Hằng tuần lúc 08:00" in text, "6 buổi" in text) == (True, True)
    assert await conn.fetchval("SELECT count(*) FROM series") == 0


async def test_change_form_of_a_series_says_beforehand_that_others_must_agree(
    client_for, form, conn
):
    secretary = await client_for("secretary", unit=OFFICE)
    booked = await secretary.post("/series/new", data=form | {"book": "1"}, allow_redirects=False)
    page = f"{booked.headers['Location'].partition('?')[0]}/change"
    free = await (await secretary.get(page)).text()
    unit = (await a_unit(conn)).id
    await insert_chain(conn, unit, None, [Step(role=Role.LEADER, unit=unit)])

    bound = await (await secretary.get(page)).text()

    assert ["thay đổi được gửi duyệt" in text for text in (free, bound)] == [False, True]


async def test_other_halls_for_many_dates_are_seen_first_and_what_was_changed_by_hand_stays(
    client_for, form, conn
):
    secretary = await client_for("secretary", unit=OFFICE)
    dates = await dates_of(secretary, form, conn)
    fewer, by_hand = form["sites"][:2], form["sites"][::2]
    days = ["30/11/2026", "07/12/2026", "14/12/2026"]
    typed = [form | {"date": day, "version": "1"} for day in days]
    places = [f"/conferences/{number}/change" for number, _ in dates]
    await secretary.post(places[1], data=typed[1] | {"sites": by_hand, "scope": "one"})

    wanted = typed[2] | {"sites": fewer, "scope": "all"}
    looked = await (await secretary.post(places[2], data=wanted)).text()
    before = await conn.fetchval(HELD_BY, int(form["sites"][2]))
    done = await secretary.post(places[2], data=sent_all(looked), allow_redirects=False)

    assert [
        words in looked
        for words in (
            "Buổi ông/bà đang sửa",
            "4 buổi giữ nguyên giờ và thay đổi",
            "1 buổi giữ điểm cầu hoặc người dự riêng",
        )
    ] == [True] * 3
    assert (before, done.status) == (6, 303)
    assert await conn.fetchval(HELD_BY, int(form["sites"][2])) == 1
    assert await conn.fetchval(KEPT_WITH, sorted(map(int, fewer))) == 5


async def test_dates_that_move_and_take_other_halls_tell_of_both(client_for, form, conn):
    secretary = await client_for("secretary", unit=OFFICE)
    dates = await dates_of(secretary, form, conn)
    change = f"/conferences/{dates[2][0]}/change"
    typed = form | {"date": "14/12/2026", "version": "1", "scope": "all"}
    sites = form["sites"][:2]

    wanted = typed | {"start": "14h", "end": "16h", "sites": sites}
    looked = await (await secretary.post(change, data=wanted)).text()

    moved = looked.partition('id="moved1"')[2].partition("</section>")[0]
    heads = ("5 buổi dời", "Bớt điểm cầu: ", "đường dẫn và phòng họp;", "phòng họp và điểm cầu;")
    assert [words in moved for words in heads] == [True, True, True, False]


KEPT_WITH = "SELECT count(*) FROM conference_versions WHERE version = 2 AND site_ids = $1"
HELD_BY = "SELECT count(*) FROM holds WHERE site_id = $1"


async def test_who_must_agree_to_a_change_of_a_series_sees_what_becomes_of_its_dates(
    client_for, form, conn
):
    secretary, leader = await client_for("secretary", unit=OFFICE), await client_for("leader")
    dates = await dates_of(secretary, form, conn)
    unit = (await a_unit(conn, "11")).id
    await insert_chain(conn, unit, None, [Step(role=Role.LEADER, unit=unit)])
    change = f"/conferences/{dates[2][0]}/change"
    typed = form | {"date": "14/12/2026", "version": "1", "scope": "all"}

    async def submitted(**what):
        looked = await (await secretary.post(change, data=typed | what)).text()
        done = await secretary.post(change, data=sent_all(looked), allow_redirects=False)
        place = done.headers["Location"].partition("?")[0]
        return looked, place, await (await leader.get(place)).text()

    halls, _, seen_halls = await submitted(sites=form["sites"][:2])
    times, place, seen_times = await submitted(start="14h", end="16h")
    await a_conference(conn, sites=[int(form["sites"][1])], start=AT_TWO, now=NOW)
    clashing = await (await leader.get(place)).text()

    assert ["thay đổi được trình trong một đề nghị" in page for page in (halls, times)] == [
        True,
        True,
    ]
    assert ["Buổi được sửa" in page for page in (seen_halls, seen_times)] == [True, True]
    assert "5 buổi giữ nguyên giờ và thay đổi" in seen_halls
    assert ["5 buổi dời" in seen_times, "không phải ngày làm việc" in seen_times] == [True, False]
    assert "chưa thực hiện được" in clashing
    assert "đã đặt, 14:00 – 16:00, 07/12" in clashing


AT_TWO = NOW.replace(month=12, day=7, hour=7)


async def test_last_yes_to_a_change_of_a_series_asks_about_what_was_not_shown(
    client_for, form, conn
):
    secretary, leader = await client_for("secretary", unit=OFFICE), await client_for("leader")
    await secretary.post("/series/new", data=form | {"book": "1"}, allow_redirects=False)
    unit = (await a_unit(conn, "11")).id
    await insert_chain(conn, unit, None, [Step(role=Role.LEADER, unit=unit)])
    number = await conn.fetchval("SELECT id FROM series")
    typed = A_CHANGE | {"start": "14h", "end": "16h"}
    looked = await (await secretary.post(f"/series/{number}/change", data=typed)).text()
    done = await secretary.post(
        f"/series/{number}/change", data=sent_on(looked), allow_redirects=False
    )
    place = done.headers["Location"].partition("?")[0]

    shown = await (await leader.get(place)).text()
    await conn.execute(DAY_OFF)
    asked = await leader.post(f"{place}/approve", data=sent_by(shown, f"{place}/approve"))
    told = await asked.text()
    waits = await conn.fetchval("SELECT state FROM submissions")
    again = await (await leader.get(place)).text()
    approved = await leader.post(
        f"{place}/approve", data=sent_by(again, f"{place}/approve"), allow_redirects=False
    )

    assert (asked.status, waits, approved.status) == (409, "waiting", 303)
    assert ["Ngày truyền thống" in text for text in (shown, told, again)] == [False, True, True]
    kept = "SELECT count(*) FROM conference_warnings WHERE rule = 'day-off'"
    assert await conn.fetchval(kept) == 1


def sent_by(page: str, address: str) -> dict[str, str]:
    """Return the hidden fields of the form that goes to an address."""
    start = page.index(f'action="{address}"')
    return dict(HIDDEN.findall(page[start : page.index("</form>", start)]))


async def test_whether_room_systems_are_called_is_booked_and_changed_for_all_dates(
    client_for, form, conn
):
    secretary = await client_for("secretary", unit=OFFICE)
    await conn.execute(
        "UPDATE sites SET gateway = 'sip:a@gw.vn' WHERE id = $1", int(form["sites"][0])
    )
    fields = form | {"book": "1", "key": "k1", "call_systems": "yes"}
    booked = await secretary.post("/series/new", data=fields, allow_redirects=False)
    place = booked.headers["Location"].partition("?")[0]
    page = await (await secretary.get(f"{place}/change")).text()

    async def kept() -> list[bool]:
        return [row[0] for row in await conn.fetch("SELECT DISTINCT call_systems FROM conferences")]

    found = [await kept()]
    for version, said in enumerate(({"title": "Tên mới"}, {"call_systems": "no"}), start=1):
        sent = A_CHANGE | {"title": "Tên mới", "version": str(version), "key": f"c{version}"} | said
        looked = await (await secretary.post(f"{place}/change", data=sent)).text()
        await secretary.post(f"{place}/change", data=sent_on(looked))
        found.append(await kept())

    assert re.findall(r'<option value="(yes|no)" selected>', page) == ["yes"]
    assert found == [[True], [True], [False]]
    assert await conn.fetchval("SELECT call_systems FROM series") is False
