import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from monitoring.board import count_targets, history
from monitoring.devices import remove_device, target_by_id
from monitoring.model import Health, TargetId, Watch
from monitoring.rules import stale_after
from monitoring.watching import keep_results, record
from tests.makers import a_directory, a_site, some_sites
from tests.monitoring.makers import MINUTE, NOON, a_device, a_result, only_target

LIST_RESULTS = "SELECT target_id, at, reason, tableoid::regclass::text AS part FROM results"
PARTS = """
    SELECT inhrelid::regclass::text FROM pg_inherits
     WHERE inhparent = 'results'::regclass ORDER BY 1
"""


@pytest.fixture
async def target(conn):
    await a_directory(conn)
    return only_target(await a_device(conn, (await a_site(conn)).id))


def results(letters: str, target: int, begin: datetime = NOON):
    return [a_result(letter, begin + n * MINUTE, target) for n, letter in enumerate(letters, 1)]


async def test_three_of_five_failed_is_down(conn, target):
    flips = await record(conn, results("uuddud", target))
    seen = await target_by_id(conn, TargetId(target), NOON + 6 * MINUTE)

    assert [(flip.was, flip.now) for flip in flips] == [
        (Health.UNKNOWN, Health.UP),
        (Health.UP, Health.DOWN),
    ]
    assert (seen.state, seen.since, seen.reason) == (Health.DOWN, NOON + 6 * MINUTE, "refused")


async def test_batches_judge_like_single_results(conn, target):
    for result in results("uuddud", target):
        await record(conn, [result])
    single = await target_by_id(conn, TargetId(target), NOON)
    other = only_target(await a_device(conn, (await a_site(conn)).id, name="Other"))
    await record(conn, list(reversed(results("uuddud", other))))
    batch = await target_by_id(conn, TargetId(other), NOON)

    assert (single.state, single.since, single.reason) == (batch.state, batch.since, batch.reason)


async def test_every_result_is_kept_raw(conn, target):
    await record(conn, results("ud", target))
    rows = await conn.fetch(LIST_RESULTS)

    assert sorted((row["target_id"], row["at"], row["reason"]) for row in rows) == [
        (target, NOON + MINUTE, ""),
        (target, NOON + 2 * MINUTE, "refused"),
    ]


async def test_flips_are_history_and_news(conn, owner, target):
    heard = []
    await owner.add_listener("diemcau", lambda *news: heard.append(news[3]))
    await record(conn, results("u", target))
    await record(conn, results("u", target, NOON + MINUTE))
    await owner.execute("SELECT")
    site = (await a_site(conn)).id
    (happening,), total = await history(conn, site)

    assert (heard, total) == (["board"], 1)
    assert await history(conn, site, offset=1) == ([], 0)
    assert (happening.at, happening.was, happening.now, happening.device, happening.host) == (
        NOON + MINUTE,
        Health.UNKNOWN,
        Health.UP,
        "Codec",
        "127.0.0.1",
    )


async def test_results_of_a_removed_target_are_dropped(conn, target):
    device = (await target_by_id(conn, TargetId(target), NOON)).device
    await remove_device(conn, device, by="person:1")

    assert await record(conn, results("ddd", target)) == []
    assert await conn.fetch(LIST_RESULTS) == []


async def test_no_results_ask_nothing_of_the_store(conn):
    assert await record(conn, []) == []


async def test_without_news_a_verdict_fades(conn, target):
    await record(conn, results("u", target))
    end = NOON + MINUTE + stale_after(MINUTE)

    for moment, state in ((end, Health.UP), (end + timedelta(seconds=1), Health.UNKNOWN)):
        seen = await target_by_id(conn, TargetId(target), moment)
        assert (seen.state, seen.since) == (state, NOON + MINUTE)
        assert (await count_targets(conn, moment))[state] == 1


async def test_two_probers_may_write_at_once(pool, conn):
    await a_directory(conn)
    sites = await some_sites(conn, 20)
    targets = [only_target(await a_device(conn, site)) for site in sites]

    async def write(second: int) -> None:
        at = NOON + timedelta(seconds=second)
        batch = [a_result("d", at, target) for target in targets]
        if second % 2:
            batch.reverse()
        async with pool.acquire() as one, one.transaction():
            await record(one, batch)

    await asyncio.gather(*(write(second) for second in range(12)))

    # Whoever comes late with an older result is not counted, but nobody is lost on the way.
    assert await conn.fetchval("SELECT count(*) FROM results") == 240
    assert await conn.fetchval("SELECT count(*) FROM watches WHERE recent <> ''") == 20


async def test_a_recorded_memory_is_the_judged_one(conn, target):
    await record(conn, results("uu?d", target))
    row = await conn.fetchrow("SELECT * FROM watches")
    seen = Watch(
        target=TargetId(target),
        state=Health.UP,
        since=NOON + MINUTE,
        recent="uud",
        last_at=NOON + 4 * MINUTE,
        last_reason="refused",
        last_seconds=None,
        interval=MINUTE,
    )

    assert row is not None
    assert [row["state"], row["since"], row["recent"], row["last_at"], row["last_reason"]] == [
        seen.state,
        seen.since,
        seen.recent,
        seen.last_at,
        seen.last_reason,
    ]


async def test_days_are_made_ahead_and_dropped_after_two_weeks(conn, target):
    await keep_results(conn, NOON)
    await keep_results(conn, NOON)
    assert [row[0] for row in await conn.fetch(PARTS)] == [
        "results_20261130",
        "results_20261201",
        "results_20261202",
        "results_20261203",
        "results_default",
    ]
    await record(conn, results("u", target))

    await keep_results(conn, NOON + timedelta(days=14))
    assert await conn.fetchval("SELECT count(*) FROM results") == 1
    await keep_results(conn, NOON + timedelta(days=15))
    assert await conn.fetchval("SELECT count(*) FROM results") == 0
    parts = [row[0] for row in await conn.fetch(PARTS)]
    assert parts[0] == "results_20261201"


async def test_results_that_came_before_their_day_move_into_it(conn, target):
    await record(conn, results("uu", target))
    await record(conn, results("u", target, NOON - timedelta(days=2)))
    await keep_results(conn, NOON)
    rows = await conn.fetch(LIST_RESULTS)

    assert sorted((row["part"], row["at"]) for row in rows) == [
        ("results_20261128", NOON - timedelta(days=2) + MINUTE),
        ("results_20261130", NOON + MINUTE),
        ("results_20261130", NOON + 2 * MINUTE),
    ]


async def test_a_day_begins_at_midnight_utc_whatever_the_session_thinks(conn, target):
    await conn.execute("SET timezone = 'Asia/Ho_Chi_Minh'")
    await keep_results(conn, NOON)
    first = datetime(2026, 11, 30, tzinfo=UTC)
    for at in (first, first + timedelta(days=1, microseconds=-1)):
        await record(conn, [a_result("u", at, target)])

    assert {row["part"] for row in await conn.fetch(LIST_RESULTS)} == {"results_20261130"}


async def test_the_program_itself_may_not_change_tables(conn):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await conn.execute("CREATE TABLE results_20991231 (LIKE results)")
