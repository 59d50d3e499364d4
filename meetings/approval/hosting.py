"""Another host or owner for a conference: given at once, or when it is approved."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from meetings.approval.asking import ask_again
from meetings.approval.errors import NotFitToOwn
from meetings.approval.handovers import may_own
from meetings.approval.submissions import Subject, What
from meetings.audit import record_change
from meetings.directory.finding import unit_by_id
from meetings.errors import IllegalMove, UnitNotFound
from meetings.letters.hand_letters import tell_accepted
from meetings.model import Conference, ConferenceId, Period, PersonId, State, UnitId
from meetings.office.workdays import local_day
from meetings.people.grants import person_by_id
from meetings.rules import wish_of
from meetings.scheduling.claiming import check_limits
from meetings.store import Connection, conferences

COUNTED = frozenset({State.CONFIRMED, State.LIVE})
"""States in which a conference counts among those its host holds."""


async def give(
    conn: Connection, before: Conference, after: Conference, *, by: str, now: datetime
) -> None:
    """Let another host or owner have a conference that is locked.

    One that is only asked for is asked for again, of those who answer for its new host.

    Raises:
        UnitNotFound: the host is there no more when it is held.
    """
    await check_host(conn, after.host, after.period)
    await conferences.save_conference(conn, after)
    told = {"host": after.host, "owner": after.owner or 0}
    await record_change(conn, after, "conference.hand-over", by=by, **told)
    if after.state is State.REQUESTED and after.host != before.host:
        await ask_again(conn, after, by=by, now=now)


async def check_receiver(
    conn: Connection, before: Conference, after: Conference, *, now: datetime
) -> None:
    """Make sure that another host may hold what is promised already.

    What is only asked for is judged when it is confirmed, as ever.

    Raises:
        SiteBusy: the host has as many open conferences as it may have, or books not so far ahead.
    """
    if after.host != before.host and after.state in COUNTED:
        await check_limits(conn, [wish_of(after)], now=now)


async def carry(
    conn: Connection, conference: ConferenceId, subject: Subject, *, by: str, now: datetime
) -> None:
    """Hand a conference over as was accepted and approved.

    Raises:
        IllegalMove: it is confirmed no more.
        NotFitToOwn: the person no longer books for the host.
        SiteBusy: the host may not hold one more by now, or not so far ahead.
    """
    before = await conferences.lock_conference(conn, conference)
    if before.state is not State.CONFIRMED:
        raise IllegalMove(conference, before.state, before.state)
    given = subject.payload
    if given["owner"]:
        await check_owner(conn, given["owner"], subject.host)
    after = replace(
        before,
        host=subject.host,
        owner=given["owner"] or None,
        version=before.version + 1,
        changed_at=now,
    )
    await check_receiver(conn, before, after, now=now)
    await give(conn, before, after, by=by, now=now)
    giver, taker = given["giver"] or None, given["taker"] or None
    await tell_accepted(conn, before, after, giver=giver, taker=taker, now=now)


def host_subject(
    before: Conference, after: Conference, *, giver: PersonId | None, taker: PersonId | None
) -> Subject:
    """Return the other host and owner as what is submitted for approval."""
    given = {"owner": after.owner, "giver": giver, "taker": taker}
    return Subject(
        what=What.HOST,
        host=after.host,
        title=before.title,
        period=before.period,
        sites=before.sites,
        payload={name: value or 0 for name, value in given.items()},
        lapses_at=before.period.start,
        conference=before.id,
    )


async def check_host(conn: Connection, host: UnitId, period: Period) -> None:
    """Raise UnitNotFound when the unit is closed before a conference of that period."""
    unit = await unit_by_id(conn, host)
    if not unit.is_valid(local_day(period.start)):
        raise UnitNotFound(unit.code)


async def check_owner(conn: Connection, owner: PersonId, host: UnitId) -> None:
    """Raise NotFitToOwn when the person is inactive or does not book for the host."""
    person, unit = await person_by_id(conn, owner), await unit_by_id(conn, host)
    if not may_own(person, unit.path):
        raise NotFitToOwn(owner)
