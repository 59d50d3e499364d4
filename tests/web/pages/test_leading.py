"""The control page: who may lead a room, what is written down, and what becomes of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bridges.control.actions import GIVE_UP_INSIDE, Action
from bridges.control.controlling import carry_out
from bridges.jitsi.tokens import read
from bridges.placement.placing import place
from bridges.registered.registry import all_secrets, ensure_trial
from bridges.store.actions import list_actions
from meetings.scheduling.booking import begin
from meetings.scheduling.conferences import conference_by_id
from tests.bridges.makers import a_bridge
from tests.makers import a_conference
from web.database import transaction

AUDIT = "SELECT action FROM audit WHERE subject = $1 AND action LIKE 'room.%' ORDER BY id"


async def a_live(conn, *, bridge: str | None = None):
    now = datetime.now(UTC).replace(microsecond=0)
    async with conn.transaction():
        booked = await a_conference(conn, start=now - timedelta(minutes=5))
        await place(conn, booked, bridge=bridge, now=now)
        await begin(conn, booked.id, now)
    return await conference_by_id(conn, booked.id)


@pytest.fixture
async def live(conn, keyring, directory):
    await ensure_trial(conn, keyring, public_url="http://a.vn/trial", prosody_url="")
    return await a_live(conn)


@pytest.fixture
async def on_jitsi(conn, keyring, directory):
    await a_bridge(conn, seal=keyring)
    return await a_live(conn, bridge="lab")


def page(conference) -> str:
    return f"/conferences/{conference.id}/control"


async def ask(client, conference, **fields):
    return await client.post(f"{page(conference)}/inside", data=fields)


async def became(conn, conference) -> list[tuple[str, str, str]]:
    return [
        (one.action.value, one.state.value, one.detail)
        for one in await list_actions(conn, conference.id)
    ]


async def test_looking_enters_nothing_and_entering_is_audited(client_for, conn, keyring, live):
    client = await client_for("technician")

    looked = await client.get(page(live))
    before = await conn.fetch(AUDIT, f"conference:{live.id}")
    entered = await client.post(f"{page(live)}/enter")
    text = await entered.text()

    [token] = re.findall(r'data-token="([^"]+)"', text)
    secrets = (await all_secrets(conn, keyring))["trial"]
    claims = read(token, secrets.jwt, app_id="diemcau-trial", now=datetime.now(UTC))
    assert claims
    who = claims["context"]["user"]
    assert (who["id"].partition("-")[0], who["affiliation"]) == ("person", "owner")
    assert "data-token" not in await looked.text()
    assert before == []
    assert [row["action"] for row in await conn.fetch(AUDIT, f"conference:{live.id}")] == [
        "room.lead"
    ]
    policy = entered.headers["Content-Security-Policy"]
    assert "frame-src http://a.vn" in policy
    assert "script-src 'self';" in policy
    assert "Cầu thử nghiệm không làm được việc này." in text


async def test_a_jitsi_brings_its_one_script_and_no_more(client_for, on_jitsi):
    client = await client_for("secretary")

    entered = await client.post(f"{page(on_jitsi)}/enter")

    policy = entered.headers["Content-Security-Policy"]
    assert "script-src 'self' https://meet.lab/external_api.js;" in policy
    assert "frame-src https://meet.lab" in policy
    assert "chưa khai báo máy ghi hình (Jibri)" in await entered.text()


async def test_twice_is_once_and_what_was_seen_is_kept(client_for, conn, live):
    client = await client_for("secretary")
    wish = {"action": "mute", "site": str(live.sites[1])}

    first, again = [await (await ask(client, live, **wish)).json() for _ in range(2)]
    seen = [
        await client.post(f"{page(live)}/inside/{first['id']}", data={"said": said})
        for said in ("seen-inside", "not-inside")
    ]

    assert first == again == {"id": first["id"], "whom": []}
    assert [await one.json() for one in seen] == [{"state": "done"}] * 2
    assert await became(conn, live) == [("mute", "done", "seen-inside")]
    audited = await conn.fetch(AUDIT, f"conference:{live.id}")
    assert [row["action"] for row in audited] == ["room.mute"]
    assert "đã xong – đã thấy trong phòng họp" in await (await client.get(page(live))).text()


async def test_nobody_reports_for_another_and_only_what_the_page_can_know(client_for, conn, live):
    one, other = await client_for("secretary"), await client_for("secretary")
    asked = await (await ask(one, live, action="mute-all")).json()
    report = f"{page(live)}/inside/{asked['id']}"

    foreign = await other.post(report, data={"said": "seen-inside"})
    invented = await one.post(report, data={"said": "done"})

    assert (foreign.status, invented.status) == (404, 400)
    assert await became(conn, live) == [("mute-all", "asked", "")]


async def test_what_nobody_saw_is_unconfirmed_after_a_while(client_for, conn, pool, keyring, live):
    client = await client_for("secretary")
    await ask(client, live, action="mute-all")
    [asked] = await list_actions(conn, live.id)

    seen = []
    async with aiohttp.ClientSession() as http:
        for late in (timedelta(0), timedelta(seconds=1)):
            now = asked.asked_at + GIVE_UP_INSIDE + late
            await carry_out(lambda: transaction(pool), http, keyring, now)
            seen += await became(conn, live)

    assert seen == [("mute-all", "asked", ""), ("mute-all", "unconfirmed", "")]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"action": "record-start"}, 409),
        ({"action": "lobby-on"}, 409),
        ({"action": "stream-start"}, 409),
        ({"action": "mute", "site": "999999"}, 422),
        ({"action": "mute", "site": "x"}, 422),
        ({"action": "mute"}, 422),
        ({"action": "extend"}, 400),
        ({"action": "dance"}, 400),
        ({}, 400),
    ],
)
async def test_what_the_bridge_cannot_or_nobody_knows_changes_nothing(
    client_for, conn, live, fields, status
):
    client = await client_for("secretary")

    answer = await ask(client, live, **fields)

    assert answer.status == status
    assert await became(conn, live) == []


async def test_a_room_that_is_not_open_is_not_entered(client_for, conn, keyring, directory):
    await ensure_trial(conn, keyring, public_url="http://a.vn/trial", prosody_url="")
    async with conn.transaction():
        later = await a_conference(conn, start=datetime.now(UTC) + timedelta(days=1))
        await place(conn, later, bridge=None, now=datetime.now(UTC))
    client = await client_for("secretary")

    answer = await client.post(f"{page(later)}/enter", allow_redirects=False)
    text = await (await client.get(page(later))).text()

    assert (answer.status, answer.headers["Location"]) == (303, page(later))
    assert "Phòng họp mở lúc" in text
    assert "Vào phòng điều hành" not in text


@pytest.mark.parametrize("action", [Action.RECORD_START, Action.LOBBY_ON])
async def test_a_jitsi_with_jibri_is_asked(client_for, conn, on_jitsi, action):
    await conn.execute("UPDATE bridges SET jibri_urls = '{http://10.1.0.9:2222}'")
    client = await client_for("secretary")

    answer = await ask(client, on_jitsi, action=action.value)

    assert answer.status == 200
    assert await became(conn, on_jitsi) == [(action.value, "asked", "")]


async def test_only_a_public_conference_is_streamed(client_for, conn, on_jitsi):
    await conn.execute("UPDATE bridges SET jibri_urls = '{http://10.1.0.9:2222}'")
    client = await client_for("secretary")

    internal = await ask(client, on_jitsi, action="stream-start")
    text = await (await client.post(f"{page(on_jitsi)}/enter")).text()
    await conn.execute("UPDATE conferences SET visibility = 'open'")
    public = await ask(client, on_jitsi, action="stream-start")

    assert (internal.status, public.status) == (409, 200)
    assert "Chỉ hội nghị công khai mới được phát trực tuyến." in text


async def test_another_communes_secretary_does_not_lead(client_for, live):
    client = await client_for("secretary", unit="03158")

    answers = [await client.get(page(live)), await client.post(f"{page(live)}/enter")]

    assert {answer.status for answer in answers} <= {403, 404}
