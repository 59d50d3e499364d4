"""Whom to ring: on the board for what is broken, on a conference's page for each hall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from meetings.directory.contacts import add_contact
from meetings.directory.duties import Duty, NewContact
from tests.makers import a_conference, a_site, a_unit
from tests.monitoring.makers import a_device
from tests.monitoring.test_board import look
from tests.web.pages.test_units import text
from web.pages.conference.callers import dial


async def a_contact(conn, code: str = "03158", **what):
    unit = await a_unit(conn, code)
    new = NewContact(
        unit=unit.id, **{"duty": Duty.TECHNICIAN, "name": "Lò Văn Kỹ", "phone": "0215 3824"} | what
    )
    return await add_contact(conn, new, by="person:1")


@pytest.mark.parametrize(
    ("phone", "dialled"), [("0215 3 824 x 12", "02153824"), ("+84 (215) 38.24", "+842153824")]
)
def test_telephone_dials_digits_alone(phone, dialled):
    assert dial(phone) == dialled


async def test_board_names_whom_to_ring_about_a_broken_hall(client_for, conn):
    admin = await client_for("admin")
    site = await a_site(conn, "Sín Thầu")
    device = await a_device(conn, site.id)
    await look(conn, device, "d", begin=datetime.now(UTC) - timedelta(minutes=3))
    nobody = await text(admin, "/board")
    await a_contact(conn, name="Trực điểm cầu", site=site.id, phone="0215 111")
    await a_contact(conn, name="Người cũ", valid_to=datetime.now(UTC).date() - timedelta(days=9))

    named = await text(admin, "/board")

    assert ("Chưa có đầu mối nào." in nobody, "Người cũ" in named) == (True, False)
    assert 'href="tel:0215111">0215 111</a>' in named


async def test_conference_names_whom_to_ring_for_each_hall_in_one_query(
    client_for, bridge, conn, count_queries
):
    secretary, hall = await client_for("secretary"), await client_for("hall", unit="03158")
    site = await a_site(conn, "Sín Thầu")
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
    one = await a_conference(conn, sites=[site.id], start=soon)
    many = await a_conference(conn, sites=14, start=soon + timedelta(days=1))
    await a_contact(conn)

    told = await text(secretary, f"/conferences/{one.id}")

    assert 'href="tel:02153824">0215 3824</a>' in told
    assert "Lò Văn Kỹ" not in await text(hall, f"/conferences/{one.id}")
    few = await count_queries(secretary, f"/conferences/{one.id}")
    assert await count_queries(secretary, f"/conferences/{many.id}") == few


async def test_contact_is_changed_on_its_page_by_one_editor_at_a_time(client_for, conn):
    admin, stranger = await client_for("admin"), await client_for("admin", unit="03160")
    site = await a_site(conn, "Sín Thầu")
    made = await a_contact(conn, site=site.id)
    place = f"/contacts/{made.id}"
    page = await text(admin, place)
    form = {
        "contact_name": "Lò Thị Mới",
        "duty": "on-call",
        "phone": "0215 999",
        "valid_from": "01/11/2026",
        "version": "1",
    }

    refused = await stranger.post(place, data=form)
    wrong = await admin.post(place, data=form | {"phone": "", "valid_to": "mai"})
    foreign = await admin.post(place, data=form | {"site": str(site.id + 1)})
    done = await admin.post(place, data=form)
    late = await admin.post(place, data=form)

    assert f'value="{site.id}" selected' in page
    assert [one.status for one in (refused, wrong, foreign, done, late)] == [
        403,
        422,
        422,
        200,
        412,
    ]
    assert 'value="mai"' in await wrong.text()
    row = await conn.fetchrow("SELECT name, site_id, duty, phone FROM contacts")
    assert tuple(row) == ("Lò Thị Mới", None, "on-call", "0215 999")
    assert (await stranger.get(place)).status == 403
