"""The page of one bridge: settings, secrets shown once, the check, events held back."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from bridges.receiving.held import Pile, Why
from bridges.registered.registry import all_secrets, bridge_by_name, note_misset
from bridges.store.quarantine import Report, save_report
from meetings.office.workdays import ZONE, local_day
from tests.bridges.makers import a_bridge, a_room
from tests.makers import a_conference

NEW = {
    "name": "tinh",
    "public_url": "https://meet.example.gov.vn",
    "xmpp_domain": "meet.jitsi",
    "muc_domain": "muc.meet.jitsi",
    "app_id": "diemcau",
    "prosody_url": "",
    "seats": "200",
}
SETTINGS = NEW | {
    "jicofo_url": "http://10.1.0.5:8888",
    "jigasi_url": "",
    "jvb_urls": "http://10.1.0.6:8080\nhttp://10.1.0.7:8080",
    "jibri_urls": "",
    "region": "",
    "tags": "tap-huan",
    "senders": "10.1.0.0/16",
    "version": "1",
    "draining": "on",
}
del SETTINGS["name"]


@pytest.fixture
async def lab(conn, keyring):
    return await a_bridge(conn, seal=keyring)


async def test_a_new_bridges_secrets_are_shown_once(client_for, conn, keyring):
    admin = await client_for("admin")

    answer = await admin.post("/bridges", data=NEW)

    page = await answer.text()
    made = (await all_secrets(conn, keyring))["tinh"]
    assert answer.status == 200
    shown = re.findall(r'<dt>([^<]*)</dt><dd class="mono">([^<]*)</dd>', page)
    assert shown[:2] == [
        ("Khóa giữ phòng (reservations_api_headers)", made.reservation),
        ("Khóa sự kiện (event_sync: api_headers)", made.event),
    ]
    assert [label for label, _ in shown[2:]] == ["kid", "Khóa công khai"]
    assert "mã vào họp của điểm cầu cũng ra lệnh được" in page
    assert "PRIVATE KEY" in made.jwt
    assert "PRIVATE KEY" not in page
    assert all(f"/bridges/tinh/keys{rest}<" in page for rest in ("", "/commands", "/jwks.json"))
    assert all(f"/bridges/tinh{rest}<" in page for rest in ("", "/reservations", "/access"))
    later = await (await admin.get("/bridge/tinh")).text()
    assert not any(secret in later for secret in (made.reservation, made.event))


async def test_a_form_with_mistakes_loses_nothing_that_was_typed(client_for, lab):
    admin = await client_for("admin")

    new = await admin.post("/bridges", data=NEW | {"public_url": "meet", "seats": "viele"})
    taken = await admin.post("/bridges", data=NEW | {"name": "lab"})
    changed = await admin.post("/bridge/lab", data=SETTINGS | {"senders": "10.1.0.0/16\nmạng"})

    assert (new.status, taken.status, changed.status) == (422, 422, 422)
    page = await new.text()
    assert 'value="meet"' in page
    assert 'id="public_url-wrong"' in page
    assert 'id="seats-wrong"' in page
    assert 'id="name-wrong"' in await taken.text()
    page = await changed.text()
    assert "10.1.0.0/16\nmạng" in page
    assert 'id="senders-wrong"' in page


async def test_settings_are_saved_under_their_version(client_for, conn, lab):
    admin = await client_for("admin")

    saved = await admin.post("/bridge/lab", data=SETTINGS, allow_redirects=False)
    told = await (await admin.get(saved.headers["Location"])).text()
    stale = await admin.post("/bridge/lab", data=SETTINGS)

    assert (saved.status, saved.headers["Location"]) == (303, "/bridge/lab?said=bridge-saved")
    assert told.count("Đã lưu máy chủ cầu.") == 1
    bridge = await bridge_by_name(conn, "lab")
    assert bridge.jvb_urls == ("http://10.1.0.6:8080", "http://10.1.0.7:8080")
    assert (bridge.seats, bridge.tags, bridge.draining) == (200, ("tap-huan",), True)
    assert stale.status == 412
    told = await stale.text()
    assert "người khác đã sửa nội dung này" in told
    assert "Người khác vừa ghi" not in told


async def test_what_somebody_else_changed_meanwhile_is_said_but_no_mistake(client_for, conn, lab):
    admin = await client_for("admin")
    await admin.post("/bridge/lab", data=SETTINGS)
    mine = SETTINGS | {"seats": "90", "tags": "", "region": "11"}

    first = await admin.post("/bridge/lab", data=mine)
    again = await admin.post("/bridge/lab", data=mine | {"version": "2"}, allow_redirects=False)

    page = await first.text()
    assert re.findall(r'<a href="#(\w+)">[^<]+</a>: ([^<]*)', page) == [
        ("seats", "Người khác vừa ghi: 200"),
        ("region", "Người khác vừa ghi: trống"),
        ("tags", "Người khác vừa ghi: tap-huan"),
    ]
    assert 'name="version" value="2"' in page
    assert 'id="seats" name="seats" type="number" value="90"' in page
    assert ("chỗ cần sửa" in page, "-wrong" in page) == (False, False)
    assert (first.status, again.status) == (412, 303)
    assert (await bridge_by_name(conn, "lab")).seats == 90


async def test_a_region_is_a_unit(client_for, conn, lab):
    admin = await client_for("admin")

    unknown = await admin.post("/bridge/lab", data=SETTINGS | {"region": "dien-bien"})
    await conn.execute("UPDATE bridges SET region = 'gone'")
    kept = await admin.post(
        "/bridge/lab", data=SETTINGS | {"region": "gone"}, allow_redirects=False
    )

    assert (unknown.status, kept.status) == (422, 303)
    assert 'id="region-wrong"' in await unknown.text()


async def test_a_rotated_secret_is_shown_once_with_the_state_of_its_rotation(
    client_for, conn, keyring, lab
):
    admin = await client_for("admin")

    answer = await admin.post("/bridge/lab/rotate", data={"kind": "event", "grace_hours": "2"})
    again = await admin.post("/bridge/lab/rotate", data={"kind": "event", "grace_hours": "2"})
    wrong = await admin.post("/bridge/lab/rotate", data={"kind": "event", "grace_hours": "x"})

    made = (await all_secrets(conn, keyring))["lab"]
    assert made.event in await answer.text()
    assert "khóa cũ dùng được đến" in await answer.text()
    assert (answer.status, again.status, wrong.status) == (200, 422, 422)
    page = await wrong.text()
    assert page.count('<details class="ask" open>') == 1
    assert re.search(r'id="event-grace_hours"[^>]* value="x"[^>]* aria-invalid="true"', page)
    assert 'id="event-grace_hours-wrong"' in page
    assert re.search(r'id="event-grace_hours"[^>]* value="2"', await again.text())


async def test_a_secret_of_ones_own_is_taken_and_a_bad_one_stays_in_its_field(
    client_for, conn, keyring, lab
):
    admin = await client_for("admin")
    form = {"kind": "reservation", "grace_hours": "0"}

    both = form | {"secret": "ngắn", "grace_hours": "721"}
    wrong = await (await admin.post("/bridge/lab/rotate", data=both)).text()
    taken = await admin.post("/bridge/lab/rotate", data=form | {"secret": "as-prosody-has-it"})

    assert re.search(r'id="reservation-secret"[^>]* value="ngắn"[^>]* aria-invalid="true"', wrong)
    listed = re.findall(r'<li><a href="#([a-z_-]+)">', wrong)
    assert listed == ["reservation-secret", "reservation-grace_hours"]
    assert "Số này không được quá 720." in wrong
    assert taken.status == 200
    assert (await all_secrets(conn, keyring))["lab"].reservation == "as-prosody-has-it"


async def test_a_form_pressed_twice_shows_the_same_secrets(client_for, conn, keyring, lab):
    admin = await client_for("admin")
    turn = {"kind": "event", "grace_hours": "0", "key": "rotated-once"}

    added = [await (await admin.post("/bridges", data=NEW | {"key": "k"})).text() for _ in "12"]
    rotated = [await (await admin.post("/bridge/lab/rotate", data=turn)).text() for _ in "12"]

    known = await all_secrets(conn, keyring)
    assert all(known["tinh"].event in page for page in added)
    assert all(known["lab"].event in page for page in rotated)
    assert await conn.fetchval("SELECT count(*) FROM audit WHERE action = 'bridge.rotate'") == 1


async def test_a_private_key_is_never_on_the_page(client_for, lab):
    admin = await client_for("admin")

    answer = await admin.post(
        "/bridge/lab/rotate", data={"kind": "jwt", "algorithm": "RS256", "grace_hours": "24"}
    )

    page = await answer.text()
    assert "PRIVATE KEY" not in page
    assert "BEGIN PUBLIC KEY" in page
    assert "/bridges/lab/keys/jwks.json" in page
    assert "máy chủ cầu chưa nhận khóa mới" in page


async def test_a_bridge_with_a_shared_secret_is_told_what_it_cannot_do(client_for, lab):
    admin = await client_for("admin")
    rotated = {"kind": "jwt", "algorithm": "RS256", "grace_hours": "0"}

    before = await (await admin.get("/bridge/lab")).text()
    after = await (await admin.post("/bridge/lab/rotate", data=rotated)).text()

    assert ["Với HS256, Jitsi" in page for page in (before, after)] == [True, False]


async def test_a_technician_reads_the_settings_and_no_form_of_them(client_for, conn, lab):
    admin, technician = await client_for("admin"), await client_for("technician")
    await admin.post("/bridge/lab", data=SETTINGS)

    page = await (await technician.get("/bridge/lab")).text()

    told = re.findall(r'<dt>([^<]*)</dt><dd class="lines">([^<]*)</dd>', page)
    assert dict(told) == {
        "Địa chỉ công khai": "https://meet.example.gov.vn",
        "Tên miền XMPP": "meet.jitsi",
        "Tên miền MUC": "muc.meet.jitsi",
        "Mã ứng dụng (app_id)": "diemcau",
        "Địa chỉ Jicofo": "http://10.1.0.5:8888",
        "Địa chỉ các videobridge": "http://10.1.0.6:8080\nhttp://10.1.0.7:8080",
        "Nhãn của máy chủ cầu": "tap-huan",
        "Dải mạng gửi sự kiện": "10.1.0.0/16",
        "Số chỗ": "200",
        "Không nhận hội nghị mới": "Có",
    }
    assert "Với HS256, Jitsi" in page
    assert 'name="xmpp_domain"' not in page


async def test_addresses_for_prosody_stay_on_the_page(client_for, bridge, lab):
    admin, technician = await client_for("admin"), await client_for("technician")
    await admin.post("/bridges", data=NEW)

    signed, shared, trial = [
        re.findall(
            r'<dt class="mono">([^<]*)</dt><dd><span class="mono">[^<]*/bridges/([^<]*)<',
            await (await technician.get(f"/bridge/{name}")).text(),
        )
        for name in ("tinh", "lab", "trial")
    ]

    assert shared == [
        ("reservations_api_prefix", "lab/reservations"),
        ("event_sync: api_prefix", "lab"),
        ("diemcau_access_url", "lab/access"),
    ]
    assert signed[3:] == [
        ("asap_key_server", "tinh/keys"),
        ("prosody_password_public_key_repo_url", "tinh/keys/commands"),
        ("cache_keys_url", "tinh/keys/jwks.json"),
    ]
    assert trial == []


async def test_a_check_says_what_to_mend(client_for, lab):
    technician = await client_for("technician")

    page = await (await technician.post("/bridge/lab/check")).text()

    assert "không có ai trả lời ở đó" in page
    assert "Ghi địa chỉ ở trang máy chủ cầu" in page
    assert re.search(r'class="chip bad"', page)


async def test_events_held_back_are_red_until_they_are_replayed(client_for, conn, lab):
    admin, technician = await client_for("admin"), await client_for("technician")
    now = datetime.now(UTC)
    pile = Pile(records=3, since=now.timestamp())
    held = {"lab": {Why.WRONG_SECRET: pile, Why.UNREADABLE: replace(pile, records=1)}}
    await save_report(conn, "spool", Report(depth=0, lag=0, held=held, outcomes={}), now)

    page = await (await admin.get("/bridge/lab")).text()
    ready = await (await admin.get("/readyz")).json()
    ordered = await admin.post("/bridge/lab/replay", allow_redirects=False)
    refused = await technician.post("/bridge/lab/discard")

    assert re.findall(r"(\d) sự kiện từ [^<]*?(khóa sai|không đọc được)", page) == [
        ("3", "khóa sai"),
        ("1", "không đọc được"),
    ]
    assert "Sửa khóa sự kiện ở một bên" in page
    assert ready["parts"]["events"] == "held back: unreadable: lab; wrong-secret: lab"
    assert (ordered.status, refused.status) == (303, 403)
    assert await conn.fetchval("SELECT action FROM quarantine_orders") == "replay"
    assert await conn.fetchval("SELECT count(*) FROM audit WHERE action = 'bridge.replay'") == 1


async def test_a_bridge_that_is_set_wrongly_is_named_and_stops_nobody(client_for, conn, lab):
    technician = await client_for("technician")
    await note_misset(conn, lab.id, health="census answered 404", at=datetime.now(UTC))

    page = await (await technician.get("/bridges")).text()
    ready = await (await technician.get("/readyz")).json()

    assert 'class="chip bad"' in page
    assert "Cần sửa" in page
    assert ready["parts"]["bridges"] == "misset: lab"


async def test_the_list_tells_the_worst_of_a_bridge_also_while_it_is_drained(client_for, conn, lab):
    technician = await client_for("technician")
    await conn.execute("UPDATE bridges SET draining = true, healthy = true, health_at = now()")
    drained = await (await technician.get("/bridges")).text()
    now = datetime.now(UTC)
    held = {"lab": {Why.WRONG_SECRET: Pile(records=3, since=now.timestamp())}}
    await save_report(conn, "spool", Report(depth=0, lag=0, held=held, outcomes={}), now)
    holding = await (await technician.get("/bridges")).text()
    await conn.execute("UPDATE bridges SET healthy = false")
    silent = await (await technician.get("/bridges")).text()

    chips = [re.findall(r'class="chip (\w+)"', page) for page in (drained, holding, silent)]
    assert chips == [["warn"], ["bad"], ["bad"]]
    assert [page.count("Sự kiện bị giữ lại") for page in (drained, holding, silent)] == [0, 1, 1]
    assert all("Không nhận hội nghị mới" in page for page in (drained, holding, silent))


async def test_the_page_begins_with_how_the_bridge_is_and_what_it_carries(client_for, conn, lab):
    technician = await client_for("technician")
    await conn.execute("UPDATE bridges SET healthy = true, health_at = now(), stress = 0.12")
    conference, _ = await a_room(conn, await a_conference(conn, start=tomorrow()), bridge="lab")
    well = await (await technician.get("/bridge/lab")).text()
    await conn.execute("UPDATE seat_pools SET seats = 2")
    await conn.execute("UPDATE bridges SET seats = 2, healthy = false, misses = 3")
    small = await (await technician.get("/bridge/lab")).text()

    at = f"08:00 {conference.period.start:%d/%m/%Y}"
    assert 'class="chip ok"' in well
    assert (
        f"Đang mở 0 phòng, 0 điểm cầu · đã giữ nhiều nhất 3/300 chỗ, lúc {at} · tải 12\xa0%" in well
    )
    assert "nhiều hơn số chỗ" not in well
    assert 'class="chip bad"' in small
    assert "nhiều hơn số chỗ của máy chủ cầu" in small


async def test_a_bridge_that_nobody_can_ask_any_more_is_not_called_well(client_for, conn, lab):
    admin = await client_for("admin")
    await conn.execute(
        "UPDATE bridges SET prosody_url = 'http://10.1.0.4:5280', healthy = true, health = 'ok',"
        " health_at = now(), answered_at = now(), misses = 1, stress = 0.5, stress_at = now(),"
        " jvb_urls = '{http://10.1.0.6:8080}' WHERE name = 'lab'"
    )
    same = SETTINGS | {"prosody_url": "http://10.1.0.4:5280", "jvb_urls": "http://10.1.0.6:8080"}

    await admin.post("/bridge/lab", data=same)
    kept = await bridge_by_name(conn, "lab")
    await admin.post("/bridge/lab", data=same | {"prosody_url": "", "version": "2"})
    gone = await bridge_by_name(conn, "lab")
    await admin.post("/bridge/lab", data=same | {"jvb_urls": "", "version": "3"})
    idle = await bridge_by_name(conn, "lab")

    assert (kept.healthy, kept.misses, kept.stress) == (True, 1, 0.5)
    assert (gone.healthy, gone.health, gone.health_at) == (None, "", None)
    assert (gone.answered_at, gone.misses, gone.stress) == (None, 0, 0.5)
    assert (idle.stress, idle.stress_at) == (None, None)


async def test_the_list_begins_with_the_bridges_in_trouble(client_for, conn, lab, keyring):
    technician = await client_for("technician")
    for name in ("a-well", "b-unknown", "c-silent"):
        await a_bridge(conn, name, seal=keyring)
    await conn.execute("UPDATE bridges SET healthy = true, health_at = now() WHERE name = 'a-well'")
    await conn.execute("UPDATE bridges SET healthy = false WHERE name = 'c-silent'")
    await conn.execute("UPDATE bridges SET draining = true WHERE name = 'lab'")

    page = await (await technician.get("/bridges")).text()

    assert re.findall(r'href="/bridge/([a-z-]+)"', page) == [
        "c-silent",
        "lab",
        "b-unknown",
        "a-well",
    ]


def tomorrow() -> datetime:
    """Return eight in the morning of the day after, where halls are."""
    return datetime.combine(local_day(datetime.now(UTC)) + timedelta(days=1), time(8), ZONE)


async def test_a_bridge_of_no_use_is_removed_and_one_of_use_stays(client_for, conn, lab, keyring):
    admin, technician = await client_for("admin"), await client_for("technician")
    await a_bridge(conn, "vain", seal=keyring)
    await a_room(conn, await a_conference(conn, start=tomorrow()), bridge="lab")

    refused = await technician.post("/bridge/vain/remove", data={"version": "1"})
    stale = await admin.post("/bridge/vain/remove", data={"version": "7"})
    used = await admin.post("/bridge/lab/remove", data={"version": "1"})
    gone = await admin.post("/bridge/vain/remove", data={"version": "1"}, allow_redirects=False)

    assert (refused.status, stale.status, used.status, gone.status) == (403, 422, 422, 303)
    assert "hồ sơ còn cần đến. Hãy cho ngừng" in await used.text()
    assert "Đã xóa máy chủ cầu." in await (await admin.get(gone.headers["Location"])).text()
    assert await conn.fetch("SELECT name FROM bridges") == [("lab",)]


async def test_a_technician_reads_but_changes_nothing(client_for, lab):
    technician = await client_for("technician")

    page = await (await technician.get("/bridge/lab")).text()
    changed = await technician.post("/bridge/lab", data=SETTINGS)

    assert 'action="/bridge/lab/rotate"' not in page
    assert changed.status == 403
