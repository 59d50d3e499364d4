"""Handing a conference over: it is offered, and goes to another once they have accepted it.

Until then nothing about it changes.  What one takes upon oneself needs nobody's answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from meetings.approval.errors import HandOverWaits, NoHandOver
from meetings.approval.handovers import OVER, HandAnswer, HandOver, Receiver, is_open, may_answer
from meetings.approval.hosting import check_host, check_owner, check_receiver, give, host_subject
from meetings.approval.submissions import needs_approval
from meetings.approval.submitting import steps_between, submit
from meetings.audit import record_change
from meetings.directory.finding import unit_by_id
from meetings.errors import IllegalMove, StaleVersion
from meetings.letters.hand_letters import tell_accepted, tell_closed, tell_offered
from meetings.model import Conference, ConferenceId, PersonId, UnitId
from meetings.rules import owner_in
from meetings.store import Connection, conferences
from meetings.store import handing as store

BY = "program:hand-over"
ACTIONS: Mapping[HandAnswer, str] = MappingProxyType(
    {
        HandAnswer.DECLINED: "hand-over.decline",
        HandAnswer.WITHDRAWN: "hand-over.withdraw",
        HandAnswer.LAPSED: "hand-over.lapse",
    }
)
"""What the audit calls an offer that came to nothing."""


async def offer(
    conn: Connection,
    conference: ConferenceId,
    *,
    host: UnitId | None,
    owner: PersonId | None,
    giver: Receiver,
    version: int | None,
    now: datetime,
) -> HandOver:
    """Offer a conference to another host, another owner, or both; the receiver is told.

    Without an owner it is the host's secretaries' to answer.  To oneself it goes at once.

    Raises:
        StaleVersion, IllegalMove: it was changed meanwhile, has begun, or nobody needs it any more.
        HandOverWaits: it is offered to somebody already.
        UnitNotFound: the host is closed by then.
        PersonNotFound, NotFitToOwn: the owner is nobody, inactive, or does not book for the host.
    """
    before = await _locked(conn, conference, version)
    to_oneself = owner is not None and owner == giver.person
    if not (to_oneself or is_open(before, now)):
        raise IllegalMove(conference, before.state, before.state)
    if await store.find_open(conn, conference):
        raise HandOverWaits(conference)
    unit = host or before.host
    await check_host(conn, unit, before.period)
    if owner is not None:
        await check_owner(conn, owner, unit)
    made = await store.insert_offer(
        conn, conference, host=unit, person=owner, by=giver.name, now=now
    )
    if to_oneself:
        await _give(conn, before, made, by=giver.name, now=now)
        return replace(made, answer=HandAnswer.ACCEPTED, answered_by=giver.name, answered_at=now)
    told = {"host": unit, "owner": owner or 0}
    await record_change(conn, before, "hand-over.offer", by=giver.name, **told)
    await tell_offered(conn, before, made, now=now)
    return made


async def accept(
    conn: Connection, conference: ConferenceId, *, receiver: Receiver, now: datetime
) -> HandOver:
    """Take what was offered: from now on it is the receiver's.

    Raises:
        NoHandOver: nothing is offered, or not to this one, or it has begun meanwhile.
        NotFitToOwn: the person no longer books for the host.
        SiteBusy: the host may not hold one more, or not so far ahead; the offer stands.
    """
    before, offered = await _answerable(conn, conference, receiver, now=now)
    if offered.person is not None:
        await check_owner(conn, offered.person, offered.host)
    await _give(conn, before, offered, by=receiver.name, now=now)
    return replace(offered, answer=HandAnswer.ACCEPTED, answered_by=receiver.name, answered_at=now)


async def decline(
    conn: Connection, conference: ConferenceId, *, reason: str, receiver: Receiver, now: datetime
) -> HandOver:
    """Say no with a reason; everything stays as it was, and the giver is told.

    Raises:
        NoHandOver: nothing is offered, or not to this one, or it has begun meanwhile.
    """
    before, offered = await _answerable(conn, conference, receiver, now=now)
    return await _close(
        conn, before, offered, HandAnswer.DECLINED, by=receiver.name, now=now, reason=reason
    )


async def withdraw(
    conn: Connection, conference: ConferenceId, *, by: str, now: datetime
) -> HandOver:
    """Take an offer back that nobody has answered.

    Raises:
        NoHandOver: nothing is offered.
    """
    before = await conferences.lock_conference(conn, conference)
    offered = await store.find_open(conn, conference)
    if offered is None:
        raise NoHandOver(conference)
    return await _close(conn, before, offered, HandAnswer.WITHDRAWN, by=by, now=now)


async def lapse_due(conn: Connection, now: datetime) -> list[ConferenceId]:
    """Close offers of conferences that have begun or were called off; return those."""
    due = await store.list_lapsed(conn, now)
    for conference in due:
        before = await conferences.lock_conference(conn, conference)
        offered = await store.find_open(conn, conference)
        if offered is not None and not is_open(before, now):
            await _close(conn, before, offered, HandAnswer.LAPSED, by=BY, now=now)
    return due


async def offered_to(
    conn: Connection, receiver: Receiver, *, after: int | None = None, limit: int
) -> list[HandOver]:
    """Return what waits for this one's answer, the earliest conference first."""
    return await store.list_offered(
        conn,
        person=receiver.person,
        name=receiver.name,
        units=receiver.books_for,
        after=after,
        limit=limit,
    )


