"""The day's snapshot: the same from the disk as from the database."""

import json
import time
from datetime import timedelta
from pathlib import Path

import pytest

from bridges.entry.passes import Entrance, entrance, room_entrance
from bridges.entry.snapshot import Snapshot, find_pass
from bridges.errors import SnapshotMissing
from bridges.placement.rooms import free_room
from bridges.registered.registry import bridge_by_name, note_answer, note_silence
from meetings.links.invitations import link_hash, link_secret, make_links, revoke_link
from meetings.scheduling.booking import cancel, end
from meetings.store import Connection
from tests.bridges.makers import SECRETS, a_placed_conference, a_seal, before

KEY = b"k" * 32


async def a_snapshot(conn: Connection, folder: Path, seal):
    conference, room = await a_placed_conference(conn, seal)
    await make_links(conn, conference, KEY)
    snapshot = Snapshot(folder, seal)
    await snapshot.refresh(conn, before(conference))
    return conference, room, snapshot


def hash_of(conference, site) -> bytes:
    return link_hash(link_secret(KEY, conference.id, site, 1))


async def test_a_snapshot_knows_rooms_bridges_and_links(conn: Connection, tmp_path: Path):
    conference, room, snapshot = await a_snapshot(conn, tmp_path, a_seal())

    found = snapshot.admission(hash_of(conference, conference.main_site))
    known = snapshot.bridge("lab")

    assert found is not None
    assert found.occasion == snapshot.room_by_name("lab", room.name)
    assert found.occasion == snapshot.occasion(conference.id)
    assert (found.site, found.label, found.chairs, found.revoked) == (
        conference.main_site,
        found.occasion.main_label,
        True,
        False,
    )
    assert known is not None
    assert known.secrets == SECRETS


async def test_the_disk_remembers_the_same_with_secrets_sealed(conn: Connection, tmp_path: Path):
    seal = a_seal()
    _, _, snapshot = await a_snapshot(conn, tmp_path, seal)

    again = Snapshot(tmp_path, seal)
    again.load()

    assert again.contents == snapshot.contents
    told = snapshot.path.read_text()
    assert all(secret not in told for secret in (SECRETS.jwt, SECRETS.event, SECRETS.reservation))
    assert snapshot.path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"version": 0}', '{"version": 1}'])
def test_an_odd_file_is_as_good_as_none(tmp_path: Path, text: str):
    (tmp_path / "snapshot.json").write_text(text)
    snapshot = Snapshot(tmp_path, a_seal())

    snapshot.load()

    with pytest.raises(SnapshotMissing):
        _ = snapshot.contents


async def test_a_look_that_was_overtaken_is_forgotten(conn: Connection, tmp_path: Path):
    conference, _, snapshot = await a_snapshot(conn, tmp_path, a_seal())
    slow, began = snapshot.contents, time.monotonic()
    async with conn.transaction():
        await revoke_link(
            conn, conference.id, conference.main_site, by="person:1", now=before(conference)
        )
    await snapshot.refresh(conn, before(conference))

    snapshot.remember(slow, began)

    found = snapshot.admission(hash_of(conference, conference.main_site))
    assert found is not None
    assert found.revoked


async def test_an_unchanged_day_is_written_once(conn: Connection, tmp_path: Path):
    conference, _, snapshot = await a_snapshot(conn, tmp_path, a_seal())
    written = json.loads(snapshot.path.read_text())["taken_at"]
    lab = (await bridge_by_name(conn, "lab")).id

    later = before(conference) + timedelta(seconds=15)
    await note_answer(conn, lab, health="ok", stress=0.25, at=later)
    await note_silence(conn, lab, health="no connection", at=later)
    await snapshot.refresh(conn, later)

    assert json.loads(snapshot.path.read_text())["taken_at"] == written
    assert snapshot.contents.taken_at == later


async def test_other_days_are_left_out_and_found_in_the_database(conn: Connection, tmp_path: Path):
    conference, room, snapshot = await a_snapshot(conn, tmp_path, a_seal())
    link = hash_of(conference, conference.main_site)
    today = snapshot.admission(link)

    await snapshot.refresh(conn, room.opens_at - timedelta(days=1, seconds=1))

    assert snapshot.admission(link) is None
    assert await find_pass(conn, link) == today
    assert await find_pass(conn, b"other") is None


async def test_a_link_opens_only_between_opening_and_hard_end(conn: Connection, tmp_path: Path):
    conference, room, snapshot = await a_snapshot(conn, tmp_path, a_seal())
    found = snapshot.admission(hash_of(conference, conference.main_site))
    second = timedelta(seconds=1)

    moments = (room.opens_at - second, room.opens_at, room.closes_at - second, room.closes_at)

    assert [entrance(found, moment) for moment in moments] == [
        Entrance.TOO_EARLY,
        Entrance.OPEN,
        Entrance.OPEN,
        Entrance.TOO_LATE,
    ]
    assert entrance(None, room.opens_at) is Entrance.UNKNOWN


async def test_a_revoked_link_opens_nothing(conn: Connection, tmp_path: Path):
    conference, room, snapshot = await a_snapshot(conn, tmp_path, a_seal())
    now = before(conference)

    await revoke_link(conn, conference.id, conference.main_site, by="person:1", now=now)
    await snapshot.refresh(conn, now)

    found = snapshot.admission(hash_of(conference, conference.main_site))
    assert entrance(found, room.opens_at) is Entrance.REVOKED


async def test_a_cancelled_conference_lets_nobody_in(conn: Connection, tmp_path: Path):
    conference, room, snapshot = await a_snapshot(conn, tmp_path, a_seal())
    now = before(conference)

    await cancel(conn, conference.id, reason="mưa lũ", version=None, by="person:1", now=now)
    await free_room(conn, conference.id, now=now)
    await snapshot.refresh(conn, now)

    occasion = snapshot.room_by_name("lab", room.name)
    assert room_entrance(occasion, room.opens_at) is Entrance.CANCELLED
    assert occasion is not None
    assert occasion.cancel_reason == "mưa lũ"


async def test_an_ended_conference_lets_nobody_in(conn: Connection, tmp_path: Path):
    conference, room, snapshot = await a_snapshot(conn, tmp_path, a_seal())

    await end(conn, conference.id, by="person:1", now=room.opens_at)
    await snapshot.refresh(conn, room.opens_at)

    occasion = snapshot.room_by_name("lab", room.name)
    assert room_entrance(occasion, room.opens_at) is Entrance.TOO_LATE
