"""The schedule by day, week, month and leader: what is where, and what others may not know."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

import pytest

from meetings.model import State
from meetings.office.workdays import ZONE, local_day
from tests.makers import MONDAY_EIGHT, a_conference, a_site
from web.i18n import load_catalogues
from web.wording.speech import Speech

VIEWS = ("day", "week", "month", "leaders")
ON = "2026-11-30"


@pytest.mark.parametrize("view", VIEWS)
async def test_view_shows_a_conference_of_ones_own(client_for, conn, bridge, view):
    conference = await a_conference(conn, title="Giao ban tuần 49")
    secretary = await client_for("secretary")

    text = await (await secretary.get(f"/schedule/{view}?on={ON}")).text()

    assert f'href="/conferences/{conference.id}"' in text
    assert "Giao ban tuần 49" in text
    assert "08:00" in text


@pytest.mark.parametrize("view", VIEWS)
async def test_view_tells_of_others_only_holder_and_period(client_for, conn, bridge, view):
    conference = await a_conference(conn, title="Giao ban kín", chair="Chủ tịch tỉnh nhà")
    site = await a_site(conn, "Sín Thầu")
    stranger = await client_for("secretary", unit=site.unit_code)

    text = await (await stranger.get(f"/schedule/{view}?on={ON}")).text()

    assert ("Giao ban kín" in text, "Chủ tịch tỉnh nhà" in text) == (False, False)
    assert f"/conferences/{conference.id}" not in text
    # Once in the list of units to choose from, and once more as the holder.
    assert text.count("Văn phòng UBND tỉnh") == (1 if view == "leaders" else 2)


@pytest.mark.parametrize("state", [State.CANCELLED])
async def test_week_leaves_out_what_is_not_held(client_for, conn, bridge, state):
    await a_conference(conn, title="Không họp nữa", state=state)
    secretary = await client_for("secretary")

    text = await (await secretary.get(f"/schedule/week?on={ON}")).text()

    assert "Không họp nữa" not in text


async def test_day_after_a_night_says_that_it_began_the_day_before(client_for, conn, bridge):
    await a_conference(conn, start=MONDAY_EIGHT + timedelta(hours=15), length=timedelta(hours=3))
    secretary = await client_for("secretary")

    told = {}
    for view, on in (("day", "2026-11-30"), ("day", "2026-12-01"), ("week", ON), ("month", ON)):
        text = await (await secretary.get(f"/schedule/{view}?on={on}")).text()
        told[view, on] = re.findall(r"23:00(?: hôm trước)? – 02:00(?: hôm sau)?", text)

    first, second = "23:00 – 02:00 hôm sau", "23:00 hôm trước – 02:00"
    assert {place: set(found) for place, found in told.items()} == {
        ("day", "2026-11-30"): {first},
        ("day", "2026-12-01"): {second},
        ("week", ON): {first, second},
        ("month", ON): {first, second},
    }


async def test_list_says_of_a_night_that_it_ends_on_the_next_day(client_for, conn, bridge):
    evening = datetime.combine(local_day(datetime.now(UTC)), time(23, 30), ZONE)
    await a_conference(conn, start=evening, length=timedelta(hours=2))
    secretary = await client_for("secretary")

    text = await (await secretary.get("/conferences")).text()

    assert re.findall(r"23:30 – 01:30[^<]*", text) == ["23:30 – 01:30 hôm sau"]


def test_time_is_told_by_the_day_under_which_it_stands():
    speech = Speech(locale="vi", catalogue=load_catalogues()["vi"])
    noon = datetime(2026, 11, 30, 12, tzinfo=ZONE)

    told = [speech.clock(noon, on=noon.date() - timedelta(days=days)) for days in (-2, -1, 0, 1)]

    assert told == ["12:00 30/11/2026", "12:00 hôm trước", "12:00", "12:00 hôm sau"]


async def test_week_can_be_narrowed_to_a_unit(client_for, conn, bridge):
    await a_conference(conn, title="Của Văn phòng")
    await a_conference(
        conn,
        title="Của Sở Y tế",
        host="11.syt",
        sites=[(await a_site(conn, "Sín Thầu")).id],
    )
    secretary = await client_for("secretary")

    text = await (await secretary.get(f"/schedule/week?on={ON}&unit=11.syt")).text()

    assert ("Của Sở Y tế" in text, "Của Văn phòng" in text) == (True, False)


@pytest.mark.parametrize("query", ["unit=nowhere", "unit=%00", "unit=" + "x" * 500])
async def test_unknown_unit_is_refused(client_for, bridge, query):
    secretary = await client_for("secretary")

    answer = await secretary.get(f"/schedule/week?{query}")

    assert answer.status == 422


@pytest.mark.parametrize("on", ["", "x", "2026-13-01", "99999-01-01", "2000-01-01", "2099-12-31"])
@pytest.mark.parametrize("view", VIEWS)
async def test_any_day_or_none_can_be_asked_for(client_for, bridge, view, on):
    secretary = await client_for("secretary")

    answer = await secretary.get(f"/schedule/{view}", params={"on": on})

    assert answer.status == 200


async def test_week_marks_days_off_and_those_made_up_for(client_for, bridge):
    secretary = await client_for("secretary")

    new_year = await (await secretary.get("/schedule/week?on=2026-01-01")).text()
    swapped = await (await secretary.get("/schedule/week?on=2026-01-10")).text()

    assert (new_year.count("<small>Ngày nghỉ"), swapped.count("<small>Làm bù")) == (2, 1)


async def test_month_counts_what_does_not_fit(client_for, conn, bridge):
    site = [(await a_site(conn, "Sín Thầu")).id]
    for hour in range(6):
        start = MONDAY_EIGHT + timedelta(hours=hour)
        await a_conference(conn, sites=site, start=start, length=timedelta(hours=1))
    secretary = await client_for("secretary")

    text = await (await secretary.get(f"/schedule/month?on={ON}")).text()

    assert (text.count('class="line plan"'), "và 3 nữa" in text) == (3, True)


async def test_conference_that_ended_early_is_shown_until_then(client_for, conn, bridge):
    start = datetime(2026, 11, 30, 1, tzinfo=UTC)
    conference = await a_conference(conn, start=start, state=State.LIVE)
    await conn.execute(
        "UPDATE conferences SET state = 'ended', ended_at = $2 WHERE id = $1",
        conference.id,
        start + timedelta(minutes=70),
    )
    secretary = await client_for("secretary")

    text = await (await secretary.get(f"/schedule/day?on={ON}")).text()

    assert "08:00 – 09:10" in text


async def test_list_offers_the_other_views(client_for, bridge):
    secretary = await client_for("secretary")

    text = await (await secretary.get("/conferences")).text()

    assert [view for view in VIEWS if f'href="/schedule/{view}?on=' in text] == list(VIEWS)


async def test_day_is_typed_and_what_cannot_be_read_is_explained(client_for, bridge):
    secretary = await client_for("secretary")

    typed = await (await secretary.get("/schedule/week?on=30/11/2026")).text()
    wrong = await (await secretary.get("/schedule/week?on=31/11/2026")).text()

    assert 'value="30/11/2026"' in typed
    assert 'id="on-wrong"' not in typed
    assert 'value="31/11/2026"' in wrong
    assert 'id="on-wrong"' in wrong


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/", "/"),
        ("/conferences", "/conferences"),
        ("/schedule/week", "/conferences"),
        ("/polls", "/conferences"),
        ("/import", "/units"),
        ("/officials", "/units"),
        ("/sites", "/sites"),
    ],
)
async def test_menu_says_where_one_is(client_for, bridge, path, url):
    admin = await client_for("admin")

    text = await (await admin.get(path)).text()

    head = text[: text.index("</header>")]
    assert re.findall(r'<li><a href="([^"]*)" aria-current', head) == [url]
