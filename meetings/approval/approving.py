"""Answering a request for a conference: approval step by step, refusal, expiry.

Each locks the conference; the last approval confirms it in the same transaction, or finds that
its halls were promised to others meanwhile and changes nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from meetings import rules
from meetings.approval.chains import (
    Approval,
    Decider,
    Decision,
    Request,
    may_decide,
)
from meetings.approval.errors import NotYourTurn
from meetings.audit import record_change
from meetings.directory.finding import unit_by_id
from meetings.errors import IllegalMove, SiteBusy, StaleVersion
from meetings.letters.notices import Notice
from meetings.letters.notifying import tell_approvers, tell_owner
from meetings.model import Conference, ConferenceId, State
from meetings.scheduling import booking
from meetings.scheduling.refusing import PoolsAsked
from meetings.store import Connection, conferences, holds
from meetings.store import approvals as store

BY = "program:approval"


Confirm = Callable[[Connection, Conference], Awaitable[Conference]]
"""How a locked request is confirmed at its last step."""


async def approve(
    conn: Connection,
    conference: ConferenceId,
    *,
    decider: Decider,
    version: int | None,
    now: datetime,
    confirmed: Confirm | None = None,
    pools: PoolsAsked | None = None,
) -> Conference:
    """Say yes at the step whose turn it is; the last yes confirms the conference.

    `pools` finds the seats of the bridge that the request names.

    Raises:
        StaleVersion, IllegalMove: it was changed meanwhile, or is no request (any more).
        NotYourTurn: somebody else is to answer.
        TooLate, SitesNotFound, SiteBusy: it cannot be confirmed as it is; nothing has changed.
    """
    before = await locked(conn, conference, version, State.REQUESTED, to=State.CONFIRMED)
    asked, turn = await turn_of(conn, before, decider)
    await store.save_decision(
        conn, asked, turn.place, Decision.APPROVED, by=decider.name, at=now, reason=""
    )
    following = [one for one in asked.approvals if one.place > turn.place]
    if not following:
        after = (
            await confirmed(conn, before)
            if confirmed
            else await confirm(conn, before, by=decider.name, now=now, pools=pools, step=turn.place)
        )
        await tell_owner(conn, Notice.CONFIRMED, after, now=now)
        return after
    after = replace(before, version=before.version + 1, changed_at=now)
    await conferences.save_conference(conn, after)
    await record_change(conn, after, "conference.approve", by=decider.name, step=turn.place)
    await tell_approvers(conn, following[0].step, after, now=now)
    return after


async def confirm(
    conn: Connection,
    before: Conference,
    *,
    by: str,
    now: datetime,
    pools: PoolsAsked | None = None,
    **detail: object,
) -> Conference:
    """Promise the halls of a locked draft or request; room and links are the caller's to make.

    Raises:
        TooLate, SitesNotFound, SiteBusy: as for a booking.
    """
    after = rules.move(before, State.CONFIRMED, now=now)
    claimed = await booking.claim(conn, after, now=now, pools=pools)
    after = replace(after, warnings=claimed.warnings)
    await conferences.save_conference(conn, after)
    told = detail | rules.overridden(after)
    await record_change(conn, after, "conference.confirm", by=by, **told)
    return after


async def refuse(
    conn: Connection,
    conference: ConferenceId,
    *,
    reason: str,
    decider: Decider,
    version: int | None,
    now: datetime,
) -> Conference:
    """Say no, with a reason; the request is over, its record stays.

    Raises:
        StaleVersion, IllegalMove, NotYourTurn: as for an approval.
    """
    before = await locked(conn, conference, version, State.REQUESTED, to=State.REFUSED)
    asked, turn = await turn_of(conn, before, decider)
    await store.save_decision(
        conn, asked, turn.place, Decision.REFUSED, by=decider.name, at=now, reason=reason
    )
    after = replace(rules.move(before, State.REFUSED, now=now), cancel_reason=reason)
    await let_go(conn, after, now=now)
    await record_change(conn, after, "conference.refuse", by=decider.name, reason=reason)
    await tell_owner(conn, Notice.REFUSED, after, now=now, reason=reason)
    return after


async def expire_due(conn: Connection, now: datetime) -> list[ConferenceId]:
    """Close requests whose start has come unanswered; return their ids."""
    due = await store.list_expired(conn, now)
    for conference in due:
        before = await conferences.lock_conference(conn, conference)
        if before.state is State.REQUESTED and before.period.start <= now:
            after = rules.move(before, State.REFUSED, now=now)
            await let_go(conn, after, now=now)
            await record_change(conn, after, "conference.expire", by=BY)
            await tell_owner(conn, Notice.EXPIRED, after, now=now)
    return due


async def locked(
    conn: Connection, conference: ConferenceId, version: int | None, state: State, *, to: State
) -> Conference:
    """Return the conference, locked, in that state and version."""
    found = await conferences.lock_conference(conn, conference)
    if found.state is not state:
        raise IllegalMove(conference, found.state, to)
    if version is not None and version != found.version:
        raise StaleVersion(conference, found.version)
    return found


async def turn_of(
    conn: Connection, conference: Conference, decider: Decider
) -> tuple[Request, Approval]:
    """Return the request and the step that the decider is to answer."""
    asked = await store.find_request(conn, conference.id)
    host = await unit_by_id(conn, conference.host)
    if asked is None or asked.turn is None or not may_decide(asked.turn, host.path, decider):
        raise NotYourTurn(f"conference {conference.id}")
    return asked, asked.turn


async def let_go(conn: Connection, conference: Conference, *, now: datetime) -> None:
    """Save a conference that holds nothing from now on."""
    await conferences.save_conference(conn, conference)
    await holds.release_holds(conn, conference.id, min(conference.period.start, now))


async def tell_clash(
    conn: Connection, conference: ConferenceId, busy: SiteBusy, *, by: str, now: datetime
) -> None:
    """Let the owner know that halls of the request were promised to others meanwhile.

    Part of a transaction of its own: the one that found it out was undone.
    """
    found = await conferences.lock_conference(conn, conference)
    if found.state is State.REQUESTED:
        rivals = sorted({rival.conference for rival in busy.rivals})
        await record_change(conn, found, "conference.clash", by=by, rivals=rivals)
        await tell_owner(conn, Notice.CLASH, found, now=now, ways=busy.alternatives)
