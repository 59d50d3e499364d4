"""The address of a hall's room system by API."""

from __future__ import annotations

import pytest

PATH = "/api/v1/sites"
SIP = "sip:hall@gw.example.vn"
ANY = {"If-Match": "*"}


async def test_it_is_written_read_and_taken_away(program, sites):
    technician = await program("technician", unit="11")
    place = f"{PATH}/{sites[0]}/gateway"

    told = []
    for address in ("SIP:hall@GW.example.vn", SIP, ""):
        answer = await technician.put(place, json={"gateway": address}, headers=ANY)
        told.append(await answer.json())

    first = told[0]["version"]
    assert told == [
        {"site": sites[0], "gateway": address, "version": version}
        for address, version in ((SIP, first), (SIP, first), ("", first + 1))
    ]
    assert await (await technician.get(place)).json() == told[-1]


async def test_who_did_not_see_the_latest_changes_nothing(program, sites):
    technician = await program("technician", unit="11")
    place = f"{PATH}/{sites[0]}/gateway"
    seen = (await technician.get(place)).headers["ETag"]

    answers = [
        await technician.put(place, json={"gateway": address}, headers=headers)
        for address, headers in (
            (SIP, {"If-Match": seen}),
            ("", {"If-Match": seen}),
            ("", {"If-Match": "1.5"}),
            ("", {}),
        )
    ]

    assert [answer.status for answer in answers] == [200, 412, 400, 428]
    now = await technician.get(place)
    assert (await now.json())["gateway"] == SIP
    assert now.headers["ETag"] == answers[0].headers["ETag"] != seen


@pytest.mark.parametrize("body", [{"gateway": "tel:1"}, {"gateway": 5}, {}, {"x": ""}])
async def test_bad_input_changes_nothing(program, sites, body):
    technician = await program("technician", unit="11")
    place = f"{PATH}/{sites[0]}/gateway"

    answer = await technician.put(place, json=body, headers=ANY)

    assert answer.status == 422
    assert (await (await technician.get(place)).json())["gateway"] == ""


async def test_who_does_not_look_after_the_hall_is_refused(program, sites):
    leader = await program("leader", unit="11")
    other = await program("technician", unit="03158")
    place = f"{PATH}/{sites[1]}/gateway"

    answers = [await who.put(place, json={"gateway": SIP}, headers=ANY) for who in (leader, other)]

    assert [answer.status for answer in answers] == [403, 403]


async def test_a_hall_that_is_not_there_is_not_found(program):
    technician = await program("technician", unit="11")

    answers = [
        await technician.get(f"{PATH}/999999/gateway"),
        await technician.put(f"{PATH}/999999/gateway", json={"gateway": SIP}, headers=ANY),
    ]

    assert [answer.status for answer in answers] == [404, 404]
