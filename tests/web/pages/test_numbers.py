"""What no id could be is somebody's slip, however many digits it has, and no accident of ours."""

from __future__ import annotations

from tests.makers import a_conference

MANY = "9" * 5000


async def test_number_of_thousands_of_digits_is_a_wrong_one(client_for, conn, bridge):
    admin = await client_for("admin")
    held = await a_conference(conn)
    upstream = {"name": "Cầu", "address": "sip:a@b.vn", "relay_site": MANY}
    group = {"code": "nhom", "name": "Nhóm", "sites": MANY}
    contact = {"duty": "on-call", "contact_name": "Trực", "phone": "0215", "site": MANY}
    chain = {"unit": "11", "kind": "training", "person1": MANY}
    forms = {
        f"/conferences/{MANY}/control/extend": ({}, 404),
        f"/conferences/{held.id}/upstream": (upstream, 422),
        f"/conferences/{held.id}/hand-over": ({"owner": MANY, "version": "1"}, 422),
        "/groups": (group, 422),
        "/units/11/contacts": (contact, 422),
        "/approval-chains": (chain, 422),
        "/deputies": ({"deputy": MANY, "role": "admin", "unit": "11"}, 422),
        "/corrections": ({"kind": "site", "record": MANY}, 404),
    }

    told = {
        path: (await admin.post(path, data=form, allow_redirects=False)).status
        for path, (form, _) in forms.items()
    }
    seen = await admin.get(f"/conferences/{MANY}")

    assert told == {path: status for path, (_, status) in forms.items()}
    assert seen.status == 404
