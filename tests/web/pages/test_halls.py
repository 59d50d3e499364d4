"""The hall's pages: each state of a link, the way in, heartbeat and head-count."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta

import pytest

from bridges.placement.placing import place
from bridges.spooling.places import Place
from meetings.links.invitations import link_secret, make_links, revoke_link
from meetings.scheduling.booking import begin, cancel, end
from tests.makers import a_conference, some_sites
from web.keys import ADMISSIONS, SNAPSHOT
from web.scheduling.booking import LINKS


def soon(**ahead: float) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(**ahead)


@pytest.fixture
def a_hall(conn, bridge, keyring):
    """Book a conference and return it with the page of its second site."""

    async def make(**ahead: float):
        async with conn.transaction():
            conference = await a_conference(conn, start=soon(**ahead))
            await place(conn, conference, bridge=None, now=soon())
            await make_links(conn, conference, keyring.derive(LINKS))
        site = (await some_sites(conn, 2))[1]
        secret = link_secret(keyring.derive(LINKS), conference.id, site, 1)
        return conference, site, f"/j/{secret}"

    return make


@pytest.fixture
def look(app, conn):
    """Take the day's snapshot now, as news of a change makes the program do."""

    async def refresh() -> None:
        await app[SNAPSHOT].refresh(conn, soon())

    return refresh


@pytest.fixture
async def hall(client_for):
    """A browser of nobody's, as it stands in a commune."""
    client = await client_for(None)
    client.session.headers["Sec-Fetch-Site"] = "same-origin"
    return client


async def text_of(client, path):
    answer = await client.get(path)
    return answer.status, await answer.text()


async def test_hall_page_shows_the_conference_and_the_way_in(hall, a_hall):
    conference, _, page = await a_hall(minutes=20)

    status, text = await text_of(hall, page)

    assert status == 200
    assert conference.title in text
    assert "<b>Chà Tở</b>" in text
    assert f'action="{page}/enter"' in text


async def test_hall_page_may_use_camera_and_frame_the_bridge(hall, a_hall):
    _, _, page = await a_hall(minutes=20)

    answer = await hall.get(page)

    assert "camera=(self" in answer.headers["Permissions-Policy"]
    assert "frame-src http://127.0.0.1:8080" in answer.headers["Content-Security-Policy"]


async def test_entering_frames_the_bridge_with_a_token(hall, a_hall):
    _, _, page = await a_hall(minutes=20)

    answer = await hall.post(f"{page}/enter")

    source = re.findall(r'<iframe src="([^"]+)"', await answer.text())[0]
    assert re.match(r"http://127\.0\.0\.1:8080/trial/[a-z0-9-]+#jwt=%22ey", source)


async def test_what_changes_after_one_entered_is_told_to_who_enters_next(hall, a_hall, conn, look):
    conference, site, page = await a_hall(minutes=20)
    assert conference.title in await (await hall.post(f"{page}/enter")).text()

    await conn.execute("UPDATE conferences SET title = 'Họp khác' WHERE id = $1", conference.id)
    await look()
    text = await (await hall.post(f"{page}/enter")).text()
    assert ("Họp khác" in text, conference.title in text) == (True, False)

    async with conn.transaction():
        await revoke_link(conn, conference.id, site, by="program:test", now=soon())
    await look()
    answer = await hall.post(f"{page}/enter")
    assert (answer.status, "iframe" in await answer.text()) == (403, False)


async def test_entering_without_scripts_leads_to_the_bridge(hall, a_hall):
    _, _, page = await a_hall(minutes=20)

    answer = await hall.post(f"{page}/enter", data={"direct": "1"}, allow_redirects=False)

    assert answer.status == 303
    assert answer.headers["Location"].startswith("http://127.0.0.1:8080/trial/")


async def test_too_early_says_when_the_room_opens(hall, a_hall):
    _, _, page = await a_hall(hours=3)

    status, text = await text_of(hall, page)

    assert (status, "Phòng chưa mở" in text) == (200, True)
    assert '<meta http-equiv="refresh"' in text


async def test_entering_too_early_is_refused(hall, a_hall):
    _, _, page = await a_hall(hours=3)

    answer = await hall.post(f"{page}/enter")

    assert "<iframe" not in await answer.text()


async def test_link_of_another_week_is_found_too(hall, a_hall):
    _, _, page = await a_hall(days=6)

    status, text = await text_of(hall, page)

    assert (status, "Phòng chưa mở" in text) == (200, True)


async def test_ended_conference_is_over_for_its_halls(hall, a_hall, conn, look):
    conference, _, page = await a_hall(minutes=20)
    async with conn.transaction():
        await end(conn, conference.id, by="program:test", now=soon())
    await look()

    status, text = await text_of(hall, page)

    assert (status, "Hội nghị đã kết thúc" in text) == (410, True)


