"""Another host or owner for a conference: given at once, or when it is approved."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from meetings.approval_errors import NotFitToOwn
from meetings.audit import record_change
from meetings.directory import unit_by_id
from meetings.errors import IllegalMove, UnitNotFound
from meetings.hand_letters import tell_accepted
from meetings.handovers import BOOKERS
from meetings.model import Conference, ConferenceId, Period, PersonId, State, UnitId
from meetings.people import person_by_id
from meetings.store import Connection, conferences
from meetings.store.approvals import save_host
from meetings.submissions import Subject, What
from meetings.workdays import local_day


async def give(conn: Connection, after: Conference, *, by: str) -> None:
    """Let another host or owner have a conference that is locked.

    Raises:
        UnitNotFound: the host is there no more when it is held.
    """
    await check_host(conn, after.host, after.period)
    await save_host(conn, after.id, after.host)
    await conferences.save_conference(conn, after)
    told = {"host": after.host, "owner": after.owner or 0}
    await record_change(conn, after, "conference.hand-over", by=by, **told)


async def carry(
    conn: Connection, conference: ConferenceId, subject: Subject, *, by: str, now: datetime
) -> None:
    """Hand a conference over as was accepted and approved.

    Raises:
        IllegalMove: it is confirmed no more.
        NotFitToOwn: the person no longer books for the host.
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
    await give(conn, after, by=by)
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
    reaches = any(one.role in BOOKERS and one.unit in unit.path for one in person.grants)
    if not (person.active and reaches):
        raise NotFitToOwn(owner)
