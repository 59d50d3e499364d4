"""The grid beside the booking form: who holds the chosen halls, what clashes, told in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from meetings.directory.finding import sites_by_ids
from meetings.directory.officials import add_line, list_officials, officials_by_ids
from meetings.model import Period, State
from meetings.scheduling.black_outs import add_black_out
from meetings.scheduling.resources import Subject, SubjectKind
from tests.makers import a_conference, a_site, a_unit, an_official, some_sites
from tests.web.pages.conftest import a_form

START = datetime(2099, 12, 2, 1, tzinfo=UTC)
GRID = "/conferences/new/grid"
SENTENCE = re.compile(r"data-sentence>(?:<span[^>]*>●</span> )?(.*?)</p>")
HALL = re.compile(r'<th scope="row"[^>]*>(?:<span class="mark bad"[^>]*>✕</span> )?([^<]*)')


def typed(sites, **more):
    return a_form(groups=[], sites=[str(site) for site in sites], main_site=str(sites[0]), **more)


async def test_grid_says_that_all_is_free(secretary, conn):
    sites = await some_sites(conn, 3)

    text = await (await secretary.post(GRID, data=typed(sites))).text()

    assert SENTENCE.findall(text) == ["3 điểm cầu đều trống từ 08:00 đến 10:30."]
    assert ("<table" in text, "<html" in text) == (False, False)


async def test_grid_names_what_clashes_and_shows_it_first(secretary, conn):
    sites = await some_sites(conn, 3)
    await a_conference(conn, sites=[sites[0]], start=START + timedelta(hours=6), title="Chiều")
    await a_conference(conn, sites=[sites[2]], start=START + timedelta(hours=1), title="Giao ban")

    text = await (await secretary.post(GRID, data=typed(sites))).text()

    names = HALL.findall(text)
    labels = [(await a_site(conn, name)).id for name in names]
    assert labels == [sites[2], sites[0]]
    holder = f"09:00–11:00 Văn phòng UBND tỉnh: Giao ban ({names[0]})"
    assert SENTENCE.findall(text) == [
        f"1 điểm cầu đã có lịch trong khoảng 08:00 – 10:30: {holder}."
    ]
    assert "1 điểm cầu khác trống cả ngày." in text
    assert (text.count('class="b hit'), text.count('class="b done')) == (1, 1)
    assert "wish s12 n30 clash" in text


async def test_grid_counts_what_halls_need_before_and_after(secretary, conn, owner):
    sites = await some_sites(conn, 1)
    await owner.execute("UPDATE sites SET set_up_minutes = 30 WHERE id = $1", sites[0])
    await a_conference(
        conn, sites=sites, start=START - timedelta(hours=1), length=timedelta(hours=1)
    )

    text = await (await secretary.post(GRID, data=typed(sites))).text()
    asked = {"date": "02/12/2099", "start": "8h", "end": "10h30"}
    live = await (await secretary.get("/conferences/new/clashes", params=asked)).json()
    later = asked | {"start": "8h30"}

    assert "1 điểm cầu đã có lịch" in text
    assert live["taken"] == {
        str(sites[0]): "Văn phòng UBND tỉnh, 06:30 – 08:00, 02/12; "
        "cuộc họp này cần 07:30 – 10:30, 02/12, kể cả chuẩn bị và thu dọn"
    }
    free = await (await secretary.get("/conferences/new/clashes", params=later)).json()
    assert free["taken"] == {}


async def test_grid_of_a_night_goes_on_past_midnight(secretary, conn):
    sites = await some_sites(conn, 3)
    midnight = START + timedelta(hours=16)
    await a_conference(conn, sites=[sites[0]], start=midnight, title="Trực đêm")
    await a_conference(conn, sites=[sites[1]], start=midnight + timedelta(hours=8))
    night = {"start": "22h", "end": "1h30"}

    text = await (await secretary.post(GRID, data=typed(sites, **night, next_day="1"))).text()
    asked = {"date": "02/12/2099", **night, "next_day": "1"}
    live = await (await secretary.get("/conferences/new/clashes", params=asked)).json()
    same_day = await (await secretary.post(GRID, data=typed(sites, **night))).text()

    (name,) = HALL.findall(text)
    assert (await a_site(conn, name)).id == sites[0]
    holder = f"00:00–02:00 Văn phòng UBND tỉnh: Trực đêm ({name})"
    assert SENTENCE.findall(text) == [
        f"1 điểm cầu đã có lịch trong khoảng 22:00 – 01:30 hôm sau: {holder}."
    ]
    hours = [int(hour) for hour in re.findall(r'class="s\d+ n12">(\d+)', text)]
    assert hours == [*range(7, 24), 0, 1]
    assert "wish s180 n42 clash" in text
    assert live["taken"] == {str(sites[0]): "Văn phòng UBND tỉnh đến 02:00 hôm sau"}
    assert "Chọn ngày, giờ và điểm cầu" in same_day


async def test_grid_tells_of_others_only_holder_and_period(client_for, conn, bridge):
    site = await a_site(conn, "Sín Thầu")
    others = [one for one in await some_sites(conn, 3) if one != site.id]
    await a_conference(conn, sites=others, start=START, title="Giao ban kín")
    stranger = await client_for("secretary", unit=site.unit_code)

    text = await (await stranger.post(GRID, data=typed(others))).text()

    assert ("Giao ban kín" in text, "Văn phòng UBND tỉnh" in text) == (False, True)


async def test_grid_tells_of_the_chair_and_delegates_who_is_taken(secretary, conn):
    sites = await some_sites(conn, 3)
    chair, away, free = (one.id for one in (await list_officials(conn, on=START.date()))[:3])
    await a_conference(
        conn, sites=sites[:1], start=START + timedelta(hours=1), title="Họp kín", chair_id=chair
    )
    leave = Period(START - timedelta(hours=3), START + timedelta(hours=1))
    subject, host = Subject(SubjectKind.OFFICIAL, away), (await a_unit(conn, "11")).id
    await add_black_out(conn, subject, leave, reason="Đi công tác", unit=host, by="program:test")
    people = {"chair_id": str(chair), "delegates": [str(away), str(free)]}

    taken = await (await secretary.post(GRID, data=typed(sites[1:], **people))).text()
    later = await (
        await secretary.post(GRID, data=typed(sites[1:], start="14h", end="15h", **people))
    ).text()
    alone = {"chair_id": str(free), "main_site": ""}
    nowhere = await (
        await secretary.post(GRID, data=typed(sites[:1]) | {"sites": []} | alone)
    ).text()

    names = HALL.findall(taken)
    known = await officials_by_ids(conn, [chair, away])
    assert [one.strip() for one in names] == [known[chair].label, known[away].label]
    why = (
        f"09:00–11:00 Văn phòng UBND tỉnh: Họp kín ({known[chair].label});"
        f" 05:00–09:00 Vắng: Đi công tác ({known[away].label})."
    )
    assert SENTENCE.findall(taken) == [
        f"2 điểm cầu đều trống từ 08:00 đến 10:30. 2 lãnh đạo đã có lịch trong khoảng đó: {why}"
    ]
    assert [f"<small>{part}</small>" in taken for part in ("chủ trì", "đại biểu")] == [True, True]
    assert SENTENCE.findall(later)[0].endswith("3 lãnh đạo chưa có lịch trong khoảng đó.")
    assert SENTENCE.findall(nowhere) == ["1 lãnh đạo chưa có lịch trong khoảng đó."]


async def test_grid_shows_the_shared_lines_of_the_halls_and_says_who_holds_them(secretary, conn):
    sites = await some_sites(conn, 6)
    host, by = (await a_unit(conn)).id, "program:test"
    shared = await add_line(conn, host, "Kênh chung", sites=[*sites[:2], sites[5]], by=by)
    mended = await add_line(conn, host, "Kênh riêng", sites=[sites[2]], by=by)
    await add_line(conn, host, "Kênh vắng", sites=[sites[3]], by=by)
    await a_conference(conn, sites=sites[5:], start=START + timedelta(hours=1), title="Giao ban")
    subject, works = Subject(SubjectKind.LINE, mended.id), Period(START, START + timedelta(hours=1))
    await add_black_out(conn, subject, works, reason="Bảo trì", unit=host, by=by)

    text = await (await secretary.post(GRID, data=typed(sites[:5]))).text()
    later = await (await secretary.post(GRID, data=typed(sites[:5], start="14h", end="15h"))).text()

    assert [one.strip() for one in HALL.findall(text)] == [shared.name, mended.name]
    why = (
        "09:00–11:00 Văn phòng UBND tỉnh: Giao ban (Kênh chung);"
        " 08:00–09:00 Không sử dụng được: Bảo trì (Kênh riêng)."
    )
    halls = "5 điểm cầu đều trống từ 08:00 đến 10:30, nhưng đường truyền dùng chung thì không."
    lines = "2 đường truyền dùng chung (của 3 điểm cầu) đã có lịch trong khoảng đó"
    assert SENTENCE.findall(text) == [f"{halls} {lines}: {why}"]
    names = [one.label for one in (await sites_by_ids(conn, sites[:2])).values()]
    assert f"<small>đường truyền dùng chung của {', '.join(names)}</small>" in text
    assert "2 điểm cầu khác trống cả ngày." in text
    assert SENTENCE.findall(later) == ["5 điểm cầu đều trống từ 14:00 đến 15:00."]
    assert [one.strip() for one in HALL.findall(later)] == [shared.name, mended.name]


async def test_halls_on_a_taken_line_are_told_as_taken_while_one_types(secretary, conn):
    sites = await some_sites(conn, 3)
    host = (await a_unit(conn)).id
    await add_line(conn, host, "Kênh chung", sites=sites[:2], by="program:test")
    await a_conference(conn, sites=sites[:1], start=START + timedelta(hours=1))
    asked = {"date": "02/12/2099", "start": "8h", "end": "10h30"}

    live = await (await secretary.get("/conferences/new/clashes", params=asked)).json()

    held = "Văn phòng UBND tỉnh đến 11:00"
    assert live["taken"] == {
        str(sites[0]): held,
        str(sites[1]): f"đường truyền dùng chung Kênh chung: {held}",
    }


async def test_grid_of_a_change_leaves_the_conference_itself_out(secretary, conn):
    sites = await some_sites(conn, 2)
    chair = await an_official(conn)
    conference = await a_conference(conn, sites=sites, start=START, chair_id=chair)
    own = typed(sites, conference=conference.id, chair_id=str(chair))

    text = await (await secretary.post(GRID, data=own)).text()

    assert SENTENCE.findall(text) == [
        "2 điểm cầu đều trống từ 08:00 đến 10:30. 1 lãnh đạo chưa có lịch trong khoảng đó."
    ]


async def test_grid_forgets_what_was_cancelled(secretary, conn):
    sites = await some_sites(conn, 2)
    await a_conference(conn, sites=sites, start=START, state=State.CANCELLED)

    text = await (await secretary.post(GRID, data=typed(sites))).text()

    assert "2 điểm cầu đều trống" in text


@pytest.mark.parametrize(
    "wrong",
    [
        {"date": ""},
        {"date": "31/02/2099"},
        {"start": "x"},
        {"end": "8h"},
        {"sites": ["x"], "main_site": ""},
        {"sites": ["999999999"], "main_site": "0"},
        {"groups": ["nobody", "\0"], "sites": [], "main_site": ""},
    ],
)
async def test_grid_waits_while_something_is_missing(secretary, wrong):
    answer = await secretary.post(GRID, data=a_form(groups=[]) | wrong)

    assert (answer.status, "Chọn ngày, giờ và điểm cầu" in await answer.text()) == (200, True)


async def test_grid_asks_as_often_for_many_as_for_few(secretary, conn, count_queries, app):
    few_sites, many_sites = await some_sites(conn, 2), await some_sites(conn, 45)
    host = (await a_unit(conn)).id
    for number, site in enumerate(many_sites):
        await add_line(conn, host, f"Kênh {number}", sites=[site], by="program:test")
    people = [str(one.id) for one in await list_officials(conn, on=START.date())]
    delegates = frozenset(map(int, people[1:]))
    await a_conference(
        conn, sites=many_sites, start=START, chair_id=int(people[0]), delegates=delegates
    )

    class Posting:
        def __init__(self, sites, people):
            self.typed = typed(sites, chair_id=people[0], delegates=people[1:])

        async def get(self, path):
            return await secretary.post(path, data=self.typed)

    few = await count_queries(Posting(few_sites, people[:2]), GRID)
    many = await count_queries(Posting(many_sites, people), GRID)

    assert (many, few > 0) == (few, True)


async def test_form_shows_the_grid_without_scripts_and_keeps_what_was_typed(secretary, conn):
    sites = await some_sites(conn, 2)
    await a_conference(conn, sites=[sites[0]], start=START)

    answer = await secretary.post(
        "/conferences/new", data=typed(sites, edit="grid", title="Đang gõ dở")
    )

    text = await answer.text()
    assert answer.status == 200
    assert "1 điểm cầu đã có lịch" in text
    assert 'value="Đang gõ dở"' in text
