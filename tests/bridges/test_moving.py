"""Rooms that move: away from a bridge that is drained or dead, and never back by force."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from structlog.testing import capture_logs

from bridges.errors import NoBridgeFits
from bridges.jitsi import events
from bridges.jitsi.names import user_id
from bridges.model import (
    BridgeKind,
    Event,
    EvidenceKind,
    Move,
    MoveReason,
    Occupant,
    OccupantJid,
    Room,
)
from bridges.placement.moving import drain_bridges, fail_over, move_room
from bridges.placement.rooms import room_of
from bridges.presence.evidence import Row
from bridges.presence.failover import FAILOVER, gap_of
from bridges.receiving.draining import record_evidence
from bridges.registered.registry import bridge_by_name, note_answer, note_silence
from bridges.rules import (
    ASK_BUSY_EVERY,
    DEAD_AFTER,
    Load,
    are_to_follow,
    candidates,
    is_due,
    keeps_census,
)
from bridges.store.moves import list_left_behind, list_moves
from bridges.store.rooms import close_room
from meetings.attendance.rollcall import sheet_of
from meetings.model import Conference, Interval, Kind, SiteId
from meetings.store import Connection
from meetings.store.presences import list_blind_spots, list_presences
from tests.bridges.makers import a_bridge, a_room
from tests.makers import a_conference, a_directory
from web.database import transaction

SET_DRAINING = "UPDATE bridges SET draining = TRUE WHERE name = $1"
HOLD_OF = "SELECT p.name FROM seat_holds h JOIN seat_pools p ON p.id = h.pool_id"


async def well(conn: Connection, name: str, now: datetime) -> None:
    bridge = await bridge_by_name(conn, name)
    await note_answer(conn, bridge.id, health="ok", stress=None, at=now)


async def silent(conn: Connection, name: str, now: datetime, times: int = DEAD_AFTER) -> None:
    bridge = await bridge_by_name(conn, name)
    for number in range(times):
        asked = now - ASK_BUSY_EVERY * (times - 1 - number)
        await note_silence(conn, bridge.id, health="no connection", at=asked)


@pytest.fixture
async def placed(conn: Connection) -> tuple[Conference, Room]:
    """Two bridges that are well, and a conference on the first."""
    await a_directory(conn)
    await a_bridge(conn, "alpha")
    await a_bridge(conn, "beta")
    conference, room = await a_room(conn, bridge="alpha")
    for name in ("alpha", "beta"):
        await well(conn, name, conference.period.start)
    return conference, room


async def tell(conn: Connection, bridge: str, now: datetime, *told: Event) -> None:
    rows = [
        Row(
            key=events.content_key(bridge, event.kind, events.as_body(event)),
            bridge=bridge,
            kind=event.kind,
            room=event.room,
            body=events.as_body(event),
            received_at=event.at,
        )
        for event in told
    ]
    async with conn.transaction():
        await record_evidence(conn, rows, now=now)


def joined(room: Room, site: SiteId, at: datetime, jid: str) -> Event:
    who = Occupant(jid=OccupantJid(f"{jid}@meet/x"), user=user_id(site), joined_at=at)
    return Event(kind=EvidenceKind.JOINED, room=room.name, at=at, occupants=(who,))


async def test_rooms_of_a_dead_bridge_go_to_one_that_is_well(
    conn: Connection, pool: asyncpg.Pool, placed: tuple[Conference, Room]
):
    conference, room = placed
    heard, now = conference.period.start, conference.period.start + timedelta(seconds=6)
    await silent(conn, "alpha", now)

    await fail_over(lambda: transaction(pool), now)
    await fail_over(lambda: transaction(pool), now)

    moved = await room_of(conn, conference.id)
    assert (moved.bridge_name, moved.name, moved.closes_at) == ("beta", room.name, room.closes_at)
    assert [row["name"] for row in await conn.fetch(HOLD_OF)] == ["bridge:beta"]
    [move] = await list_moves(conn, conference.id)
    assert (move.source, move.target, move.reason) == ("alpha", "beta", MoveReason.FAILOVER)
    assert (move.heard_at, move.moved_at) == (heard, now)


async def test_what_a_jitsi_carries_does_not_go_to_the_trial_bridge(
    conn: Connection, pool: asyncpg.Pool, placed: tuple[Conference, Room]
):
    """It carries few pictures, and the room would not come back by itself."""
    conference, _ = placed
    now = conference.period.start
    await a_bridge(conn, "trial", kind=BridgeKind.TRIAL)
    for name in ("alpha", "beta"):
        await silent(conn, name, now)
    await well(conn, "trial", now)

    await fail_over(lambda: transaction(pool), now)
    await conn.execute(SET_DRAINING, "alpha")
    await conn.execute(SET_DRAINING, "beta")
    await drain_bridges(lambda: transaction(pool), now - timedelta(hours=1))

    assert (await room_of(conn, conference.id)).bridge_name == "alpha"


async def test_of_an_only_bridge_no_room_is_tried(
    conn: Connection, pool: asyncpg.Pool, placed: tuple[Conference, Room]
):
    """Each second, for each room, with a line in the log: it may be away for hours."""
    now = placed[0].period.start
    await silent(conn, "alpha", now)
    await conn.execute(SET_DRAINING, "beta")

    with capture_logs() as logs:
        await fail_over(lambda: transaction(pool), now)

    assert [one["event"] for one in logs] == []


async def test_a_bridge_in_doubt_keeps_its_rooms(
    conn: Connection, pool: asyncpg.Pool, placed: tuple[Conference, Room]
):
    conference, _ = placed
    await silent(conn, "alpha", conference.period.start, times=DEAD_AFTER - 1)

    await fail_over(lambda: transaction(pool), conference.period.start)

    assert (await room_of(conn, conference.id)).bridge_name == "alpha"


async def test_an_answer_that_two_processes_missed_is_one(
    conn: Connection, placed: tuple[Conference, Room]
):
    now = placed[0].period.start
    alpha = await bridge_by_name(conn, "alpha")

    for seconds in (0, 0.3, 2, 2.3):
        at = now + timedelta(seconds=seconds)
        await note_silence(conn, alpha.id, health="no connection", at=at)

    assert (await bridge_by_name(conn, "alpha")).misses == 2


async def test_two_processes_that_ask_in_turn_keep_no_dead_bridge_alive(
    conn: Connection, placed: tuple[Conference, Room]
):
    """Who waits in vain for two seconds writes each second of two, where another does so too."""
    now = placed[0].period.start
    alpha = await bridge_by_name(conn, "alpha")

    for second in range(5):
        at = now + timedelta(seconds=second)
        await note_silence(conn, alpha.id, health="no answer", at=at)

    assert (await bridge_by_name(conn, "alpha")).misses == DEAD_AFTER


async def test_no_room_moves_when_it_is_we_who_are_cut_off(
    conn: Connection, pool: asyncpg.Pool, placed: tuple[Conference, Room]
):
    conference, _ = placed
    for name in ("alpha", "beta"):
        await silent(conn, name, conference.period.start)

    await fail_over(lambda: transaction(pool), conference.period.start)

    assert (await room_of(conn, conference.id)).bridge_name == "alpha"


async def test_rooms_of_the_afternoon_wait_for_the_bridge_to_come_back(
    conn: Connection, pool: asyncpg.Pool, placed: tuple[Conference, Room]
):
    conference, room = placed
    early = room.opens_at - timedelta(hours=1)
    await well(conn, "beta", early)
    await silent(conn, "alpha", early)

    await fail_over(lambda: transaction(pool), early)

    assert (await room_of(conn, conference.id)).bridge_name == "alpha"


async def test_attendance_goes_on_over_a_marked_gap(
    conn: Connection, pool: asyncpg.Pool, placed: tuple[Conference, Room]
):
    conference, room = placed
    start = conference.period.start
    first, second, third = conference.sites
    await tell(
        conn,
        "alpha",
        start,
        *(joined(room, site, start, f"{site}-old") for site in conference.sites),
    )
    dead = start + timedelta(minutes=1)
    await well(conn, "alpha", dead)
    await silent(conn, "alpha", dead + timedelta(seconds=6))
    await well(conn, "beta", dead)
    await fail_over(lambda: transaction(pool), dead + timedelta(seconds=6))
    back = [dead + timedelta(seconds=8), dead + timedelta(seconds=15)]

    later = start + timedelta(minutes=30)
    await tell(
        conn,
        "beta",
        later,
        joined(room, first, back[0], "a-new"),
        joined(room, second, back[1], "b-new"),
    )

    seen = await list_presences(conn, conference.id)
    whole = Interval(start=start, end=None, evidence="events+failover")
    gone = Interval(start=start, end=dead, evidence="failover")
    assert seen == {first: (whole,), second: (whole,), third: (gone,)}
    [spot] = await list_blind_spots(conn, conference.id)
    assert (spot.reason, spot.period.start) == ("failover", dead)
    assert spot.period.end == dead + timedelta(seconds=66)
    rows = {row.site: row for row in await sheet_of(conn, conference.id, later)}
    assert rows[third].last_out == dead


async def fail_to_beta(conn: Connection, conference: Conference, now: datetime) -> None:
    await move_room(
        conn, conference.id, to="beta", reason=MoveReason.FAILOVER, by="program:test", now=now
    )


def test_where_the_old_bridge_lived_and_told_who_went_the_gap_ends_with_the_move():
    """It was we who could not reach it: of what it tells of itself nothing is unknown."""
    heard = datetime(2026, 11, 30, 1, tzinfo=UTC)
    move = Move(
        source="alpha",
        target="beta",
        reason=MoveReason.FAILOVER,
        heard_at=heard,
        moved_at=heard + timedelta(seconds=6),
    )
    told = Interval(
        start=heard - timedelta(minutes=1),
        end=heard + timedelta(seconds=8),
        evidence="events",
        start_evidence="events",
        end_evidence="events",
    )
    cut = replace(told, end=heard, end_evidence=FAILOVER)
    later = heard + timedelta(minutes=5)

    gaps = [gap_of(move, (), {SiteId(1): [one]}, later) for one in (told, cut)]

    assert [gap.ends - heard for gap in gaps] == [timedelta(seconds=6), timedelta(seconds=66)]


async def test_what_the_dead_bridge_tells_late_still_counts(
    conn: Connection, placed: tuple[Conference, Room]
):
    conference, room = placed
    start = conference.period.start
    await fail_to_beta(conn, conference, start)

    await tell(conn, "alpha", start, joined(room, conference.main_site, start, "late"))
    await tell(conn, "gamma", start, joined(room, conference.sites[1], start, "forged"))

    assert list(await list_presences(conn, conference.id)) == [conference.main_site]


async def test_a_drained_bridge_gives_away_what_is_not_open_yet(
    conn: Connection, pool: asyncpg.Pool, placed: tuple[Conference, Room]
):
    conference, room = placed
    other = await a_conference(
        conn, start=conference.period.start + timedelta(days=1), title="Ngày mai"
    )
    await a_room(conn, other, bridge="alpha")
    await conn.execute(SET_DRAINING, "alpha")

    await drain_bridges(lambda: transaction(pool), room.opens_at)

    assert (await room_of(conn, conference.id)).bridge_name == "alpha"
    assert (await room_of(conn, other.id)).bridge_name == "beta"


async def asked_to(conn: Connection, conference: Conference, to: str, now: datetime) -> None:
    await move_room(conn, conference.id, to=to, reason=MoveReason.ASKED, by="program:test", now=now)


async def test_a_room_moves_where_it_is_asked_to_and_there_it_stays(
    conn: Connection, placed: tuple[Conference, Room]
):
    conference, _ = placed
    now = conference.period.start

    for _ in range(2):
        await asked_to(conn, conference, "beta", now)

    assert len(await list_moves(conn, conference.id)) == 1
    with pytest.raises(NoBridgeFits):
        await move_room(
            conn,
            conference.id,
            to=None,
            reason=MoveReason.FAILOVER,
            by="x",
            now=now + timedelta(hours=1),
        )


async def test_nobody_is_sent_out_of_where_the_conference_still_is(
    conn: Connection, placed: tuple[Conference, Room]
):
    conference, room = placed
    now = conference.period.start
    await fail_to_beta(conn, conference, now)
    alpha, beta = [await bridge_by_name(conn, name) for name in ("alpha", "beta")]
    later = now + timedelta(minutes=5)

    alone = await list_left_behind(conn, alpha.id, later)
    await tell(conn, "beta", later, joined(room, conference.main_site, now, "new"))
    soon = await list_left_behind(conn, alpha.id, now + timedelta(minutes=1))
    followed = await list_left_behind(conn, alpha.id, later)
    elsewhere = await list_left_behind(conn, beta.id, later)

    assert [alone, soon, followed, elsewhere] == [{room.name: 0}, {}, {room.name: 1}, {}]


async def test_a_room_that_goes_to_and_fro_sends_nobody_after_it_at_once(
    conn: Connection, placed: tuple[Conference, Room]
):
    """What was true of an earlier move says nothing of the last one."""
    conference, room = placed
    now = conference.period.start
    for minutes, to in ((0, "beta"), (5, "alpha"), (10, "beta")):
        moment = now + timedelta(minutes=minutes)
        await asked_to(conn, conference, to, moment)
        await tell(conn, to, moment, joined(room, conference.main_site, moment, to + str(minutes)))
    alpha, last = await bridge_by_name(conn, "alpha"), now + timedelta(minutes=10)

    soon = await list_left_behind(conn, alpha.id, last + timedelta(minutes=1))
    later = await list_left_behind(conn, alpha.id, last + timedelta(minutes=2))

    assert (soon, later) == ({}, {room.name: 1})


def test_the_smaller_part_follows_and_all_when_it_is_over():
    asked = [(3, 0), (3, 2), (2, 2), (0, 2), (3, None), (0, None)]

    told = [one for one in asked if are_to_follow(*one)]

    assert told == [(2, 2), (3, None), (0, None)]


async def test_when_all_is_over_who_was_left_behind_is_sent_out(
    conn: Connection, placed: tuple[Conference, Room]
):
    conference, room = placed
    now = conference.period.start
    await fail_to_beta(conn, conference, now)
    alpha = await bridge_by_name(conn, "alpha")

    await close_room(conn, conference.id, now)

    assert await list_left_behind(conn, alpha.id, now) == {room.name: None}
    assert await list_left_behind(conn, alpha.id, room.closes_at + timedelta(hours=1)) == {}


async def test_the_nearest_the_kept_and_the_idle_bridge_come_first(conn: Connection):
    await a_directory(conn)
    bridges = {name: await a_bridge(conn, name) for name in ("a", "b", "c", "d")}

    now = datetime(2026, 11, 30, 1, tzinfo=UTC)

    def order(*loads: Load, kind: Kind = Kind.BRIEFING, at: datetime | None = now) -> list[str]:
        return [one.name for one in candidates(loads, kind=kind, now=at)]

    def load(name: str, *, promised: int = 0, nearness: int = 0, **what: object) -> Load:
        bridge = replace(bridges[name], **what)  # type: ignore[arg-type]
        return Load(bridge=bridge, promised=promised, nearness=nearness)

    far, near = load("a", region="40"), load("b", region="11", nearness=1, promised=200)
    assert order(far, near, load("c", promised=290)) == ["b", "c", "a"]
    assert order(load("a", promised=10), load("b", promised=20)) == ["a", "b"]
    tired = load("a", stress=0.9, stress_at=now)
    assert order(tired, load("b", promised=250)) == ["b", "a"]
    assert order(tired, load("b", promised=250), at=None) == ["a", "b"]
    assert order(tired, load("b", promised=250), at=now + timedelta(minutes=3)) == ["a", "b"]
    away, trial = load("b", healthy=False), load("a", kind=BridgeKind.TRIAL)
    assert order(trial, away) == ["a", "b"]
    assert order(trial, away, at=None) == ["b", "a"]
    kept = load("a", tags=("urgent",))
    assert order(kept, load("b", promised=250)) == ["b"]
    assert order(kept, load("b"), kind=Kind.URGENT) == ["a", "b"]


async def test_bridges_in_use_or_in_doubt_are_asked_often(conn: Connection):
    await a_directory(conn)
    now = (await a_conference(conn)).period.start
    bridge = await a_bridge(conn)
    assert is_due(bridge, now, busy=False)

    await well(conn, "lab", now)
    bridge = await bridge_by_name(conn, "lab")

    soon = now + timedelta(seconds=2)
    assert (is_due(bridge, soon, busy=False), is_due(bridge, soon, busy=True)) == (False, True)
    assert (keeps_census(bridge, soon), keeps_census(bridge, now + timedelta(seconds=20))) == (
        False,
        True,
    )
    await silent(conn, "lab", now, times=1)
    assert is_due(await bridge_by_name(conn, "lab"), soon, busy=False)