async def test_cancelled_conference_tells_its_reason(hall, a_hall, conn, look):
    conference, _, page = await a_hall(minutes=20)
    async with conn.transaction():
        await cancel(
            conn, conference.id, reason="mưa lũ", version=None, by="program:test", now=soon()
        )
    await look()

    status, text = await text_of(hall, page)

    assert (status, "Lý do: mưa lũ" in text) == (410, True)


async def test_revoked_link_tells_nothing_of_the_conference(hall, a_hall, conn, look):
    conference, site, page = await a_hall(minutes=20)
    async with conn.transaction():
        await revoke_link(conn, conference.id, site, by="program:test", now=soon())
    await look()

    status, text = await text_of(hall, page)

    assert (status, "Đường dẫn đã bị thu hồi" in text) == (403, True)
    assert conference.title not in text


async def test_link_with_one_letter_changed_is_not_known(hall, a_hall):
    _, _, page = await a_hall(minutes=20)
    other = page[:-1] + ("A" if page[-1] != "A" else "B")

    status, text = await text_of(hall, other)

    assert (status, "Không nhận ra đường dẫn này" in text) == (404, True)


async def test_heartbeat_tells_where_the_room_is(hall, a_hall):
    _, _, page = await a_hall(minutes=20)

    answer = await hall.post(f"{page}/heartbeat")

    told = await answer.json()
    assert told["place"].startswith("trial/")
    assert told["now"] < told["end"] < told["closes"]


async def test_only_a_page_whose_bridge_says_so_is_in_the_room(hall, a_hall, app):
    _, _, page = await a_hall(minutes=20)
    entered = await hall.post(f"{page}/enter")
    place = re.findall(r'data-place="([^"]+)"', await entered.text())[0]

    for inside in ("", "1"):
        await hall.post(f"{page}/heartbeat", data={"place": place, "inside": inside})
    await hall.post(f"{page}/heartbeat", data={"place": "elsewhere/x", "inside": "1"})

    kept = [json.loads(record)["kind"] for record in app[ADMISSIONS].read(Place()).records]
    assert kept == ["admitted", "heartbeat"]


async def test_a_page_enters_again_as_its_hall_comes_to_lead_or_leads_no_more(
    hall, a_hall, app, conn, keyring, look
):
    conference, site, page = await a_hall(minutes=20)
    secret = link_secret(keyring.derive(LINKS), conference.id, conference.main_site, 1)
    pages = [page, f"/j/{secret}"]

    async def told() -> list[tuple[str, str]]:
        found = []
        for one in pages:
            text = await (await hall.post(f"{one}/enter")).text()
            place = re.findall(r'data-place="([^"]+)"', text)[0]
            token = re.findall(r'data-token="([^"]+)"', text)[0]
            user = json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))["context"]["user"]
            found.append((place, user["affiliation"]))
        return found

    before = await told()
    await conn.execute("UPDATE conferences SET main_site_id = $1", site)
    await look()
    news = [
        await (await hall.post(f"{one}/heartbeat", data={"place": place, "inside": "1"})).json()
        for one, (place, _) in zip(pages, before, strict=True)
    ]
    after = await told()

    assert [role for _, role in before] == ["member", "owner"]
    assert [role for _, role in after] == ["owner", "member"]
    assert [one["place"] for one in news] == [place for place, _ in after]
    assert [place for place, _ in after] == [place for place, _ in reversed(before)]
    kept = [json.loads(record)["kind"] for record in app[ADMISSIONS].read(Place()).records]
    assert kept.count("heartbeat") == 2


async def test_hall_declares_its_people(hall, a_hall, conn):
    _, site, page = await a_hall(minutes=20)

    answer = await hall.post(f"{page}/headcount", data={"people": "48"})

    assert "Đã khai báo" in await answer.text()
    count = "SELECT headcount FROM invitations WHERE site_id = $1"
    assert await conn.fetchval(count, site) == 48


@pytest.mark.parametrize("people", ["", "nhiều", "-3", "999999", "١٢"])
async def test_impossible_headcount_is_told_beside_the_field(hall, a_hall, conn, people):
    _, _, page = await a_hall(minutes=20)

    answer = await hall.post(f"{page}/headcount", data={"people": people})

    assert answer.status == 422
    assert await conn.fetchval("SELECT max(headcount) FROM invitations") is None


async def test_hall_page_speaks_english(hall, a_hall):
    _, _, page = await a_hall(minutes=20)

    _, text = await text_of(hall, f"{page}?lang=en")

    assert "Enter the room" in text


async def test_page_of_a_hall_says_that_the_conference_is_past_its_planned_end(
    hall, a_hall, conn, look
):
    conference, _, page = await a_hall(minutes=20)
    ends = "UPDATE conferences SET period = tstzrange($2, $3) WHERE id = $1"
    await begin(conn, conference.id, by="program:test", now=soon(minutes=20))
    await conn.execute(ends, conference.id, soon(hours=-1), soon(minutes=-1))
    await look()

    text = await (await hall.get(page)).text()

    assert "từ lúc bắt đầu, đã quá giờ dự kiến</span>" in text
