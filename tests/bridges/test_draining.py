"""From the receiver's spool to a conference's presence."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from bridges.entry.admitting import admit
from bridges.entry.tokens_ahead import TokensAhead
from bridges.jitsi.events import as_body
from bridges.model import Event, RoomState
from bridges.placement.rooms import room_of
from bridges.presence.attendance import Attendance
from bridges.presence.evidence import Row, row_of_event, row_of_sighting
from bridges.receiving.draining import drain, more_rest, rebuild
from bridges.spooling.envelopes import Envelope, seal
from bridges.spooling.places import Place
from bridges.spooling.spool import Spool
from bridges.store import evidence as store
from meetings.attendance.rollcall import sheet_of
from meetings.model import Conference, Interval, SiteId, State
from meetings.scheduling.booking import end
from meetings.scheduling.conferences import conference_by_id
from meetings.store import Connection
from meetings.store.presences import list_blind_spots, list_presences
from tests.bridges.makers import a_pass, a_placed_conference, a_room
from tests.bridges.receiving import Receiving, receiving
from tests.makers import a_conference

START = datetime(2026, 11, 30, 1, tzinfo=UTC)
NOW = START + timedelta(hours=1)


def seconds(minutes: float) -> int:
    return int((START + timedelta(minutes=minutes)).timestamp())


def event(path: str, room: str, **fields: object) -> bytes:
    body = json.dumps({"room_name": room, **fields}).encode()
    return seal(Envelope(bridge="lab", path=path, received_at=NOW, body=body))


def occupant(site: int, joined: float, left: float | None = None) -> dict[str, object]:
    told: dict[str, object] = {
        "occupant_jid": f"{site}@meet.lab/x",
        "id": f"site-{site}",
        "joined_at": seconds(joined),
    }
    return told | ({} if left is None else {"left_at": seconds(left)})


def whole_story(room: str, site: int) -> list[bytes]:
    stay = occupant(site, 0, 50)
    return [
        event("room/created", room, created_at=seconds(-5)),
        event("occupant/joined", room, occupant=occupant(site, 0)),
        event("occupant/left", room, occupant=stay),
        event(
            "room/destroyed",
            room,
            created_at=seconds(-5),
            destroyed_at=seconds(55),
            all_occupants=[stay],
        ),
    ]


async def seen(conn: Connection, conference: Conference) -> Attendance:
    return Attendance(
        presences=await list_presences(conn, conference.id),
        blind_spots=tuple(await list_blind_spots(conn, conference.id)),
    )


async def test_a_story_becomes_presence_and_the_conference_goes_live(
    conn: Connection, tmp_path: Path
):
    conference, room = await a_placed_conference(conn)
    site = conference.main_site

    async with Spool(tmp_path) as spool:
        for record in whole_story(room.name, site):
            await spool.append(record)
        taken = [await drain(conn, spool, row_of_event, now=NOW) for _ in range(2)]

    stay = Interval(start=START, end=START + timedelta(minutes=50), evidence="events")
    assert taken == [4, 0]
    assert await seen(conn, conference) == Attendance(presences={site: (stay,)}, blind_spots=())
    assert (await conference_by_id(conn, conference.id)).state is State.LIVE
    assert (await room_of(conn, conference.id)).state is RoomState.OPEN


async def test_the_same_news_again_is_one_row(conn: Connection, tmp_path: Path):
    conference, room = await a_placed_conference(conn)
    story = whole_story(room.name, conference.main_site)

    for name in ("one", "two"):
        async with Spool(tmp_path / name) as spool:
            await asyncio.gather(*map(spool.append, [*story, *reversed(story)]))
            await drain(conn, spool, row_of_event, now=NOW)

    assert await conn.fetchval("SELECT count(*) FROM evidence") == 4


async def test_a_spool_that_counts_from_one_again_is_read_from_its_beginning(
    conn: Connection, tmp_path: Path
):
    """As a folder that was brought back from a copy older than the database."""
    conference, room = await a_placed_conference(conn)
    story = whole_story(room.name, conference.main_site)

    async with Spool(tmp_path) as spool:
        await store.save_place(conn, spool.name, Place(segment=57, position=4))
        await asyncio.gather(*map(spool.append, story))
        taken = [await drain(conn, spool, row_of_event, now=NOW) for _ in range(2)]
        depth = spool.depth(await store.find_place(conn, spool.name))

    assert (taken, depth) == ([4, 0], 0)
    assert await conn.fetchval("SELECT count(*) FROM evidence") == 4


async def test_one_conference_that_cannot_be_counted_holds_up_no_other(
    conn: Connection, tmp_path: Path
):
    spoilt, its_room = await a_placed_conference(conn)
    later = await a_conference(conn, start=spoilt.period.end + timedelta(hours=3))
    whole, room = await a_room(conn, later)
    await conn.execute(
        """INSERT INTO evidence (key, kind, room, conference_id, body, received_at)
           VALUES ('\\x00', 'census', $1, $2, '{}', now())""",
        its_room.name,
        spoilt.id,
    )

    async with Spool(tmp_path) as spool:
        for name in (its_room.name, room.name):
            await spool.append(
                event("occupant/joined", name, occupant=occupant(whole.main_site, 0))
            )
        taken = [await drain(conn, spool, row_of_event, now=NOW) for _ in range(2)]

    assert taken == [2, 0]
    assert await conn.fetchval("SELECT count(*) FROM rooms WHERE counted_at >= $1", NOW) == 2
    assert await list_presences(conn, spoilt.id) == {}
    assert list(await list_presences(conn, whole.id)) == [whole.main_site]
    assert await conn.fetchval("SELECT count(*) FROM evidence WHERE kind = 'joined'") == 2


GIVE_UP = """
    CREATE FUNCTION give_up(conference bigint) RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
        IF conference = %s THEN RAISE EXCEPTION USING ERRCODE = 'query_canceled'; END IF;
        RETURN TRUE;
    END $$
