"""One conference on its page: before, during and after."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from bridges.placement.placing import place
from meetings.approval.handing import offer
from meetings.approval.handovers import Receiver
from meetings.model import State
from meetings.scheduling.booking import end
from tests.makers import a_conference, a_site, all_communes, some_sites

PRESENT = """
    INSERT INTO presences (conference_id, site_id, starts_at, ends_at, evidence)
    VALUES ($1, $2, $3, $4, 'events')
"""

IN_BY = """
    INSERT INTO presences (conference_id, site_id, starts_at, ends_at, evidence, means,
                           end_evidence)
    VALUES ($1, $2, $3, $4, 'events', $5, $6)
"""
CLOCK = """
    INSERT INTO clock_steps (conference_id, bridge, starts_at, ends_at, seconds)
    VALUES ($1, 'lab', $2, $3, -60)
"""
BLIND = """
    INSERT INTO blind_spots (conference_id, starts_at, ends_at, reason) VALUES ($1, $2, $3, $4)
"""


def soon(**ahead: float) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(**ahead)


def tiles_in(text: str) -> list[tuple[str, str]]:
    return re.findall(r'<li class="tile (\w+)"[^>]*><b>([^<]+)</b>', text)


async def test_conference_before_it_begins_says_how_long(secretary, conn):
    conference = await a_conference(conn, start=soon(minutes=30, seconds=30))

    text = await (await secretary.get(f"/conferences/{conference.id}")).text()

    assert "Còn 30 phút nữa bắt đầu" in text
    assert [state for state, _ in tiles_in(text)] == ["dim", "dim", "dim"]


async def test_live_conference_names_who_is_not_here_first(secretary, conn):
    begun = soon(minutes=-20)
    conference = await a_conference(conn, start=begun, state=State.LIVE)
    here, dropped, _ = await some_sites(conn, 3)
    await conn.execute(PRESENT, conference.id, here, begun, None)
    await conn.execute(PRESENT, conference.id, dropped, begun, soon(minutes=-10))

    text = await (await secretary.get(f"/conferences/{conference.id}")).text()

    assert "Còn 2 điểm cầu chưa có mặt: Chà Tở, Chiềng Sinh." in text
    assert tiles_in(text) == [("bad", "Chà Tở"), ("dim", "Chiềng Sinh"), ("ok", "Búng Lao")]


async def test_ended_conference_says_how_many_took_part(secretary, conn):
    begun = soon(hours=-3)
    conference = await a_conference(conn, start=begun, state=State.ENDED)
    here, *_ = await some_sites(conn, 3)
    await conn.execute(PRESENT, conference.id, here, begun, begun + timedelta(hours=2))

    text = await (await secretary.get(f"/conferences/{conference.id}")).text()

    assert "1/3 điểm cầu đã dự." in text


async def test_an_end_before_the_planned_one_is_told_by_page_and_sheet(secretary, conn):
    begun = datetime(2026, 11, 23, 1, tzinfo=UTC)
    whole = await a_conference(conn, start=begun, state=State.ENDED)
    short = await a_conference(conn, start=begun + timedelta(days=1), state=State.LIVE)
    await end(conn, short.id, by="program:test", now=begun + timedelta(days=1, minutes=50))

    paths = [f"/conferences/{one.id}{rest}" for one in (whole, short) for rest in ("", "/sheet")]
    texts = [await (await secretary.get(path)).text() for path in paths]

    told = "08:00 – 10:00, kết thúc lúc 08:50"
    assert [told in text for text in texts] == [False, False, True, True]
    assert ["kết thúc lúc" in text for text in texts] == [False, False, True, True]


async def test_hall_sees_only_its_own_attendance(client_for, bridge, conn):
    conference = await a_conference(conn, start=soon(minutes=-20), state=State.LIVE)
    hall = await client_for("hall", unit="03220")
    code = await conn.fetchval(
        "SELECT u.code FROM sites s JOIN units u ON u.id = s.unit_id WHERE s.id = $1",
        (await some_sites(conn, 1))[0],
    )
    hall = await client_for("hall", unit=code)

    text = await (await hall.get(f"/conferences/{conference.id}")).text()

    assert [label for _, label in tiles_in(text)] == ["Búng Lao"]


async def test_conference_is_given_to_calendar_programs(secretary, conn):
    conference = await a_conference(conn, start=soon(hours=2))

    answer = await secretary.get(f"/conferences/{conference.id}.ics")

    [event] = Calendar.from_ical(await answer.read()).walk("VEVENT")
    assert (answer.content_type, str(event["SUMMARY"])) == ("text/calendar", conference.title)


async def test_secretary_ends_a_conference(secretary, conn):
    conference = await a_conference(conn, start=soon(minutes=-20), state=State.LIVE)

    await secretary.post(f"/conferences/{conference.id}/end")

    assert await conn.fetchval("SELECT state FROM conferences") == "ended"


async def test_unknown_conference_is_a_page_that_says_so(secretary):
    answer = await secretary.get("/conferences/999999999999")

    assert (answer.status, "Không có hội nghị này." in await answer.text()) == (404, True)


async def test_sheet_shows_when_nobody_could_be_seen_and_why(secretary, conn):
    begun = datetime(2026, 11, 20, 1, tzinfo=UTC)
    ended = await a_conference(conn, start=begun, state=State.ENDED)
    page = f"/conferences/{ended.id}/sheet"
    before = await (await secretary.get(page)).text()
    for reason, first, last in (
        ("failover", 5, 10),
        ("never-heard", 10, 55),
        ("của mai sau", 60, 61),
    ):
        gap = [begun + timedelta(minutes=minute) for minute in (first, last)]
        await conn.execute(BLIND, ended.id, *gap, reason)

    minutes = [begun + timedelta(minutes=minute) for minute in (2, 4)]
    await conn.execute(CLOCK, ended.id, *minutes)
    ways = ((["sip", "link"], "events"), (["link"], "estimated"))
    for site, way in zip(ended.sites, ways, strict=False):
        await conn.execute(IN_BY, ended.id, site, *minutes, *way)

    after = await (await secretary.get(page)).text()

    assert 'id="blind"' not in before
    assert 'id="clocks"' not in before
    assert re.findall(r'class="q">(vào bằng [^<]*)<', after) == ["vào bằng đường dẫn, thiết bị SIP"]
    assert "<li>08:02 – 08:04 · lab: chỉnh lùi 1 phút</li>" in after
    assert re.findall(r'08:04<span class="q">([^<]*)<', after) == ["ước tính"]
    assert ("“Ước tính” nghĩa là" in before, "“Ước tính” nghĩa là" in after) == (False, True)
    assert re.findall(r"<li>([^<]*)</li>", after.partition('id="blind"')[2])[:3] == [
        "08:05 – 08:10 (5 phút): phòng họp được chuyển khỏi máy chủ cầu bị sự cố",
        "08:10 – 08:55 (45 phút): máy chủ cầu không gửi tin gì về phòng họp",
        "09:00 – 09:01 (1 phút)",
    ]


async def test_only_what_may_be_used_is_offered(secretary, client_for, conn):
    held = await a_conference(conn, start=soon(days=2))
    page, commune = f"/conferences/{held.id}", await client_for("secretary", unit="03158")
    invited = await a_conference(conn, start=soon(days=3), sites=[(await a_site(conn)).id])
    ended = await a_conference(conn, start=soon(hours=-3), state=State.ENDED)

    own = await (await secretary.get(page)).text()
    guest = await (await commune.get(f"/conferences/{invited.id}")).text()
    over = [
        await (await secretary.get(f"/conferences/{ended.id}/{part}")).text()
        for part in ("agenda", "documents")
    ]
    open_ = [
        await (await secretary.get(f"{page}/{part}")).text() for part in ("agenda", "documents")
    ]

    assert f'href="{page}/copy"' in own
    assert invited.title in guest
    assert "/copy" not in guest
    assert ['<form class="form' in text for text in (*over, *open_)] == [False, False, True, True]
    assert "/tiers" not in over[0]


async def test_hand_over_that_a_program_offered_names_the_program(secretary, conn):
    held = await a_conference(conn, start=soon(days=1))
    giver = Receiver(name="token:lich", person=None, books_for=frozenset())
    await offer(conn, held.id, host=held.host, owner=None, giver=giver, version=None, now=soon())

    text = await (await secretary.get(f"/conferences/{held.id}")).text()
    again = await (await secretary.get(f"/conferences/{held.id}/hand-over")).text()

    offered = "chương trình lich (mã truy cập) đề nghị Văn phòng UBND tỉnh"
    assert (offered in text, offered in again) == (True, True)
    assert ('name="owner"' in again, "rút lại đề nghị này trước" in again) == (False, True)


@pytest.mark.parametrize(
    ("role", "unit", "told"),
    [
        ("secretary", "11", True),
        ("technician", "11", True),
        ("leader", "11", False),
        ("secretary", "03158", False),
    ],
)
async def test_too_small_a_bridge_is_told_to_who_can_change_it(
    client_for, conn, bridge, role, unit, told
):
    everybody = await all_communes(conn)
    conference = await a_conference(conn, start=soon(minutes=30), sites=everybody)
    await place(conn, conference, bridge=None, now=soon())
    reader = await client_for(role, unit=unit)

    text = await (await reader.get(f"/conferences/{conference.id}")).text()

    assert ("cần máy chủ cầu thật" in text, conference.title in text) == (told, True)
