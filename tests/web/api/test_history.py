"""The history over HTTP: what changed, by whom; who was told is for the host only."""

from __future__ import annotations

from tests.web.api.conftest import booked

UNIT_OF = "SELECT u.code FROM units u JOIN sites s ON s.unit_id = u.id WHERE s.id = $1"


async def test_every_version_says_what_changed_and_who_did_it(program, conn, sites):
    secretary, admin = await program("secretary"), await program("admin")
    conference = await booked(secretary, sites)
    address = f"/api/v1/conferences/{conference['id']}"
    await admin.patch(
        address, json={"title": "Khác", "sites": sites[:2]}, headers={"If-Match": "*"}
    )
    hall = await program("hall", unit=await conn.fetchval(UNIT_OF, sites[0]))

    told = [(await (await one.get(f"{address}/history")).json())["items"] for one in (admin, hall)]

    assert [(one["version"], one["by"], one["state"]) for one in told[0]] == [
        (1, "token:secretary-11", "confirmed"),
        (2, "token:admin-11", "confirmed"),
    ]
    assert told[0][1]["changes"] == [
        {"field": "title", "before": "Họp giao ban tháng 11", "after": "Khác"},
        {"field": "sites", "before": str(sites[2]), "after": ""},
    ]
    assert [one["told"] for one in told[1]] == [[], []]
