"""What follows when a conference moves or is called off: its line test goes along."""

from __future__ import annotations

from datetime import datetime

from bridges.placement.rooms import free_room, move_room_period
from meetings.content.line_test_rules import moved
from meetings.content.line_tests import find_line_test
from meetings.errors import IllegalMove, NoSeats, SiteBusy, SitesNotFound, TooLate
from meetings.kinds import State
from meetings.links.invitations import make_links
from meetings.model import Changes, Conference, ConferenceId
from meetings.office.keeping import load_calendar
from meetings.scheduling import booking
from meetings.scheduling.defaults import usual_test_of
from meetings.store import Connection

IN_THE_WAY = (SiteBusy, NoSeats, TooLate, SitesNotFound, IllegalMove)
REASON = "Hội nghị chính đã thay đổi"


async def follow(
    conn: Connection,
    before: Conference,
    after: Conference,
    *,
    by: str,
    now: datetime,
    link_key: bytes,
) -> None:
    """Move the line test along with its conference; one that cannot be moved is called off."""
    if (before.period, before.sites) == (after.period, after.sites):
        return
    test = await find_line_test(conn, after.id)
    if test is None or test.rehearsal.state is not State.CONFIRMED:
        return
    rehearsal = test.rehearsal
    calendar, usual = await load_calendar(conn), await usual_test_of(conn, after.host)
    changes = Changes(
        period=moved(rehearsal.period, before.period, after.period, calendar, usual),
        sites=frozenset(after.sites),
        main_site=after.main_site,
    )
    try:
        async with conn.transaction():
            there = await booking.amend(conn, rehearsal.id, changes, version=None, by=by, now=now)
    except IN_THE_WAY:
        await call_off(conn, rehearsal.id, REASON, by=by, now=now)
    else:
        await move_room_period(conn, there)
        await make_links(conn, there, link_key)


async def leave(
    conn: Connection, conference: ConferenceId, reason: str, *, by: str, now: datetime
) -> None:
    """Call the line test off with its conference."""
    test = await find_line_test(conn, conference)
    if test is not None and test.rehearsal.state in {State.CONFIRMED, State.REQUESTED}:
        await call_off(conn, test.rehearsal.id, reason, by=by, now=now)


async def call_off(
    conn: Connection, rehearsal: ConferenceId, reason: str, *, by: str, now: datetime
) -> None:
    """Call a rehearsal off; its halls and its room are free."""
    await booking.cancel(conn, rehearsal, reason=reason, version=None, by=by, now=now)
    await free_room(conn, rehearsal, now=now)
