"""Messages: written once, claimed by one worker, tried again, given up with a reason."""

import asyncio
from datetime import UTC, datetime, timedelta

from meetings.outbox import (
    LONGEST_REST,
    MOST_ATTEMPTS,
    claim,
    enqueue,
    mark_failed,
    mark_sent,
    renew,
    rest,
)

NOW = datetime(2026, 11, 30, 1, tzinfo=UTC)
LEASE = timedelta(seconds=60)
MINUTE = timedelta(minutes=1)


async def a_message(conn, key="flip/1", due_at=NOW):
    return await enqueue(conn, key, "kt@dienbien.test", {"subject": "Mất kết nối"}, due_at)


async def test_a_message_is_written_once_for_its_key(conn):
    assert await a_message(conn)
    assert not await a_message(conn)

    [message] = await claim(conn, NOW, LEASE, limit=10)

    assert (message.key, message.recipient, message.payload, message.attempts) == (
        "flip/1",
        "kt@dienbien.test",
        {"subject": "Mất kết nối"},
        1,
    )


async def test_a_message_waits_until_it_is_due(conn):
    await a_message(conn, due_at=NOW + MINUTE)

    assert await claim(conn, NOW, LEASE) == []
    assert len(await claim(conn, NOW + MINUTE, LEASE)) == 1


async def test_a_claimed_message_is_left_to_its_worker(conn):
    await a_message(conn)
    await claim(conn, NOW, LEASE)

    assert await claim(conn, NOW + LEASE / 2, LEASE) == []


async def test_a_sent_message_is_never_claimed_again(conn):
    await a_message(conn)
    [message] = await claim(conn, NOW, LEASE)

    assert await mark_sent(conn, message.id, message.fence)
    assert await claim(conn, NOW + 10 * LEASE, LEASE) == []


async def test_a_dead_workers_message_is_taken_over_and_its_late_mark_refused(conn):
    await a_message(conn)
    [first] = await claim(conn, NOW, LEASE)

    [second] = await claim(conn, NOW + LEASE, LEASE)

    assert (second.id, second.attempts) == (first.id, 2)
    assert not await mark_sent(conn, first.id, first.fence)
    assert not await mark_failed(conn, first.id, first.fence, "x", permanent=True, now=NOW)
    assert not await renew(conn, first.id, first.fence, now=NOW, lease=LEASE)
    assert await renew(conn, second.id, second.fence, now=NOW + LEASE, lease=LEASE)
    assert await mark_sent(conn, second.id, second.fence)


async def test_a_message_never_tried_goes_before_one_rescued(conn):
    await a_message(conn, "poison")
    await claim(conn, NOW, LEASE)
    await a_message(conn, "fresh", due_at=NOW + LEASE)

    [message] = await claim(conn, NOW + LEASE, LEASE)

    assert message.key == "fresh"


async def test_a_message_that_failed_for_now_is_tried_later(conn):
    await a_message(conn)
    [message] = await claim(conn, NOW, LEASE)

    assert await mark_failed(conn, message.id, message.fence, "451 later", permanent=False, now=NOW)

    assert await claim(conn, NOW, LEASE) == []
    assert len(await claim(conn, NOW + 2 * MINUTE, LEASE)) == 1


async def test_a_message_that_failed_for_good_keeps_its_reason(conn):
    await a_message(conn)
    [message] = await claim(conn, NOW, LEASE)

    await mark_failed(conn, message.id, message.fence, "550 no", permanent=True, now=NOW)

    assert await claim(conn, NOW + 10 * LEASE, LEASE) == []
    assert (
        await conn.fetchval("SELECT last_error FROM outbox WHERE dead_at IS NOT NULL") == "550 no"
    )


async def test_a_message_that_kills_its_workers_is_given_up(conn):
    await a_message(conn)
    now = NOW
    for _ in range(MOST_ATTEMPTS):
        assert len(await claim(conn, now, LEASE)) == 1
        now += LEASE

    assert await claim(conn, now, LEASE) == []
    assert await conn.fetchval("SELECT count(*) FROM outbox WHERE dead_at IS NOT NULL") == 1


async def test_many_workers_share_the_messages(pool):
    async with pool.acquire() as conn:
        for number in range(40):
            await a_message(conn, f"mail/{number}")

    async def work():
        async with pool.acquire() as conn:
            return [message.key for message in await claim(conn, NOW, LEASE, limit=5)]

    taken = await asyncio.gather(*(work() for _ in range(8)))

    assert sorted(key for keys in taken for key in keys) == sorted(
        f"mail/{number}" for number in range(40)
    )


def test_rests_double_up_to_an_hour():
    assert [rest(attempts) for attempts in (1, 2, 3)] == [MINUTE / 2, MINUTE, 2 * MINUTE]
    assert rest(50) == LONGEST_REST
