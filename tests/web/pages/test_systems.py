"""Halls with a room system: their address is kept with them, and says what is dialled."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from bridges.jitsi.tokens import read
from bridges.store.actions import list_actions
from meetings.directory.finding import sites_by_ids
from meetings.links.invitations import make_links
from meetings.model import SiteId
from tests.bridges.makers import SECRETS
from tests.web.pages.conftest import a_form
from tests.web.pages.test_leading import live, on_jitsi
from web.scheduling.booking import LINKS

__all__ = ["live", "on_jitsi"]

SIP, H323 = "sip:hall@gw.example.vn", "h323:10.20.3.4"
MADE = """
    SELECT actor, (detail ->> 'site')::bigint, detail ->> 'gateway' FROM audit
     WHERE action = 'admission.make'
"""
INSIDE = """
    INSERT INTO presences (conference_id, site_id, starts_at, evidence, start_evidence)
    VALUES ($1, $2, now(), 'events', 'events')
"""
CHANGES = "SELECT detail ->> 'gateway' AS gateway FROM audit WHERE subject = $1 ORDER BY id"


VERSION = re.compile(r'name="version" value="([0-9]+)"')


async def set_gateway(client, site, address, *, version=None):
    path = f"/sites/{site}/gateway"
    told = version or version_of(await (await client.get(path)).text())
    return await client.post(path, data={"gateway": address, "version": told})


def version_of(text) -> str:
    return next(iter(VERSION.findall(text)), "1")


async def test_a_technician_keeps_the_address_and_each_change_is_audited(client_for, conn, live):
    client = await client_for("technician")
    site = live.sites[0]

    answers = [
        await set_gateway(client, site, address) for address in ("SIP:hall@GW.example.vn", SIP, "")
    ]

    assert [row["gateway"] for row in await conn.fetch(CHANGES, f"site:{site}")] == [SIP, ""]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert "Đã lưu địa chỉ thiết bị hội nghị." in await answers[-1].text()


async def test_who_was_overtaken_keeps_what_was_typed_and_sees_it(client_for, conn, live):
    client = await client_for("technician")
    site = live.sites[0]
    seen = version_of(await (await client.get(f"/sites/{site}/gateway")).text())
    await set_gateway(client, site, SIP)

    stale = await set_gateway(client, site, H323, version=seen)
    text = await stale.text()
    again = await set_gateway(client, site, H323, version=version_of(text))

    assert (stale.status, again.status) == (412, 200)
    assert f'value="{H323}"' in text
    assert [row["gateway"] for row in await conn.fetch(CHANGES, f"site:{site}")] == [SIP, H323]


async def test_what_is_no_address_is_named_and_kept_as_typed(client_for, conn, live):
    client = await client_for("technician")

    answer = await set_gateway(client, live.sites[0], "tel:0215 <b>")

    text = await answer.text()
    assert answer.status == 422
    assert "Đây không phải địa chỉ thiết bị hội nghị" in text
    assert 'value="tel:0215 &lt;b&gt;"' in text
    assert await conn.fetch(CHANGES, f"site:{live.sites[0]}") == []


@pytest.mark.parametrize(("role", "status"), [("secretary", 403), ("technician", 404)])
async def test_others_and_other_halls_are_refused(client_for, live, role, status):
    client = await client_for(role, unit="11" if role == "secretary" else "03158")
    site = live.sites[0] if role == "secretary" else 999_999

    assert (await set_gateway(client, site, SIP)).status == status


async def test_a_conference_lists_what_is_dialled_and_calls_sip(client_for, conn, on_jitsi):
    client = await client_for("technician")
    await set_gateway(client, on_jitsi.sites[0], SIP)
    await set_gateway(client, on_jitsi.sites[1], H323)
    labels = await sites_by_ids(conn, on_jitsi.sites)
    path = f"/conferences/{on_jitsi.id}/control/dial"

    page = await (await client.get(f"/conferences/{on_jitsi.id}")).text()
    called = await client.post(path, data={"site": str(on_jitsi.sites[0])})
    not_called = [
        await client.post(path, data={"site": site})
        for site in (str(on_jitsi.sites[1]), str(on_jitsi.sites[2]), "x")
    ]

    assert SIP in page
    assert H323 in page
    assert labels[on_jitsi.sites[0]].label in page
    assert f"({SIP}): đã yêu cầu" in await called.text()
    assert [answer.status for answer in not_called] == [404, 404, 404]
    asked = await list_actions(conn, on_jitsi.id)
    assert [(one.action.value, one.subject) for one in asked] == [("dial-out", SIP)]


async def test_all_that_are_not_in_are_called_by_one_press(client_for, conn, on_jitsi):
    client = await client_for("technician")
    addresses = [f"sip:hall{number}@gw.example.vn" for number in range(3)]
    for hall, address in zip(on_jitsi.sites, addresses, strict=True):
        await set_gateway(client, hall, address)
    await conn.execute(INSIDE, on_jitsi.id, on_jitsi.sites[0])
    path = f"/conferences/{on_jitsi.id}/control/dial"

    page = await (await client.get(path)).text()
    called = [await client.post(path, data={"site": "absent"}) for _ in range(2)]
    asked = await list_actions(conn, on_jitsi.id)
    for hall in on_jitsi.sites[1:]:
        await conn.execute(INSIDE, on_jitsi.id, hall)
    nobody = await client.post(path, data={"site": "absent"})

    assert "Gọi cả 2 điểm cầu chưa vào" in page
    assert [answer.status for answer in called] == [200, 200]
    assert sorted(one.subject for one in asked) == addresses[1:]
    assert (nobody.status, nobody.url.query_string) == (200, "")
    assert await list_actions(conn, on_jitsi.id) == asked


async def test_a_conference_without_such_halls_shows_nothing_and_takes_no_pin(
    client_for, conn, on_jitsi
):
    client = await client_for("technician")

    page = await (await client.get(f"/conferences/{on_jitsi.id}")).text()

    assert "Điểm cầu có thiết bị hội nghị" not in page
    assert await conn.fetchval("SELECT count(*) FROM room_pins") == 0


async def test_a_gateway_brings_a_hall_in_as_that_hall(client_for, conn, keyring, on_jitsi):
    client = await client_for("technician")
    hall, twin = on_jitsi.sites[:2]
    await make_links(conn, on_jitsi, keyring.derive(LINKS))
    await set_gateway(client, hall, f"{SIP}:5061")
    await client.get(f"/conferences/{on_jitsi.id}")
    pin = await conn.fetchval("SELECT pin FROM room_pins")

    async def call(caller=f'"Hội trường" <{SIP}:40122;transport=tls>;tag=1', secret="reservation"):
        headers = {"Authorization": f"Bearer {getattr(SECRETS, secret)}"}
        form = {"id": str(pin), "from": caller}
        return await client.post("/bridges/lab/phone/hall", data=form, headers=headers)

    known, other, foreign = (
        await call(),
        await call("sip:nobody@gw.example.vn"),
        await call(secret="event"),
    )
    token = (await known.json())["token"]
    claims = read(token, SECRETS.jwt, app_id="diemcau", now=datetime.now(UTC))
    audited = await conn.fetch(MADE)
    await set_gateway(client, twin, SIP)
    double = await call()
    await set_gateway(client, twin, "")
    await conn.execute("UPDATE rooms SET state = 'closed', closed_at = now()")
    closed = await call()
    await conn.execute("UPDATE rooms SET state = 'open', closed_at = NULL")
    await conn.execute("UPDATE links SET revoked_at = now() WHERE site_id = $1", hall)
    revoked = await call()

    statuses = [one.status for one in (known, other, foreign, double, closed, revoked)]
    assert statuses == [200, 404, 401, 404, 404, 404]
    assert claims
    assert claims["context"]["user"]["id"] == f"site-{hall}.sip"
    assert [tuple(row) for row in audited] == [("bridge:lab", hall, SIP)]


CHOSEN = "SELECT call_systems FROM conferences"
CHOICE = re.compile(r'<select id="call_systems".*?<option value="([a-z]+)" selected>', re.DOTALL)


async def booked_on(client, **fields):
    answer = await client.post("/conferences/new", data=a_form(**fields), allow_redirects=False)
    return answer.headers["Location"]


async def test_calling_at_the_start_is_offered_where_a_hall_can_be_called_and_kept(secretary, conn):
    client = secretary
    before = await (await client.get("/conferences/new")).text()
    await conn.execute("UPDATE sites SET gateway = $1 WHERE id = 1", SIP)
    label = (await sites_by_ids(conn, [SiteId(1)]))[SiteId(1)].label

    offered = await (await client.get("/conferences/new")).text()
    wrong = await client.post("/conferences/new", data=a_form(title=" ", call_systems="yes"))
    odd = await client.post("/conferences/new", data=a_form(call_systems="x"))
    place = (await booked_on(client, call_systems="yes")).partition("?")[0]
    change = await (await client.get(f"{place}/change")).text()
    await client.post(f"{place}/change", data=a_form(version="1", key="k2", note="Mang tài liệu"))
    left = await conn.fetchval(CHOSEN)
    await client.post(f"{place}/change", data=a_form(version="2", key="k3", call_systems="no"))
    history = await (await client.get(f"{place}/history")).text()

    assert ('name="call_systems"' in before, CHOICE.findall(offered)) == (False, ["no"])
    assert f"chưa vào và có địa chỉ SIP: {label}<" in offered
    assert (wrong.status, CHOICE.findall(await wrong.text())) == (422, ["yes"])
    assert (odd.status, 'id="call_systems-wrong"' in await odd.text()) == (422, True)
    assert (CHOICE.findall(change), left, await conn.fetchval(CHOSEN)) == (["yes"], True, False)
    assert "Gọi thiết bị hội nghị khi bắt đầu: có → không" in history


async def test_the_page_says_whether_they_are_called_at_the_start(client_for, conn, on_jitsi):
    client = await client_for("technician")
    await set_gateway(client, on_jitsi.sites[0], SIP)
    page = f"/conferences/{on_jitsi.id}"
    able, unable = "được gọi vào phòng khi cuộc họp bắt đầu", "không gọi được các thiết bị"

    async def said() -> tuple[bool, bool]:
        text = await (await client.get(page)).text()
        return able in text, unable in text

    unasked = await said()
    await conn.execute("UPDATE conferences SET call_systems = TRUE")
    asked = await said()
    await conn.execute("UPDATE bridges SET kind = 'trial'")

    assert (unasked, asked, await said()) == ((False, False), (True, False), (False, True))
