"""The panel with which a secretary controls a live room."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from bridges.placement.placing import place
from bridges.placement.rooms import room_of
from bridges.registered.registry import ensure_trial
from meetings.directory.finding import sites_by_ids
from meetings.links.invitations import make_links
from meetings.model import Period
from meetings.names import sort_key
from meetings.scheduling.booking import begin
from meetings.scheduling.conferences import conference_by_id
from tests.bridges.makers import a_bridge
from tests.makers import a_conference

REVOKED = "SELECT site_id FROM links WHERE revoked_at IS NOT NULL"


@pytest.fixture
async def live(conn, keyring, directory):
    now = datetime.now(UTC).replace(microsecond=0)
    await ensure_trial(conn, keyring, public_url="http://a/trial", prosody_url="")
    async with conn.transaction():
        booked = await a_conference(conn, sites=5, start=now - timedelta(minutes=5))
        await place(conn, booked, bridge=None, now=now)
        await make_links(conn, booked, b"k" * 32)
        await begin(conn, booked.id, now)
    return await conference_by_id(conn, booked.id)


async def panel(client, conference) -> tuple[str, str]:
    text = await (await client.get(f"/conferences/{conference.id}")).text()
    token = re.search(r'name="csrf" value="([^"]+)"', text)
    return text, token[1] if token else ""


async def test_a_secretary_extends_and_sends_a_hall_out(client_for, conn, live):
    client = await client_for("secretary")
    text, csrf = await panel(client, live)
    end = live.period.end + timedelta(minutes=30)
    base = f"/conferences/{live.id}/control"

    wanted = {"csrf": csrf, "end": end.isoformat()}
    await client.post(f"{base}/extend", data=wanted)
    answer = await client.post(f"{base}/extend", data=wanted)
    await client.post(f"{base}/remove", data={"csrf": csrf, "site": str(live.sites[1])})

    assert "Điều khiển phòng họp" in text
    halls = re.findall(r'<option value="[0-9]+">([^<]*)</option>', text)
    assert halls == sorted(halls, key=sort_key)
    assert "Điện Biên Phủ" in halls
    assert answer.status == 200
    after = await conference_by_id(conn, live.id)
    assert after.period == Period(live.period.start, end)
    assert [row["site_id"] for row in await conn.fetch(REVOKED)] == [live.sites[1]]
    told, _ = await panel(client, live)
    assert "Kéo dài hội nghị: đã xong" in told
    [site] = (await sites_by_ids(conn, [live.sites[1]])).values()
    assert f"Mời một điểm cầu ra ({site.label}): đã yêu cầu" in told


async def test_a_press_that_is_refused_says_why(client_for, live):
    client = await client_for("secretary")
    _, csrf = await panel(client, live)
    end = (live.period.end + timedelta(days=2)).isoformat()

    answer = await client.post(
        f"/conferences/{live.id}/control/extend", data={"csrf": csrf, "end": end}
    )

    assert "Máy chủ cầu không thể giữ phòng lâu đến vậy." in await answer.text()


async def test_a_leader_sees_no_panel(client_for, live):
    client = await client_for("leader")

    text, _ = await panel(client, live)

    assert "Điều khiển phòng họp" not in text


async def test_who_manages_bridges_moves_the_room(client_for, conn, keyring, live):
    await a_bridge(conn, "second", seal=keyring)
    await a_bridge(conn, "silent", seal=keyring, prosody_url="http://127.0.0.1:1")
    secretary, admin = await client_for("secretary"), await client_for("admin")
    path = f"/conferences/{live.id}/control/move"
    text, csrf = await panel(admin, live)
    hidden, other = await panel(secretary, live)

    refused = await secretary.post(path, data={"csrf": other, "bridge": "second"})
    wrong = await admin.post(path, data={"csrf": csrf, "bridge": "third"})
    moved = await admin.post(path, data={"csrf": csrf, "bridge": "second"})

    words = "Chuyển sang máy chủ cầu khác"
    assert (words in text, words in hidden) == (True, False)
    assert re.findall(r"<option>([^<]*)</option>", text) == ["second"]
    assert (refused.status, wrong.status, moved.status) == (403, 200, 200)
    assert "Không có máy chủ cầu tên này." in await wrong.text()
    assert "Phòng họp đã sang máy chủ cầu khác" in await moved.text()
    assert (await room_of(conn, live.id)).bridge_name == "second"
