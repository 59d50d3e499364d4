"""One effect for each key, also when equal requests come at once."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from meetings.errors import KeyReused
from meetings.idempotency import Answer, begin_request, finish_request, forget_old_requests

NOW = datetime(2026, 11, 30, 1, tzinfo=UTC)
ANSWER = Answer(status=201, headers={"Location": "/x"}, body='{"id": 1, "title": "Họp"}')


async def ask(conn, *, request=b"1", key="k", actor="token:a", now=NOW):
    return await begin_request(conn, actor=actor, key=key, request=request, now=now)


async def test_an_equal_request_gets_the_same_answer(conn):
    async with conn.transaction():
        assert await ask(conn) is None
        await finish_request(conn, actor="token:a", key="k", answer=ANSWER)

    async with conn.transaction():
        assert await ask(conn) == ANSWER


async def test_another_request_under_the_same_key_is_refused(conn):
    async with conn.transaction():
        await ask(conn)
        await finish_request(conn, actor="token:a", key="k", answer=ANSWER)

    with pytest.raises(KeyReused):
        await ask(conn, request=b"2")


async def test_keys_of_different_actors_are_different_keys(conn):
    async with conn.transaction():
        await ask(conn)
        await finish_request(conn, actor="token:a", key="k", answer=ANSWER)

    assert await ask(conn, actor="token:b", request=b"2") is None


async def test_a_request_that_failed_leaves_its_key_free(conn):
    transaction = conn.transaction()
    await transaction.start()
    await ask(conn)
    await transaction.rollback()

    assert await ask(conn, request=b"2") is None


async def test_a_key_is_free_again_after_a_day(conn):
    async with conn.transaction():
        await ask(conn)
        await finish_request(conn, actor="token:a", key="k", answer=ANSWER)

    assert await ask(conn, request=b"2", now=NOW + timedelta(hours=24)) is None


async def test_old_answers_are_forgotten(conn):
    await ask(conn, key="old")
    await ask(conn, key="new", now=NOW + timedelta(hours=1))

    await forget_old_requests(conn, NOW + timedelta(hours=24))

    assert [row["key"] for row in await conn.fetch("SELECT key FROM idempotency")] == ["new"]


async def test_equal_requests_at_once_have_one_effect(pool):
    effects = []

    async def request():
        async with pool.acquire() as conn, conn.transaction():
            answer = await ask(conn)
            if answer is None:
                effects.append(1)
                await finish_request(conn, actor="token:a", key="k", answer=ANSWER)
                answer = ANSWER
            return answer

    answers = await asyncio.gather(*(request() for _ in range(50)))

    assert (answers, effects) == ([ANSWER] * 50, [1])
