"""Approval from end to end: what the last yes confirms gets its room and its links at once."""

from __future__ import annotations

from collections.abc import Sequence

from bridges.rooms import forget_room
from meetings import approving, asking
from meetings.chains import Approval, Decider, may_decide
from meetings.conferences import list_conferences
from meetings.directory import units_by_ids
from meetings.errors import SiteBusy
from meetings.model import Conference, ConferenceId, State
from meetings.store import Connection
from meetings.store import approvals as store
from web.actors import Actor
from web.booking import Desk, furnish

MOST = 1000


def decider_of(actor: Actor) -> Decider:
    """Return who answers."""
    return Decider(name=actor.name, person=actor.person, grants=actor.grants)


async def submit_draft(
    conn: Connection, desk: Desk, conference: ConferenceId, *, version: int | None
) -> Conference:
    """Send a draft off, or book it where nobody must agree."""
    by, now = desk.actor.name, desk.now
    after = await asking.submit(conn, conference, version=version, by=by, now=now)
    return await furnished(conn, desk, after)


async def approve_request(
    conn: Connection, desk: Desk, conference: ConferenceId, *, version: int | None
) -> Conference:
    """Say yes; the last yes books the conference."""
    decider = decider_of(desk.actor)
    after = await approving.approve(
        conn, conference, decider=decider, version=version, now=desk.now
    )
    return await furnished(conn, desk, after)


async def furnished(conn: Connection, desk: Desk, conference: Conference) -> Conference:
    """Give the conference what it needs if it is confirmed now."""
    if conference.state is State.CONFIRMED:
        asked = await store.find_request(conn, conference.id)
        await forget_room(conn, conference.id)
        await furnish(conn, desk, conference, bridge=(asked.bridge if asked else "") or None)
    return conference


async def waiting_for(conn: Connection, actor: Actor) -> Sequence[Conference]:
    """Return the requests whose turn is the actor's, the earliest first."""
    found = await list_conferences(conn, states={State.REQUESTED}, limit=MOST)
    turns = await turns_of(conn, found)
    hosts = await units_by_ids(conn, {one.host for one in found})
    decider = decider_of(actor)
    return [
        one
        for one in found
        if one.id in turns and may_decide(turns[one.id], hosts[one.host].path, decider)
    ]


async def turns_of(conn: Connection, found: Sequence[Conference]) -> dict[ConferenceId, Approval]:
    """Return the step each request waits at."""
    steps = await store.list_approvals(conn, [one.id for one in found])
    return {
        conference: turn
        for conference, approvals in steps.items()
        if (turn := next((one for one in approvals if one.decision is None), None))
    }


async def note_clash(
    conn: Connection, desk: Desk, conference: ConferenceId, busy: SiteBusy
) -> None:
    """Tell the owner that an approval found the halls taken; in a transaction of its own."""
    await approving.tell_clash(conn, conference, busy, by=desk.actor.name, now=desk.now)