"""


async def test_one_conference_whose_evidence_takes_too_long_holds_up_no_other(
    conn: Connection, owner: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    slow, its_room = await a_placed_conference(conn)
    later = await a_conference(conn, start=slow.period.end + timedelta(hours=3))
    whole, room = await a_room(conn, later)
    await owner.execute(GIVE_UP % slow.id)
    beats = store.LIST_OLD_BEATS.replace("WHERE", "WHERE (SELECT give_up($1)) AND")
    monkeypatch.setattr(store, "LIST_OLD_BEATS", beats)

    async with Spool(tmp_path) as spool:
        for name in (its_room.name, room.name):
            await spool.append(
                event("occupant/joined", name, occupant=occupant(whole.main_site, 0))
            )
        taken = await drain(conn, spool, row_of_event, now=NOW)

    assert (taken, await list_presences(conn, slow.id)) == (2, {})
    assert list(await list_presences(conn, whole.id)) == [whole.main_site]


async def test_rebuilding_changes_nothing(conn: Connection, tmp_path: Path):
    conference, room = await a_placed_conference(conn)
    async with Spool(tmp_path) as spool:
        await asyncio.gather(*map(spool.append, whole_story(room.name, conference.main_site)))
        await drain(conn, spool, row_of_event, now=NOW)
    before = await seen(conn, conference)

    async with conn.transaction():
        await rebuild(conn, conference.id, now=NOW)

    assert await seen(conn, conference) == before


async def test_a_crash_before_the_commit_takes_the_batch_again(conn: Connection, tmp_path: Path):
    conference, room = await a_placed_conference(conn)

    async with Spool(tmp_path) as spool:
        await asyncio.gather(*map(spool.append, whole_story(room.name, conference.main_site)))

        def broken(record: bytes) -> Row:
            raise RuntimeError(record[:1])

        with pytest.raises(RuntimeError):
            await drain(conn, spool, broken, now=NOW)

        assert await drain(conn, spool, row_of_event, now=NOW) == 4


async def test_news_of_another_bridge_about_our_room_is_not_believed(
    conn: Connection, tmp_path: Path
):
    conference, room = await a_placed_conference(conn)
    body = json.dumps({"room_name": room.name, "created_at": seconds(0)}).encode()
    stranger = Envelope(bridge="other", path="room/created", received_at=NOW, body=body)

    async with Spool(tmp_path) as spool:
        await spool.append(seal(stranger))
        await drain(conn, spool, row_of_event, now=NOW)

    assert (await conference_by_id(conn, conference.id)).state is State.CONFIRMED
    assert await conn.fetchval("SELECT conference_id FROM evidence") is None


async def test_unknown_rooms_and_unreadable_records_stop_nothing(conn: Connection, tmp_path: Path):
    conference, room = await a_placed_conference(conn)

    async with Spool(tmp_path) as spool:
        await spool.append(b"nonsense")
        await spool.append(event("room/created", "khong-co-phong", created_at=seconds(0)))
        await spool.append(event("room/created", "a%00b", created_at=seconds(0)))
        await spool.append(event("room/created", room.name, created_at=seconds(0)))
        taken = await drain(conn, spool, row_of_event, now=NOW)

    assert taken == 4
    assert (await conference_by_id(conn, conference.id)).state is State.LIVE


async def test_a_row_that_the_database_refuses_is_left_out(conn: Connection, tmp_path: Path):
    conference, room = await a_placed_conference(conn)

    def spoilt(record: bytes) -> Row:
        row = row_of_event(record)
        body = {**as_body(read_back(row)), "x": "\0"} if row.room == "r-0" else row.body
        return Row(
            key=row.key,
            bridge=row.bridge,
            kind=row.kind,
            room=row.room,
            body=body,
            received_at=row.received_at,
        )

    async with Spool(tmp_path) as spool:
        await spool.append(event("room/created", "r-0", created_at=seconds(0)))
        await spool.append(event("room/created", room.name, created_at=seconds(0)))
        await drain(conn, spool, spoilt, now=NOW)

    assert await conn.fetchval("SELECT count(*) FROM evidence") == 1
    assert (await conference_by_id(conn, conference.id)).state is State.LIVE


def read_back(row: Row) -> Event:
    (created,) = [Event(kind=row.kind, room=row.room, at=START, created_at=START)]
    return created


@pytest.mark.parametrize(("took", "rest"), [(0.0, 0), (0.06, 0), (2.5, 0), (5.0, 10), (10.0, 30)])
def test_beats_wait_longer_where_counting_takes_long(took: float, rest: int):
    assert more_rest(took) == timedelta(seconds=rest)


async def test_a_rush_at_the_door_counts_nobody_again(conn: Connection, tmp_path: Path):
    found, known, conference = await a_pass(conn, tmp_path)
    async with Spool(tmp_path / "admissions") as spool:
        await admit(spool, found, known, TokensAhead(), NOW)
        rows = [row_of_sighting(record) for record in spool.read(Place()).records]

    assert await store.insert_evidence(conn, rows) == []
    assert await store.list_evidence(conn, conference.id) == []


async def test_evidence_of_a_whole_country_is_read_longer_than_a_page_may_take(conn: Connection):
    """An hour of 3,321 halls' beats takes seconds: given up, it would never be counted again."""
    conference, _ = await a_placed_conference(conn)

    async with conn.transaction():
        before = await conn.fetchval("SHOW statement_timeout")
        await store.list_evidence(conn, conference.id)
        while_reading = await conn.fetchval("SHOW statement_timeout")

    assert while_reading == "1min"
    assert await conn.fetchval("SHOW statement_timeout") == before


