"""Halls with a room system: their address is kept with them, and says what is dialled."""

from __future__ import annotations

import pytest

from bridges.store.actions import list_actions
from meetings.directory import sites_by_ids
from tests.web.pages.test_leading import live, on_jitsi

__all__ = ["live", "on_jitsi"]

SIP, H323 = "sip:hall@gw.example.vn", "h323:10.20.3.4"
CHANGES = "SELECT detail ->> 'gateway' AS gateway FROM audit WHERE subject = $1 ORDER BY id"


async def set_gateway(client, site, address):
    return await client.post(f"/sites/{site}/gateway", data={"gateway": address})


async def test_a_technician_keeps_the_address_and_each_change_is_audited(client_for, conn, live):
    client = await client_for("technician")
    site = live.sites[0]

    answers = [
        await set_gateway(client, site, address) for address in ("SIP:hall@GW.example.vn", SIP, "")
    ]

    assert [row["gateway"] for row in await conn.fetch(CHANGES, f"site:{site}")] == [SIP, ""]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert "Đã lưu địa chỉ thiết bị hội nghị." in await answers[-1].text()


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


async def test_a_conference_without_such_halls_shows_nothing_and_takes_no_pin(
    client_for, conn, on_jitsi
):
    client = await client_for("technician")

    page = await (await client.get(f"/conferences/{on_jitsi.id}")).text()

    assert "Điểm cầu có thiết bị hội nghị" not in page
    assert await conn.fetchval("SELECT count(*) FROM room_pins") == 0
