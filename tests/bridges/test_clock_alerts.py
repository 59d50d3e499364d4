"""A clock that is set in mid-conference, from the receiver's records to sheet and letter."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from bridges.jitsi.events import PATHS, as_body
from bridges.model import Event, RoomName
from bridges.presence.evidence import row_of_event
from bridges.receiving.clock_alerts import letter, tell_clock_steps
from bridges.receiving.draining import drain, rebuild
from bridges.spooling.envelopes import Envelope, seal
from bridges.spooling.spool import Spool
from bridges.trial.wire import encode_cjson
from meetings.model import ClockStep, ConferenceId, Period, Role, SiteId
from meetings.outbox import claim
from meetings.store import Connection
from meetings.store.presences import list_clock_steps, list_presences
from tests.bridges.histories import START, World, a_device, moment, on_a_clock, told_of
from tests.bridges.makers import a_placed_conference
from tests.makers import a_person

NOW = START + timedelta(hours=3)
SET_BACK = ClockStep(bridge="lab", period=Period(moment(240), moment(6000)), seconds=-60)


def record_of(told: Event, room: RoomName) -> bytes:
    """Return an event as the receiver writes it."""
    (path,) = (path for path, kind in PATHS.items() if kind is told.kind)
    body = encode_cjson({**as_body(told), "room_name": room})
    came = told.received_at or told.at
    return seal(Envelope(bridge="lab", path=path, received_at=came, body=body))


async def test_it_is_read_right_marked_told_and_found_again(conn: Connection, tmp_path: Path):
    conference, room = await a_placed_conference(conn)
    admin = await a_person(conn, Role.ADMIN)
    await conn.execute("UPDATE people SET email = 'qt@x.example' WHERE id = $1", admin.id)
    halls = [a_device(site, 60 * nth, 6000 + 60 * nth) for nth, site in enumerate(conference.sites)]
    halls += [a_device(10**9 + nth, 60 * nth, 6000 + 60 * nth) for nth in range(3, 5)]
    told = [
        on_a_clock(one, lambda at: timedelta(seconds=60 if at < moment(3000) else 0))
        for one in World(devices=halls).events()
    ]

    async with Spool(tmp_path) as spool:
        for one in told:
            await spool.append(record_of(one, room.name))
        await drain(conn, spool, row_of_event, now=NOW)
    raw = await conn.fetch("SELECT body, received_at FROM evidence ORDER BY id")
    queued = [await tell_clock_steps(conn, NOW), await tell_clock_steps(conn, NOW)]
    (mail,) = await claim(conn, NOW, timedelta(minutes=1), limit=10)
    steps, seen = await list_clock_steps(conn, conference.id), await in_and_out(conn, conference.id)
    async with conn.transaction():
        await rebuild(conn, conference.id, now=NOW + timedelta(days=1))

    assert seen == {SiteId(one.site): [(moment(one.came), moment(one.out))] for one in halls[:3]}
    assert steps == [SET_BACK]
    assert queued == [1, 0]
    assert mail.payload["subject"] == "Cầu lab: đồng hồ bị chỉnh lùi 60 giây trong lúc họp"
    assert await list_clock_steps(conn, conference.id) == steps
    assert await in_and_out(conn, conference.id) == seen
    assert await conn.fetch("SELECT body, received_at FROM evidence ORDER BY id") == raw


async def in_and_out(
    conn: Connection, conference: ConferenceId
) -> dict[SiteId, list[tuple[datetime, datetime | None]]]:
    found = await list_presences(conn, conference)
    return {site: told_of(stretches) for site, stretches in found.items()}


def test_the_letter_is_there_in_both_languages():
    told = letter(SET_BACK, "en")

    assert told["subject"] == "Bridge lab: its clock was set back by 60 s during a conference"
    assert "Between 08:04:00 and 09:40:00 30/11/2026" in told["text"]
    assert letter(SET_BACK, "vi").keys() == told.keys()