async def test_the_sheet_follows_to_the_second(conn: Connection, tmp_path: Path):
    conference, room = await a_placed_conference(conn)
    async with Spool(tmp_path) as spool:
        await asyncio.gather(*map(spool.append, whole_story(room.name, conference.main_site)))
        await drain(conn, spool, row_of_event, now=NOW)
    async with conn.transaction():
        await end(conn, conference.id, by="person:1", now=NOW)
        await rebuild(conn, conference.id, now=NOW)

    rows = {row.site: row for row in await sheet_of(conn, conference.id, NOW)}

    assert rows[conference.main_site].present_seconds == 50 * 60
    assert {row.state for site, row in rows.items() if site != conference.main_site} == {"absent"}


async def test_two_who_drain_the_same_news_at_once_write_it_once(
    conn: Connection, pool: asyncpg.Pool, tmp_path: Path
):
    conference, room = await a_placed_conference(conn)
    story = [
        event("occupant/joined", room.name, occupant=occupant(site, 0))
        for site in [*conference.sites, *range(900, 1000)]
    ]

    async def one(name: str) -> None:
        async with Spool(tmp_path / name) as spool:
            await asyncio.gather(*map(spool.append, story))
            async with pool.acquire() as own:
                await drain(own, spool, row_of_event, now=NOW)

    await asyncio.gather(*(one(str(number)) for number in range(4)))

    assert await conn.fetchval("SELECT count(*) FROM evidence") == len(story)
    assert set(await list_presences(conn, conference.id)) == set(conference.sites)


async def test_the_receiver_feeds_the_database_by_itself(
    conn: Connection, database: str, tmp_path: Path
):
    conference, room = await a_placed_conference(conn)
    site = conference.main_site
    async with receiving(tmp_path, database=database) as receiver:
        body = json.dumps({"room_name": room.name, "occupant": occupant(site, 0)}).encode()

        status = await until_known(receiver, body)
        found = await until_present(conn, conference, site)

    assert status == 200
    assert found[0].start == START


async def until_known(receiver: Receiving, body: bytes) -> int:
    """Send until the receiver has heard of the bridge; return the last status."""
    async with asyncio.timeout(60):
        while (status := await receiver.post("occupant/joined", body)) != 200:
            await asyncio.sleep(0.05)
        return status


async def until_present(
    conn: Connection, conference: Conference, site: SiteId
) -> tuple[Interval, ...]:
    async with asyncio.timeout(60):
        while site not in (found := await list_presences(conn, conference.id)):
            await asyncio.sleep(0.02)
        return found[site]
