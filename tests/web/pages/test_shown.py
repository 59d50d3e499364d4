"""What a page shows only the first of says so, and what it says of the rest is so."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

from meetings.model import State
from meetings.office.workdays import day_period
from monitoring.watching import record
from tests.makers import MONDAY_EIGHT, a_conference, a_site
from tests.monitoring.makers import MINUTE, NOON, a_device, a_result, only_target
from tests.web.pages.test_rows import a_change_that_waits, a_request
from web.formats import local_day
from web.pages.halls import site as site_page
from web.pages.halls import sitehistory
from web.pages.home import mine, today, todo
from web.pages.views import calendar, entries, hallgrid, spans


async def page_of(client, path: str) -> str:
    answer = await client.get(path, cookies={"lang": "en"})
    assert answer.status == 200
    return str(await answer.text())


def line_of(page: str) -> str:
    return page.partition('id="l-line"')[2].partition("</section>")[0]


async def test_today_says_that_it_shows_the_first_of_the_day(client_for, conn, bridge, monkeypatch):
    monkeypatch.setattr(today, "MOST", 2)
    secretary = await client_for("secretary")
    midnight = day_period(local_day(datetime.now(UTC))).end
    for number in range(3):
        start = midnight - timedelta(hours=2 * (number + 1))
        await a_conference(conn, start=start, title=f"Họp {number}")

    cut = line_of(await page_of(secretary, "/"))
    monkeypatch.setattr(today, "MOST", 3)
    whole = line_of(await page_of(secretary, "/"))

    assert ("Only the first 2 are shown" in cut, "Họp 0" in cut) == (True, False)
    assert 'href="/schedule/day"' in cut
    assert ("are shown" in whole, "Họp 0" in whole) == (False, True)


async def test_what_others_hold_does_not_hide_the_next_of_ones_own(
    client_for, conn, bridge, monkeypatch
):
    monkeypatch.setattr(today, "MOST", 1)
    site = await a_site(conn, "Sín Thầu")
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    await a_conference(conn, sites=[(await a_site(conn, "Mường Nhé")).id], start=soon)
    mine = await a_conference(
        conn, sites=[site.id], start=soon + timedelta(hours=3), title="Ta họp"
    )

    text = await page_of(await client_for("secretary", unit=site.unit_code), "/")

    card = text.partition('id="l-next"')[2].partition("</section>")[0]
    assert f'href="/conferences/{mine.id}"' in card
    assert "Ta họp" in text.partition("My next sessions")[2]


async def test_todays_card_says_how_many_sessions_there_are_and_leads_to_all(
    client_for, conn, bridge, monkeypatch
):
    monkeypatch.setattr(mine, "SESSIONS", 2)
    site = await a_site(conn, "Sín Thầu")
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    await a_conference(conn, sites=[(await a_site(conn, "Mường Nhé")).id], start=soon)
    for number in range(3):
        start = soon + timedelta(hours=3 * number)
        await a_conference(conn, sites=[site.id], start=start, title=f"Họp {number}")
    reader = await client_for("secretary", unit=site.unit_code)

    card = (await page_of(reader, "/")).partition("My next sessions")[2].partition("</section>")[0]
    every = await page_of(reader, "/conferences?when=mine")

    last = local_day(datetime.now(UTC)) + timedelta(days=6)
    assert (card.count("<li>"), f"3 sessions up to {last:%d/%m/%Y}" in card) == (2, True)
    assert 'href="/conferences?when=mine"' in card
    assert re.findall(r">(Họp \d|Already booked)<", every) == ["Họp 0", "Họp 1", "Họp 2"]
    assert "3 conferences<" in every


async def test_a_halls_page_says_how_often_its_devices_changed_and_leads_to_all(
    client_for, conn, monkeypatch
):
    monkeypatch.setattr(site_page, "CHANGES", 2)
    monkeypatch.setattr(sitehistory, "SHOWN", 2)
    hall = await a_site(conn, "Sín Thầu")
    target = only_target(await a_device(conn, hall.id))
    seen = [a_result(one, NOON + n * MINUTE, target) for n, one in enumerate("uddduuuddd")]
    await record(conn, seen)
    reader = await client_for("technician")

    page = await page_of(reader, f"/sites/{hall.id}")
    first = await page_of(reader, f"/sites/{hall.id}/history")
    rest = await page_of(reader, f"/sites/{hall.id}/history?from=2")

    assert f'href="/sites/{hall.id}/history">See all 4 changes of its devices' in page
    assert ("4 changes" in first, f"/sites/{hall.id}/history?from=2" in first) == (True, True)
    assert (first.count("Codec"), rest.count("Codec"), "from=4" in rest) == (2, 2, False)
    assert (await reader.get("/sites/99999/history")).status == 404


async def test_a_halls_page_counts_what_follows_its_next_conferences(
    client_for, conn, bridge, monkeypatch
):
    monkeypatch.setattr(entries, "UPCOMING", 1)
    site = await a_site(conn, "Sín Thầu")
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    for number in range(3):
        await a_conference(conn, sites=[site.id], start=soon + timedelta(hours=3 * number))

    text = await page_of(await client_for("secretary"), f"/sites/{site.id}")

    assert "and 2 later conferences" in text
    assert ">More</summary>" in text  # the menu of every page is what it was


async def test_what_is_to_do_ends_with_where_the_rest_is(client_for, conn, bridge, monkeypatch):
    monkeypatch.setattr(todo, "MOST_OF_A_KIND", 1)
    secretary = await client_for("secretary")
    now = datetime.now(UTC).replace(microsecond=0)
    for back in (6, 3):
        start = now - timedelta(hours=back)
        await a_conference(conn, state=State.ENDED, start=start, title=f"Đã họp {back}")
        await a_conference(conn, start=now + timedelta(hours=back), title=f"Sắp họp {back}")

    text = (await page_of(secretary, "/")).partition("To do")[2].partition("</section>")[0]

    # The newest sheet and the first links; nobody has to guess that there are others.
    assert [word in text for word in ("Đã họp 3", "Đã họp 6", "Sắp họp 3", "Sắp họp 6")] == [
        True,
        False,
        True,
        False,
    ]
    assert 'href="/conferences?when=past"' in text
    assert "More links are to be given out" in text


async def test_requests_and_changes_that_are_many_lead_to_the_approvals_once(
    client_for, conn, bridge, monkeypatch
):
    monkeypatch.setattr(todo, "MOST_OF_A_KIND", 1)
    admin = await client_for("admin")
    for number in range(2):
        await a_request(conn, number, None)
        await a_change_that_waits(conn, number, None)

    text = (await page_of(admin, "/")).partition("To do")[2].partition("</section>")[0]

    places = re.findall(r'href="(/[a-z]+)', text)
    assert [places.count(f"/{one}") for one in ("submissions", "conferences", "approvals")] == [
        1,
        1,
        1,
    ]


async def test_past_conferences_begin_with_the_newest_however_many(
    client_for, conn, bridge, monkeypatch
):
    monkeypatch.setattr(calendar, "PAGE", 2)
    secretary = await client_for("secretary")
    now = datetime.now(UTC).replace(microsecond=0)
    for days in (1, 2, 3):
        start = now - timedelta(days=days)
        await a_conference(conn, state=State.ENDED, start=start, title=f"Ngày trước {days}")
    await a_conference(conn, start=now - timedelta(days=4), title="Lễ ký kết")

    first = await page_of(secretary, "/conferences?when=past")
    second = await page_of(secretary, "/conferences?when=past&from=2")
    found = await page_of(secretary, "/conferences?when=past&q=le+ky")

    assert re.findall(r">(Ngày trước \d|Lễ ký kết)<", first) == ["Ngày trước 1", "Ngày trước 2"]
    assert re.findall(r">(Ngày trước \d|Lễ ký kết)<", second) == ["Ngày trước 3", "Lễ ký kết"]
    assert ("4 conferences" in first, "4 conferences" in second) == (True, True)
    assert ("from=2" in first, "from=4" in second) == (True, False)
    assert ("conferences · 1 – 2<" in first, "conferences · 3 – 4<" in second) == (True, True)
    assert ('rel="prev"' in first, 'from=0" rel="prev"' in second) == (False, True)
    assert ("1 conference<" in found, "Lễ ký kết" in found) == (True, True)


async def test_view_of_too_many_leads_on_with_what_was_chosen(client_for, conn, monkeypatch):
    secretary = await client_for("secretary")
    held = await a_conference(conn, start=MONDAY_EIGHT)
    await a_conference(conn, start=MONDAY_EIGHT.replace(hour=12))
    monkeypatch.setattr(spans, "MOST", 1)
    site, monday = min(held.sites), f"{MONDAY_EIGHT:%Y-%m-%d}"

    async def told(path):
        answer = await secretary.get(f"/schedule/{path}")
        text = await answer.text()
        _, _, shorter = text.partition('<ul class="picks')
        ways = [html.unescape(way) for way in re.findall(r'href="([^"]*)"', shorter)]
        hidden = dict(re.findall(r'hidden" name="(\w+)" value="([^"]*)"', text))
        assert answer.status == 422
        assert '<option value="11.vpubnd"' in text
        return ways, hidden

    month, _ = await told(f"month?on={monday}")
    halls, kept = await told(f"halls?on={monday}&span=week&q=ban")
    weekly, paper = await told(f"weekly.xlsx?on={monday}&leader=Ai&site={site}")
    day, _ = await told(f"day?on={monday}")

    assert month[0] == "/schedule/week?on=2026-10-26"
    assert halls[:2] == [
        f"/schedule/halls?on={monday}&q=ban",
        "/schedule/halls?on=2026-12-01&q=ban",
    ]
    assert weekly[0] == f"/schedule/day?on={monday}"
    assert day == []
    assert kept | {"csrf": ""} == {"csrf": "", "on": monday, "span": "week", "q": "ban"}
    assert paper | {"csrf": ""} == {"csrf": "", "on": monday, "leader": "Ai", "site": str(site)}


async def test_views_of_the_schedule_never_pass_a_part_for_all(
    client_for, conn, bridge, monkeypatch
):
    secretary = await client_for("secretary")
    for hour in (8, 12):
        await a_conference(conn, start=MONDAY_EIGHT.replace(hour=hour))
    on = f"{MONDAY_EIGHT:%Y-%m-%d}"
    views = [f"/schedule/{name}?on={on}" for name in ("day", "month", "weekly", "weekly.xlsx")]

    monkeypatch.setattr(spans, "MOST", 2)
    whole = [(await secretary.get(view)).status for view in views]
    monkeypatch.setattr(spans, "MOST", 1)
    cut = [(await secretary.get(view)).status for view in views]
    monkeypatch.setattr(spans, "MOST", 2)
    monkeypatch.setattr(hallgrid, "MOST_HALLS", 2)
    halls = await page_of(secretary, f"/schedule/halls?on={on}")
    one = await page_of(secretary, f"/schedule/halls?on={on}&q=sin+thau")

    assert (whole, cut) == ([200] * 4, [422] * 4)
    assert ("more halls than are shown" in halls, "2 halls" in halls) == (True, True)
    assert "more halls than are shown" not in one
