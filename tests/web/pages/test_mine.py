"""What is at hand on Today: next sessions, favourites, halls used last; one's own only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.makers import a_conference, a_site


async def today(client) -> str:
    answer = await client.get("/")
    assert answer.status == 200
    return str(await answer.text())


async def test_favourites_stand_on_today_until_taken_away(client_for, conn):
    secretary, other = await client_for("secretary"), await client_for("secretary")
    site = await a_site(conn, "Sín Thầu")

    await secretary.post(f"/sites/{site.id}/favourite")
    await secretary.post("/groups/border-communes/favourite")
    kept = await today(secretary)
    await secretary.post(f"/sites/{site.id}/favourite")
    gone = await today(secretary)

    link = f'href="/sites/{site.id}"'
    assert (link in kept, "/groups/border-communes" in kept, link in gone) == (True, True, False)
    assert "/groups/border-communes" not in await today(other)


async def test_hall_or_group_that_is_none_is_no_favourite(client_for, conn):
    secretary = await client_for("secretary")

    assert (await secretary.post("/sites/999999/favourite")).status == 404
    assert (await secretary.post("/groups/none/favourite")).status == 404
    assert await conn.fetchval("SELECT count(*) FROM favourites") == 0


async def test_next_sessions_and_halls_used_last_stand_on_today(client_for, conn):
    secretary = await client_for("secretary")
    person = await conn.fetchval("SELECT max(id) FROM people")
    site = await a_site(conn, "Sín Thầu")
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=30)
    await a_conference(
        conn, sites=[site.id], start=soon, title="Họp mai kia", by=f"person:{person}"
    )

    page = await today(secretary)

    assert "Họp mai kia" in page
    assert f'href="/sites/{site.id}"' in page


async def test_sessions_of_others_are_none_of_ones_own(client_for, conn, bridge):
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=30)
    await a_conference(conn, sites=[(await a_site(conn, "Mường Nhé")).id], start=soon)
    stranger = await client_for("secretary", unit=(await a_site(conn, "Sín Thầu")).unit_code)

    page = await today(stranger)

    assert "Chưa có lịch." in page.partition("Phiên họp sắp tới của tôi")[2]
