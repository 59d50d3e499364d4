"""One effect for each idempotency key, whoever hurries."""

from __future__ import annotations

import asyncio
from typing import Any

from meetings.scheduling.conferences import list_conferences
from tests.web.api.conftest import Client, a_body, booked

PATH = "/api/v1/conferences"


async def post(client: Client, body: dict[str, Any], key: str) -> tuple[int, bytes, str, str]:
    answer = await client.post(PATH, json=body, headers={"Idempotency-Key": key})
    headers = answer.headers
    return answer.status, await answer.read(), headers.get("ETag", ""), headers.get("Location", "")


async def test_same_request_again_gets_the_same_answer(program, sites, conn):
    admin = await program("admin")

    first = await post(admin, a_body(sites), "one")
    again = await post(admin, a_body(sites), "one")

    assert first[0] == 201
    assert again == first
    assert len(await list_conferences(conn)) == 1


async def test_fifty_equal_requests_at_once_book_once(program, sites, conn):
    admin = await program("admin")

    answers = await asyncio.gather(*(post(admin, a_body(sites), "rush") for _ in range(50)))

    assert answers[0][0] == 201
    assert set(answers) == {answers[0]}
    assert len(await list_conferences(conn)) == 1
    assert await conn.fetchval("SELECT count(*) FROM audit WHERE action = 'conference.book'") == 1


async def test_fifty_equal_requests_without_a_key_book_once(program, sites, conn):
    admin = await program("admin")

    async def ask() -> tuple[int, str]:
        answer = await admin.post(PATH, json=a_body(sites))
        return answer.status, str((await answer.json()).get("code", ""))

    answers = await asyncio.gather(*(ask() for _ in range(50)))

    assert sorted(answers) == [(201, ""), *[(409, "site-busy")] * 49]
    assert len(await list_conferences(conn)) == 1


async def test_other_body_under_the_same_key_is_refused(program, sites, conn):
    admin = await program("admin")
    await post(admin, a_body(sites), "one")

    answer = await admin.post(
        PATH, json=a_body(sites, title="Another"), headers={"Idempotency-Key": "one"}
    )

    assert (answer.status, (await answer.json())["code"]) == (422, "idempotency-key-reused")
    assert len(await list_conferences(conn)) == 1


async def test_keys_of_others_are_not_mine(program, sites, conn):
    admin, secretary = await program("admin"), await program("secretary")
    later = {"start": "2026-11-26T08:00:00+07:00", "end": "2026-11-26T09:00:00+07:00"}

    assert (await post(admin, a_body(sites), "one"))[0] == 201
    assert (await post(secretary, a_body(sites, **later), "one"))[0] == 201
    assert len(await list_conferences(conn)) == 2


async def test_refusal_leaves_the_key_free(program, sites):
    admin = await program("admin")
    await booked(admin, sites)
    later = {"start": "2026-11-26T08:00:00+07:00", "end": "2026-11-26T09:00:00+07:00"}

    assert (await post(admin, a_body(sites), "one"))[0] == 409
    assert (await post(admin, a_body(sites, **later), "one"))[0] == 201


async def test_first_request_at_work_makes_the_others_wait(program, sites, conn, owner):
    admin = await program("admin")

    async with owner.transaction():
        await owner.execute("LOCK TABLE conferences IN ACCESS EXCLUSIVE MODE")
        both = [asyncio.create_task(post(admin, a_body(sites), "slow")) for _ in range(2)]
        await until_waiting(conn)
        assert [task.done() for task in both] == [False, False]

    assert len({await task for task in both}) == 1
    assert len(await list_conferences(conn)) == 1


async def until_waiting(conn) -> None:
    """Return when somebody waits for a lock."""
    async with asyncio.timeout(60):
        while not await conn.fetchval(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        ):
            await asyncio.sleep(0.01)


async def test_odd_keys_are_refused(program, sites, conn):
    admin = await program("admin")

    for key in ("", "x" * 256, "\xfc"):
        status, _, _, _ = await post(admin, a_body(sites), key)
        assert status == 422, key
    assert await list_conferences(conn) == []


async def test_change_and_cancelling_are_made_once(program, sites):
    admin = await program("admin")
    path = f"{PATH}/{(await booked(admin, sites))['id']}"
    headers = {"If-Match": '"1"', "Idempotency-Key": "change"}

    changes = [await admin.patch(path, json={"title": "x"}, headers=headers) for _ in range(2)]
    headers = {"If-Match": '"2"', "Idempotency-Key": "cancel"}
    cancels = [await admin.delete(path, headers=headers) for _ in range(2)]

    assert [answer.status for answer in (*changes, *cancels)] == [200] * 4
    assert await changes[0].read() == await changes[1].read()
    assert await cancels[0].read() == await cancels[1].read()


async def test_links_under_a_key_are_stored_sealed(program, sites, conn):
    admin = await program("admin")
    path = f"{PATH}/{(await booked(admin, sites))['id']}/links/reset"

    first = await admin.post(path, headers={"Idempotency-Key": "reset"})
    again = await admin.post(path, headers={"Idempotency-Key": "reset"})

    body = await first.json()
    stored = await conn.fetchval("SELECT body FROM idempotency WHERE key = 'reset'")
    assert await again.json() == body
    assert {link["generation"] for link in body["items"]} == {2}
    assert "http:" not in stored
    assert body["items"][0]["url"].rpartition("/")[2] not in stored


async def test_killed_between_effect_and_answer_leaves_neither(program, sites, conn, owner):
    """The transaction that holds both is cut off on the server's side, as a kill would."""
    admin = await program("admin")
    async with owner.transaction():
        await owner.execute("LOCK TABLE links IN ACCESS EXCLUSIVE MODE")
        task = asyncio.create_task(post(admin, a_body(sites), "killed"))
        await until_waiting(conn)
        await owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        status, _, _, _ = await task

    assert status == 503
    assert await list_conferences(conn) == []
    assert await conn.fetchval("SELECT count(*) FROM idempotency") == 0
    assert (await post(admin, a_body(sites), "killed"))[0] == 201
