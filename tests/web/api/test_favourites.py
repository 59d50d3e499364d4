"""Favourites through the API: a person's own, put and taken away; a token has none."""

from __future__ import annotations

from tests.makers import a_conference, a_site

FAVOURITES = "/api/v1/favourites"


async def kept(client):
    answer = await client.get(FAVOURITES)
    assert answer.status == 200
    told = await answer.json()
    return (
        [one["id"] for one in told["sites"]],
        [one["code"] for one in told["groups"]],
        [one["id"] for one in told["recent"]],
    )


async def test_favourites_are_ones_own_and_stay_until_taken_away(client_for, conn):
    secretary, other = await client_for("secretary"), await client_for("secretary")
    site = (await a_site(conn, "Sín Thầu")).id
    places = (f"{FAVOURITES}/sites/{site}", f"{FAVOURITES}/groups/border-communes")

    for place in places * 2:
        assert (await secretary.put(place)).status == 204
    both, nobodys = await kept(secretary), await kept(other)
    for place in places * 2:
        assert (await secretary.delete(place)).status == 204

    assert both == ([site], ["border-communes"], [])
    assert nobodys == ([], [], [])
    assert await kept(secretary) == ([], [], [])


async def test_halls_used_last_are_told(client_for, conn):
    secretary = await client_for("secretary")
    person = await conn.fetchval("SELECT max(id) FROM people")
    site = (await a_site(conn, "Sín Thầu")).id
    await a_conference(conn, sites=[site], by=f"person:{person}")

    assert await kept(secretary) == ([], [], [site])


async def test_what_is_not_there_and_who_is_nobody_has_no_favourite(client_for, program, conn):
    secretary, robot = await client_for("secretary"), await program("secretary")
    site = (await a_site(conn, "Sín Thầu")).id

    assert (await secretary.put(f"{FAVOURITES}/sites/999999")).status == 404
    assert (await secretary.put(f"{FAVOURITES}/groups/none")).status == 404
    assert (await robot.put(f"{FAVOURITES}/sites/{site}")).status == 404
    assert await kept(robot) == ([], [], [])
    assert await conn.fetchval("SELECT count(*) FROM favourites") == 0
