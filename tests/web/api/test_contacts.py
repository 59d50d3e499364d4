"""Contacts through the API and on pages: whom to call, kept by who keeps the unit."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.audit import list_audit
from meetings.directory.duties import Contact, ContactId, Duty, is_mail_address, to_call
from meetings.model import SiteId, UnitId
from tests.makers import a_site

NOW_DAY = date(2026, 11, 23)
SOMEBODY = {
    "unit": "03158",
    "duty": "technician",
    "name": "Cán bộ kỹ thuật xã",
    "phone": "0215 3 824 000",
    "email": "kythuat@sinthau.example",
}


async def add(client, **changed: Any) -> tuple[int, Any]:
    answer = await client.post("/api/v1/contacts", json=SOMEBODY | changed)
    return answer.status, await answer.json()


async def test_contact_is_added_shown_changed_and_forgotten(program, conn):
    admin = await program("admin")

    status, added = await add(admin)

    assert status == 201
    assert added == SOMEBODY | {
        "id": added["id"],
        "unit": {"code": "03158", "name": "Sín Thầu"},
        "site": None,
        "title": "",
        "valid_from": None,
        "valid_to": None,
        "on_duty": True,
        "version": 1,
    }
    listed = await (await admin.get("/api/v1/contacts?unit=03158")).json()
    assert listed["items"] == [added]
    url = f"/api/v1/contacts/{added['id']}"
    assert (await admin.patch(url, json={"phone": "0215"})).status == 428
    changed = await admin.patch(url, json={"phone": "0215"}, headers={"If-Match": '"1"'})
    assert ((await changed.json())["phone"], changed.headers["ETag"]) == ("0215", '"2"')
    assert (await admin.delete(url, headers={"If-Match": '"1"'})).status == 412
    assert (await admin.delete(url, headers={"If-Match": '"2"'})).status == 204
    assert (await (await admin.get("/api/v1/contacts")).json())["items"] == []
    entries = await list_audit(conn, subject=f"contact:{added['id']}")
    assert [one.action for one in entries] == ["contact.forget", "contact.change", "contact.add"]
    assert "0215" not in str([one.detail for one in entries])


async def test_odd_contacts_are_refused(program, conn):
    admin = await program("admin")
    other = (await a_site(conn, "Mường Nhé")).id

    async def wrong(**changed: Any) -> list[tuple[str, str]]:
        status, body = await add(admin, **changed)
        assert status == 422
        return [(one["field"], one["code"]) for one in body["errors"]]

    assert await wrong(email="x@y\r\nBcc: z@y") == [("email", "bad-characters")]
    assert await wrong(email="no address") == [("email", "bad-address")]
    assert await wrong(phone="=1+1") == [("phone", "bad-form-of-text")]
    assert await wrong(phone="", email="") == [("phone", "required")]
    assert await wrong(site=other) == [("site", "not-a-choice")]
    assert await wrong(site=999_999) == [("site", "sites-not-found")]
    assert await wrong(valid_from="2026-12-02", valid_to="2026-12-01") == [
        ("valid_to", "end-before-start")
    ]


async def test_commune_administrator_keeps_their_own_commune_only(program):
    province, commune = await program("admin"), await program("admin", unit="03158")
    _, other = await add(province, unit="03160")

    assert (await add(commune))[0] == 201
    assert (await add(commune, unit="03160"))[0] == 403
    url = f"/api/v1/contacts/{other['id']}"
    assert (await commune.patch(url, json={}, headers={"If-Match": "*"})).status == 403
    assert (await commune.delete(url, headers={"If-Match": "*"})).status == 403


async def test_who_is_on_duty_depends_on_the_day(program):
    admin = await program("admin")
    await add(admin, name="Trực cũ", valid_to="2026-11-01")
    await add(admin, name="Trực mới", valid_from="2026-11-01")

    async def names(day: str) -> list[str]:
        answer = await (await admin.get(f"/api/v1/contacts?on={day}")).json()
        return [one["name"] for one in answer["items"]]

    assert (await names("2026-10-31"), await names("2026-11-01")) == (["Trực cũ"], ["Trực mới"])


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("a@b.example", True),
        ("a.b+c@b.example", True),
        ("A <a@b.example>", False),
        ("a@b.example\n", False),
        ("a@b, c@d", False),
        ("@b", False),
        ("a@", False),
        ("", False),
        ("a", False),
    ],
)
def test_mail_addresses_are_told_from_other_texts(text, good):
    assert is_mail_address(text) == good


@given(st.text(max_size=30))
def test_any_text_is_an_address_or_none(text):
    assert is_mail_address(text) in {True, False}
    assert not (is_mail_address(text) and set(text) & set("\r\n"))


def test_contacts_of_the_hall_come_first():
    def one(number: int, duty: Duty, site: SiteId | None = None) -> Contact:
        return Contact(
            id=ContactId(number), unit=UnitId(1), site=site, duty=duty, name="x", phone="1"
        )

    leader, on_call = one(1, Duty.LEADER), one(2, Duty.ON_CALL)
    here, there = one(3, Duty.LEADER, SiteId(7)), one(4, Duty.ON_CALL, SiteId(8))

    assert to_call([leader, on_call, here, there], NOW_DAY, SiteId(7)) == [here, on_call, leader]
