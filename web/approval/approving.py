"""Approval from end to end: what the last yes confirms gets its room and its links at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from bridges.placement.rooms import forget_room
from meetings.approval import approving, asking
from meetings.approval.chains import Decider
from meetings.errors import MeetingsError, SiteBusy
from meetings.model import Conference, ConferenceId, State, UnitId
from meetings.rules import wish_of
from meetings.scheduling.claiming import judge_wish
from meetings.scheduling.conferences import conferences_by_ids
from meetings.scheduling.reasons import Reason
from meetings.scheduling.refusing import PoolsAsked
from meetings.store import Connection
from meetings.store import approvals as store
from meetings.store.turns import Turns, list_requests
from web.access.actors import Actor
from web.scheduling.booking import Desk, furnish, pools_of
from web.scheduling.following import leave


def decider_of(actor: Actor) -> Decider:
    """Return who answers."""
    return Decider(name=actor.name, person=actor.person, grants=actor.grants)


async def submit_draft(
    conn: Connection, desk: Desk, conference: ConferenceId, *, version: int | None
) -> Conference:
    """Send a draft off, or book it where nobody must agree."""
    by, now = desk.actor.name, desk.now
    pools = await pools_asked(conn, conference)
    after = await asking.submit(conn, conference, version=version, by=by, now=now, pools=pools)
    return await furnished(conn, desk, after)


async def approve_request(
    conn: Connection, desk: Desk, conference: ConferenceId, *, version: int | None
) -> Conference:
    """Say yes; the last yes books the conference."""
    decider = decider_of(desk.actor)
    after = await approving.approve(
        conn,
        conference,
        decider=decider,
        version=version,
        now=desk.now,
        pools=await pools_asked(conn, conference),
    )
    return await furnished(conn, desk, after)


async def refuse_request(
    conn: Connection, desk: Desk, conference: ConferenceId, reason: str, *, version: int | None
) -> Conference:
    """Say no; a line test that was planned already is called off with the request."""
    decider, by, now = decider_of(desk.actor), desk.actor.name, desk.now
    after = await approving.refuse(
        conn, conference, reason=reason, decider=decider, version=version, now=now
    )
    await leave(conn, conference, reason, by=by, now=now)
    return after


async def spoken_against(
    conn: Connection, conference: Conference, *, now: datetime
) -> tuple[Reason, ...]:
    """Return what would speak against confirming a conference now, without forbidding it."""
    try:
        return (await judge_wish(conn, wish_of(conference), now, conference.id)).soft
    except MeetingsError:
        # A hall or an official is there no more: the approval itself says so.
        return ()


async def pools_asked(conn: Connection, conference: ConferenceId) -> PoolsAsked | None:
    """Return what finds the seats of the bridge that a draft or request names, see `pools_of`."""
    asked = await store.find_request(conn, conference)
    return pools_of(asked.bridge if asked else None)


async def furnished(conn: Connection, desk: Desk, conference: Conference) -> Conference:
    """Give the conference what it needs if it is confirmed now."""
    if conference.state is State.CONFIRMED:
        asked = await store.find_request(conn, conference.id)
        await forget_room(conn, conference.id)
        await furnish(conn, desk, conference, bridge=(asked.bridge if asked else "") or None)
    return conference


async def waiting_for(
    conn: Connection, actor: Actor, *, after: ConferenceId | None = None, limit: int
) -> tuple[Sequence[Conference], int]:
    """Return the requests whose turn is the actor's, the earliest first, and how many in all."""
    turns = await list_requests(conn, decider_of(actor), mine=True, after=after, limit=limit)
    return await in_order(conn, turns), turns.total


async def asked_by_units(
    conn: Connection,
    actor: Actor,
    units: Collection[UnitId],
    *,
    after: ConferenceId | None = None,
    limit: int,
) -> Sequence[Conference]:
    """Return the other requests that are hosted in these subtrees, the earliest first."""
    turns = await list_requests(
        conn, decider_of(actor), mine=False, units=units, after=after, limit=limit
    )
    return await in_order(conn, turns)


async def in_order(conn: Connection, turns: Turns) -> Sequence[Conference]:
    """Return the conferences of these ids in the order of the ids."""
    known = {
        one.id: one
        for one in await conferences_by_ids(conn, [ConferenceId(one) for one in turns.ids])
    }
    return [known[ConferenceId(one)] for one in turns.ids if one in known]


async def note_clash(
    conn: Connection, desk: Desk, conference: ConferenceId, busy: SiteBusy
) -> None:
    """Tell the owner that an approval found the halls taken; in a transaction of its own."""
    await approving.tell_clash(conn, conference, busy, by=desk.actor.name, now=desk.now)
