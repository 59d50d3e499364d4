"""Chains of approval over HTTP: set, changed under an ETag, removed; requests keep their steps."""

from __future__ import annotations

from tests.web.api.conftest import booked

ROOT = "/api/v1/approval-chains"


async def test_a_chain_is_made_changed_and_removed(program, sites):
    admin, secretary = await program("admin"), await program("secretary")
    body = {"unit": "11", "kind": "briefing", "steps": [{"role": "leader", "unit": "11"}]}

    made = await admin.post(ROOT, json=body)
    again = await admin.post(ROOT, json=body)
    asked = await booked(secretary, sites)
    address = made.headers["Location"]
    missing = await admin.patch(address, json={"steps": []})
    stale = await admin.patch(address, json={"steps": []}, headers={"If-Match": '"7"'})
    changed = await admin.patch(address, json={"steps": []}, headers={"If-Match": '"1"'})
    at_once = await booked(
        secretary, sites, start="2026-11-26T08:00:00+07:00", end="2026-11-26T09:00:00+07:00"
    )
    gone = await admin.delete(address, headers={"If-Match": '"2"'})

    assert [one.status for one in (made, again, missing, stale, changed, gone)] == [
        201,
        409,
        428,
        412,
        200,
        204,
    ]
    assert (asked["state"], at_once["state"]) == ("requested", "confirmed")
    assert (await (await admin.get(ROOT)).json())["items"] == []
    stands = await admin.get(f"/api/v1/conferences/{asked['id']}/approval")
    assert [one["role"] for one in (await stands.json())["steps"]] == ["leader"]


async def test_every_type_of_decision_45_is_booked_and_has_chains(program, sites):
    admin = await program("admin")

    for hour, kind in enumerate(["advisory", "working", "professional", "briefing", "review"]):
        made = await admin.post(ROOT, json={"unit": "11", "kind": kind, "steps": []})
        body = await booked(
            admin,
            sites,
            kind=kind,
            start=f"2026-11-26T{8 + hour:02}:00:00+07:00",
            end=f"2026-11-26T{8 + hour:02}:30:00+07:00",
        )

        assert (made.status, body["kind"], body["state"]) == (201, kind, "confirmed")


async def test_a_chain_names_what_exists(program, sites):
    admin = await program("admin")

    answers = {
        name: await admin.post(ROOT, json={"unit": "11", "steps": [step]})
        for name, step in {
            "steps.0.unit": {"role": "leader", "unit": "nowhere"},
            "steps.0.people": {"people": [999]},
            "steps.0.role": {"role": "leader"},
        }.items()
    }

    assert {name: one.status for name, one in answers.items()} == dict.fromkeys(answers, 422)
    assert {name: (await one.json())["errors"][0]["field"] for name, one in answers.items()} == {
        name: name for name in answers
    }


async def test_chains_of_others_are_not_mine(program, sites):
    province, office = await program("admin"), await program("admin", unit="11.vpubnd")
    made = await province.post(ROOT, json={"unit": "11", "steps": []})

    assert (await office.get(made.headers["Location"])).status == 403
    assert (await office.post(ROOT, json={"unit": "11", "steps": []})).status == 403
    assert (await (await office.get(ROOT)).json())["items"] == []
