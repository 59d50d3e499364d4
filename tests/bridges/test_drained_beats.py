"""Halls' beats from the spool to strips, and what they say of presence."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg

from bridges.control.reconciling import count_silent
from bridges.entry.admitting import admit, note_heartbeat
from bridges.entry.passes import Pass
from bridges.entry.tokens_ahead import TokensAhead
from bridges.model import RoomName
from bridges.presence.beats import LONGEST_REST
from bridges.presence.evidence import row_of_sighting
from bridges.receiving.draining import drain, rebuild
from bridges.spooling.places import Place
from bridges.spooling.spool import Spool
from bridges.store import evidence as store
from meetings.model import Interval, SiteId
from meetings.store import Connection
from meetings.store.presences import list_presences
from tests.bridges.makers import a_pass
from web.database import transaction

START = datetime(2026, 11, 30, 1, tzinfo=UTC)
NOW = START + timedelta(hours=1)


async def test_admissions_and_heartbeats_are_evidence(conn: Connection, tmp_path: Path):
    found, known, conference = await a_pass(conn, tmp_path)

    async with Spool(tmp_path / "admissions") as spool:
        await admit(spool, found, known, TokensAhead(), START)
        for minute in (1, 2, 3):
            await note_heartbeat(spool, found, START + timedelta(minutes=minute))
        taken = await drain(conn, spool, row_of_sighting, now=NOW)

    (interval,) = (await list_presences(conn, conference.id))[found.site]
    assert taken == 4
    assert interval == Interval(
        start=START + timedelta(minutes=1), end=START + timedelta(minutes=3), evidence="heartbeat"
    )


async def test_beats_count_a_conference_again_after_a_while(conn: Connection, tmp_path: Path):
    found, _, conference = await a_pass(conn, tmp_path)

    async def beaten(*minutes: int) -> int:
        """Return for how many minutes the hall is known to have been in, two minutes later."""
        for minute in minutes:
            await note_heartbeat(spool, found, START + timedelta(minutes=minute))
        now = START + timedelta(minutes=minutes[-1] + 2)
        await drain(conn, spool, row_of_sighting, now=now)
        intervals = (await list_presences(conn, conference.id)).get(found.site, ())
        return sum(one.end.minute - one.start.minute for one in intervals if one.end)

    async with Spool(tmp_path / "admissions") as spool:
        seen = [await beaten(1, 2), await beaten(3), await beaten(3)]
        await note_heartbeat(spool, found, START + timedelta(minutes=3, seconds=9))
        await drain(conn, spool, row_of_sighting, now=START + timedelta(minutes=5, seconds=9))
        uncounted = (await list_presences(conn, conference.id))[found.site][0].end
        await rebuild(conn, conference.id, now=NOW)

    assert seen == [1, 2, 2]
    assert uncounted == START + timedelta(minutes=3)
    (interval,) = (await list_presences(conn, conference.id))[found.site]
    assert interval.end == START + timedelta(minutes=3, seconds=9)


async def test_who_fell_silent_last_is_out_though_no_news_comes_any_more(
    conn: Connection, pool: asyncpg.Pool, tmp_path: Path
):
    found, _, conference = await a_pass(conn, tmp_path)
    last = START + timedelta(minutes=3)

    async def end_known(at: datetime) -> datetime | None:
        await count_silent(lambda: transaction(pool), at)
        return (await list_presences(conn, conference.id))[found.site][0].end

    async with Spool(tmp_path / "admissions") as spool:
        for minute in (1, 2, 3):
            await note_heartbeat(spool, found, START + timedelta(minutes=minute))
        await drain(conn, spool, row_of_sighting, now=last + timedelta(seconds=5))

    rests = [await end_known(last + LONGEST_REST), await end_known(last + 2 * LONGEST_REST)]
    assert rests == [None, last]


async def drain_beats(conn: Connection, spool: Spool, found: Pass, *seconds: float) -> None:
    """Note that a hall was in at some seconds of its conference, and drain it."""
    for second in seconds:
        await note_heartbeat(spool, found, START + timedelta(seconds=second))
    await drain(conn, spool, row_of_sighting, now=NOW)


async def strips(conn: Connection) -> list[tuple[datetime, list[int]]]:
    """Return the strips of beats that are kept, and which of their seconds are marked."""
    rows = await conn.fetch("SELECT begins_at, seconds FROM beat_strips ORDER BY begins_at")
    return [(row["begins_at"], ones(row["seconds"].to_int())) for row in rows]


def ones(bits: int) -> list[int]:
    return [place for place in range(bits.bit_length()) if bits >> place & 1]


async def test_beats_are_strips_however_late_and_often_they_come(conn: Connection, tmp_path: Path):
    found, _, conference = await a_pass(conn, tmp_path)
    half = timedelta(minutes=30)

    async with Spool(tmp_path / "one") as spool:
        await drain_beats(conn, spool, found, 20.9, 0, 1810)
        await drain_beats(conn, spool, found, 10, 1799, 20.1)
        async with Spool(tmp_path / "two") as other:
            await drain_beats(conn, other, found, 10, 1810, -1)

    assert await strips(conn) == [
        (START - half, [1799]),
        (START, [0, 10, 20, 1799]),
        (START + half, [10]),
    ]
    assert await conn.fetchval("SELECT count(*) FROM evidence") == 0
    async with conn.transaction():
        await rebuild(conn, conference.id, now=NOW)
    intervals = (await list_presences(conn, conference.id))[found.site]
    assert [(one.start, one.end) for one in intervals] == [
        (START - timedelta(seconds=1), START + timedelta(seconds=20)),
        (START + timedelta(seconds=1799), START + timedelta(seconds=1810)),
    ]


async def test_beats_of_before_they_were_strips_count_with_those_after(
    conn: Connection, tmp_path: Path
):
    found, _, conference = await a_pass(conn, tmp_path)
    async with Spool(tmp_path / "old") as spool:
        for second in range(0, 100, 10):
            await note_heartbeat(spool, found, START + timedelta(seconds=second + 0.4))
        rows = [row_of_sighting(record) for record in spool.read(Place()).records]

    await store.insert_evidence(conn, rows)
    async with Spool(tmp_path / "new") as spool:
        await drain_beats(conn, spool, found, *range(90, 200, 10))

    (interval,) = (await list_presences(conn, conference.id))[found.site]
    assert (interval.start, interval.end) == (START, START + timedelta(seconds=190))


async def test_beats_of_no_known_room_stay_as_they_came(conn: Connection, tmp_path: Path):
    found, _, _ = await a_pass(conn, tmp_path)
    stranger = replace(found, occasion=replace(found.occasion, room=RoomName("khong-co-phong")))

    async with Spool(tmp_path / "admissions") as spool:
        await note_heartbeat(spool, found, START)
        await drain_beats(conn, spool, stranger, 0, 10)

    kept = await conn.fetch("SELECT room, conference_id FROM evidence WHERE kind = 'heartbeat'")
    assert list(map(tuple, kept)) == [("khong-co-phong", None)] * 2
    assert await strips(conn) == [(START, [0])]


async def test_beats_that_a_crash_leaves_undrained_are_taken_again(
    conn: Connection, tmp_path: Path
):
    found, _, conference = await a_pass(conn, tmp_path)

    async with Spool(tmp_path / "admissions") as spool:
        await drain_beats(conn, spool, found, 0, 10)
        before = await store.find_place(conn, spool.name)
        await drain_beats(conn, spool, found, 20, 30)
        first = await list_presences(conn, conference.id), await strips(conn)
        await store.save_place(conn, spool.name, before)
        taken = await drain(conn, spool, row_of_sighting, now=NOW)

    assert taken == 2
    assert (await list_presences(conn, conference.id), await strips(conn)) == first


async def test_processes_that_drain_beats_of_the_same_halls_at_once_lose_none(
    conn: Connection, pool: asyncpg.Pool, tmp_path: Path
):
    found, _, conference = await a_pass(conn, tmp_path)
    halls = [replace(found, site=SiteId(site)) for site in conference.sites]

    async def one(number: int) -> None:
        order = halls if number % 2 else halls[::-1]
        async with Spool(tmp_path / str(number)) as spool, pool.acquire() as own:
            for second in range(0, 60, 10):
                for hall in order:
                    at = START + timedelta(seconds=second + number)
                    await note_heartbeat(spool, hall, at)
                await drain(own, spool, row_of_sighting, now=NOW)

    await asyncio.gather(*map(one, range(4)))

    told = [second + number for second in range(0, 60, 10) for number in range(4)]
    assert await strips(conn) == [(START, told)] * len(halls)