async def _locked(conn: Connection, conference: ConferenceId, version: int | None) -> Conference:
    found = await conferences.lock_conference(conn, conference)
    if version is not None and version != found.version:
        raise StaleVersion(conference, found.version)
    if found.state in OVER:
        raise IllegalMove(conference, found.state, found.state)
    return found


async def _answerable(
    conn: Connection, conference: ConferenceId, receiver: Receiver, *, now: datetime
) -> tuple[Conference, HandOver]:
    before = await conferences.lock_conference(conn, conference)
    offered = await store.find_open(conn, conference)
    if offered is None or not is_open(before, now):
        raise NoHandOver(conference)
    host = await unit_by_id(conn, offered.host)
    if not may_answer(offered, host.path, receiver):
        raise NoHandOver(conference)
    return before, offered


async def _give(
    conn: Connection, before: Conference, offered: HandOver, *, by: str, now: datetime
) -> None:
    after = replace(
        before,
        host=offered.host,
        owner=offered.person,
        version=before.version + 1,
        changed_at=now,
    )
    await check_receiver(conn, before, after, now=now)
    await store.save_answer(conn, offered, HandAnswer.ACCEPTED, by=by, now=now, reason="")
    giver, taker = owner_in(offered.offered_by), owner_in(by)
    if needs_approval(before, after) and (steps := await steps_between(conn, before, after)):
        told = {"host": after.host, "owner": after.owner or 0}
        await record_change(conn, before, "hand-over.accept", by=by, **told)
        subject = host_subject(before, after, giver=giver, taker=taker)
        await submit(conn, subject, steps, by=by, now=now)
    else:
        await give(conn, before, after, by=by, now=now)
        await tell_accepted(conn, before, after, giver=giver, taker=taker, now=now)


async def _close(
    conn: Connection,
    conference: Conference,
    offered: HandOver,
    answer: HandAnswer,
    *,
    by: str,
    now: datetime,
    reason: str = "",
) -> HandOver:
    await store.save_answer(conn, offered, answer, by=by, now=now, reason=reason)
    told = {"reason": reason} if reason else {}
    await record_change(conn, conference, ACTIONS[answer], by=by, **told)
    await tell_closed(conn, conference, offered, answer, now=now, reason=reason)
    return replace(offered, answer=answer, answered_by=by, answered_at=now, reason=reason)
