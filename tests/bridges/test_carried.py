"""What a bridge carries now, and the most that is promised on it from now on."""

from datetime import timedelta

from bridges.store.carried import Carried, find_carried
from tests.bridges.makers import a_bridge, a_placed_conference, a_room
from tests.makers import a_conference


async def test_the_most_that_is_promised_at_one_instant_is_told_with_its_moment(conn):
    first, room = await a_placed_conference(conn)
    start, now = first.period.start, room.opens_at - timedelta(days=1)
    await a_room(conn, await a_conference(conn, start=start + timedelta(days=1), now=now))
    bridge = await a_bridge(conn, "empty")

    promised = await find_carried(conn, room.bridge, now)
    later = await find_carried(conn, room.bridge, first.period.end + timedelta(days=2))
    empty = await find_carried(conn, bridge.id, now)

    assert (promised.promised, promised.promised_at) == (3, start)
    assert later == empty == Carried(rooms=0, sites=0, promised=0, promised_at=None)


async def test_a_room_in_use_counts_with_the_halls_in_it(conn):
    conference, room = await a_placed_conference(conn)
    await conn.execute("UPDATE rooms SET state = 'open'")
    await conn.execute(
        "INSERT INTO presences (conference_id, site_id, starts_at, evidence)"
        " VALUES ($1, $2, $3, 'events')",
        conference.id,
        conference.main_site,
        room.opens_at,
    )

    found = await find_carried(conn, room.bridge, room.opens_at)

    assert (found.rooms, found.sites) == (1, 1)
