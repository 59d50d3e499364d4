"""Submitting for approval: the old promise stands until the last yes carries the new one out.

The subject is locked before its submission, everywhere, so that no two wait for each other.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from meetings.approval.asking import steps_for
from meetings.approval.chains import Approval, Decider, Decision, Step, may_decide
from meetings.approval.errors import NotYourTurn, SubmissionClosed
from meetings.approval.submissions import Standing, Subject, Submission
from meetings.audit import record
from meetings.directory.finding import unit_by_id
from meetings.letters.notices import Notice
from meetings.letters.notifying import approvers_of, tell_people
from meetings.model import Conference
from meetings.rules import owner_in
from meetings.series.plan import SeriesId
from meetings.store import Connection
from meetings.store import submissions as store
from meetings.store.conferences import lock_conference
from meetings.store.readers import list_people_readers
from meetings.store.series import lock_series

BY = "program:approval"

CarryOut = Callable[[Connection, Submission], Awaitable[SeriesId | None]]
"""What the last approval does; it returns the series that it booked, if it booked one."""


async def steps_between(
    conn: Connection, before: Conference, after: Conference
) -> tuple[Step, ...]:
    """Return who must agree to a change: by the chain it comes under, else the one it leaves."""
    steps = await steps_for(conn, after.host, after.kind)
    return steps or await steps_for(conn, before.host, before.kind)


async def submit(
    conn: Connection, subject: Subject, steps: Sequence[Step], *, by: str, now: datetime
) -> Submission:
    """Keep what is wanted until everybody agreed; what waited for the same before is replaced."""
    for one in await store.replace_waiting(conn, subject, by=by, now=now):
        await _record(conn, one, "submission.replace", by=by)
    made = await store.insert_submission(conn, subject, steps, by=by, now=now)
    await _record(conn, made, "submission.submit", by=by)
    await _ask(conn, made, made.approvals[0], now=now)
    return made


async def approve(
    conn: Connection, number: int, *, decider: Decider, now: datetime, carry_out: CarryOut
) -> Submission:
    """Say yes at the step whose turn it is; the last yes carries it out in the same transaction.

    Raises:
        SubmissionClosed: it was answered, taken back or replaced meanwhile.
        NotYourTurn: somebody else is to answer.
        SiteBusy and what else a booking raises: it cannot be had; nothing has changed.
    """
    found, turn = await _turn_of(conn, number, decider)
    await store.save_decision(conn, number, turn.place, Decision.APPROVED, by=decider.name, at=now)
    await _record(conn, found, "submission.approve", by=decider.name)
    following = [one for one in found.approvals if one.place > turn.place]
    if following:
        await _ask(conn, found, following[0], now=now)
    else:
        series = await carry_out(conn, found)
        await _close(conn, found, Standing.APPROVED, by=decider.name, now=now, series=series)
    return await store.get_submission(conn, number)


async def refuse(
    conn: Connection, number: int, *, reason: str, decider: Decider, now: datetime
) -> Submission:
    """Say no, with a reason; everything stays as it was.

    Raises:
        SubmissionClosed, NotYourTurn: as for an approval.
    """
    found, turn = await _turn_of(conn, number, decider)
    await store.save_decision(
        conn, number, turn.place, Decision.REFUSED, by=decider.name, at=now, reason=reason
    )
    await _record(conn, found, "submission.refuse", by=decider.name, reason=reason)
    await _close(conn, found, Standing.REFUSED, by=decider.name, now=now, reason=reason)
    return await store.get_submission(conn, number)


async def withdraw(conn: Connection, number: int, *, by: str, now: datetime) -> Submission:
    """Take back what nobody has decided; raise SubmissionClosed when somebody has."""
    found = await _locked(conn, number)
    await _record(conn, found, "submission.withdraw", by=by)
    await store.close(conn, number, Standing.WITHDRAWN, by=by, now=now)
    return await store.get_submission(conn, number)


async def lapse_due(conn: Connection, now: datetime) -> list[int]:
    """Close what nobody answered before its time came; return which."""
    due = await store.list_lapsed(conn, now)
    for number in due:
        try:
            found = await _locked(conn, number)
        except SubmissionClosed:
            continue
        await _record(conn, found, "submission.lapse", by=BY)
        await _close(conn, found, Standing.LAPSED, by=BY, now=now)
    return due


async def overtake(conn: Connection, number: int, *, by: str, now: datetime) -> None:
    """Close what a change of its locked series left nothing of; who asked is told."""
    found = await store.lock_submission(conn, number)
    if found.state is Standing.WAITING:
        await _record(conn, found, "submission.overtake", by=by)
        await _close(conn, found, Standing.OVERTAKEN, by=by, now=now)


async def tell_clash(conn: Connection, number: int, *, by: str, now: datetime) -> None:
    """Let who asked know that halls were promised to others meanwhile.

    Part of a transaction of its own: the one that found it out was undone.
    """
    found = await store.get_submission(conn, number)
    if found.state is Standing.WAITING:
        await _record(conn, found, "submission.clash", by=by)
        key = f"{Notice.CLASH}/submission/{number}/{now.isoformat()}"
        await _tell_asker(conn, found, Notice.CLASH, key=key, now=now)


async def _locked(conn: Connection, number: int) -> Submission:
    """Return what still waits, its subject and itself locked until the transaction ends."""
    subject = (await store.get_submission(conn, number)).subject
    if subject.series is not None:
        await lock_series(conn, subject.series)
    if subject.conference is not None:
        await lock_conference(conn, subject.conference)
    found = await store.lock_submission(conn, number)
    if found.state is not Standing.WAITING:
        raise SubmissionClosed(number)
    return found


async def _turn_of(conn: Connection, number: int, decider: Decider) -> tuple[Submission, Approval]:
    found = await _locked(conn, number)
    host = await unit_by_id(conn, found.subject.host)
    if found.turn is None or not may_decide(found.turn, host.path, decider):
        raise NotYourTurn(f"submission {number}")
    return found, found.turn


async def _close(
    conn: Connection,
    found: Submission,
    state: Standing,
    *,
    by: str,
    now: datetime,
    reason: str = "",
    series: SeriesId | None = None,
) -> None:
    await store.close(conn, found.id, state, by=by, now=now, reason=reason, series=series)
    notice = Notice(f"submission-{state.value}")
    await _tell_asker(conn, found, notice, key=f"{notice}/{found.id}", now=now, reason=reason)


async def _ask(conn: Connection, found: Submission, turn: Approval, *, now: datetime) -> None:
    people = await approvers_of(conn, turn.step)
    key = f"{Notice.SUBMITTED}/{found.id}/{turn.place}"
    await tell_people(conn, Notice.SUBMITTED, found.subject, people, key=key, now=now)


async def _tell_asker(
    conn: Connection,
    found: Submission,
    notice: Notice,
    *,
    key: str,
    now: datetime,
    reason: str = "",
) -> None:
    asker = owner_in(found.asked_by)
    people = await list_people_readers(conn, [asker] if asker is not None else [])
    await tell_people(conn, notice, found.subject, people, key=key, now=now, reason=reason)


async def _record(
    conn: Connection, found: Submission, action: str, *, by: str, **detail: object
) -> None:
    subject = found.subject
    told = {"what": subject.what.value, "conference": subject.conference, "series": subject.series}
    given = {name: value for name, value in told.items() if value is not None}
    topics = [f"conference:{subject.conference}"] if subject.conference else []
    await record(
        conn,
        actor=by,
        action=action,
        subject=f"submission:{found.id}",
        unit=subject.host,
        detail=given | detail,
        news=topics,
    )
