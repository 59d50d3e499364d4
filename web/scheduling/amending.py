"""Changing and calling off from end to end; where a chain must agree, the change is submitted."""

from __future__ import annotations

from bridges.placement.rooms import free_room, move_room_period
from meetings.approval.asking import ask_again
from meetings.approval.submissions import Submission
from meetings.links.invitations import make_links
from meetings.model import Changes, Conference, ConferenceId, State
from meetings.rules import UNPROMISED
from meetings.scheduling import booking
from meetings.store import Connection
from web.approval.submitting import submit_change
from web.input.forms import ChangesBody
from web.scheduling.booking import Desk, grouped_sites
from web.scheduling.following import follow, leave
from web.wording.chairing import chair_named


async def amend_conference(
    conn: Connection,
    desk: Desk,
    before: Conference,
    body: ChangesBody,
    *,
    version: int | None,
) -> Conference | Submission:
    """Change a conference; where a chain must agree to it, submit the change."""
    changes = await changes_of(conn, before, body)
    by, now = desk.actor.name, desk.now
    submitted = await submit_change(conn, before.id, changes, version=version, by=by, now=now)
    return submitted or await carry_change(conn, desk, before, changes, version=version)


async def changes_of(conn: Connection, before: Conference, body: ChangesBody) -> Changes:
    """Return the changes with the sites of the groups."""
    moment = body.start or before.period.start
    sites = await grouped_sites(conn, body.groups, moment)
    return body.changes(before.period, sites)


async def carry_change(
    conn: Connection,
    desk: Desk,
    before: Conference,
    changes: Changes,
    *,
    version: int | None,
) -> Conference:
    """Change a conference, its room's times and the links of those newly invited."""
    changes = await chair_named(conn, before, changes)
    after = await booking.amend(
        conn, before.id, changes, version=version, by=desk.actor.name, now=desk.now
    )
    if after.state is State.REQUESTED and after != before:
        await ask_again(conn, after, by=desk.actor.name, now=desk.now)
    if after.period != before.period:
        await move_room_period(conn, after)
    if after.sites != before.sites and after.state not in UNPROMISED:
        await make_links(conn, after, desk.link_key)
    await follow(conn, before, after, by=desk.actor.name, now=desk.now, link_key=desk.link_key)
    return after


async def cancel_conference(
    conn: Connection,
    desk: Desk,
    conference: ConferenceId,
    *,
    reason: str,
    version: int | None,
) -> Conference:
    """Call a conference off; its halls, its seats and its room are free at once."""
    after = await booking.cancel(
        conn, conference, reason=reason, version=version, by=desk.actor.name, now=desk.now
    )
    await free_room(conn, conference, now=desk.now)
    await leave(conn, conference, reason, by=desk.actor.name, now=desk.now)
    return after
