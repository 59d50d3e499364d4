"""Two edit one record: drawn again, a form stays of the version that was looked at."""

from __future__ import annotations

import pytest

from meetings.directory.groupings import Grouping
from meetings.directory.groups import add_group
from tests.makers import a_unit, an_official, some_sites
from tests.web.pages.conftest import hidden_in

CONTACT = {"contact_name": "Lò Văn A", "duty": "technician", "phone": "0215 3812 345"}
OFFICIAL = {"title": "Phó Chủ tịch", "rank": "5"}


async def version_in(address, shown):
    """Return the version in the form that is sent to an address."""
    text = await shown.text()
    return hidden_in(text[text.index(f'action="{address}"') :])["version"]


async def a_group(conn, code):
    unit, sites = await a_unit(conn, "03158"), frozenset(await some_sites(conn, 2))
    group = Grouping(code=code, name="Cụm 1", below=unit.id, sites=sites)
    await add_group(conn, group, by="program:test")
    return {"name": "Cụm biên giới", "sites": [str(one) for one in sites]}


@pytest.mark.parametrize(
    ("address", "slip"),
    [
        ("/policies", {"unit": "11.vpubnd", "horizon_days": "sáu"}),
        ("/units/11.vpubnd/defaults", {"line_test_days": "sáu"}),
        ("/sites/1/terms", {"set_up_minutes": "sáu"}),
        ("/groups/cum", {"name": ""}),
    ],
)
async def test_form_with_a_slip_stays_of_the_version_that_was_looked_at(
    client_for, conn, directory, address, slip
):
    admin = await client_for("admin")
    await a_group(conn, "cum")

    answer = await admin.post(address, data=slip | {"version": "7"})

    assert (answer.status, await version_in(address, answer)) == (422, "7")


async def test_who_was_overtaken_is_asked_and_loses_nothing(client_for, conn, directory):
    admin = await client_for("admin")
    await admin.post("/units/03158/contacts", data=CONTACT)
    contact = await conn.fetchval("SELECT id FROM contacts")
    official, group = await an_official(conn), await a_group(conn, "cum")
    forms = {
        f"/contacts/{contact}": (CONTACT, "contact_name"),
        f"/officials/{official}": (OFFICIAL, "title"),
        "/groups/cum": (group, "name"),
    }

    for address, (form, name) in forms.items():
        seen = await version_in(address, await admin.get(address))
        await admin.post(address, data=form | {name: "Tên khác", "version": seen})
        mine = form | {name: "Tên tôi đặt"}
        stale = await admin.post(address, data=mine | {"version": seen})
        text = await stale.text()
        newest = await version_in(address, stale)
        saved = await admin.post(address, data=mine | {"version": newest}, allow_redirects=False)
        assert (stale.status, saved.status) == (412, 303), address
        assert ("người khác đã sửa" in text, 'value="Tên tôi đặt"' in text) == (True, True)
