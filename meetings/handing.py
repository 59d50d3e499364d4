"""Handing a conference over: to another unit of one's subtree, or to another person."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from meetings.approval_errors import NotFitToOwn
from meetings.audit import record_change
from meetings.directory import unit_by_id
from meetings.errors import IllegalMove, StaleVersion
from meetings.model import Conference, ConferenceId, PersonId, Role, State, UnitId
from meetings.notices import Notice
from meetings.notifying import tell_owner
from meetings.people import person_by_id
from meetings.store import Connection, conferences
from meetings.store.approvals import save_host

BOOKERS = frozenset({Role.SECRETARY, Role.ADMIN})
OVER = frozenset({State.CANCELLED, State.REFUSED, State.CLOSED})


async def hand_over(
    conn: Connection,
    conference: ConferenceId,
    *,
    host: UnitId | None,
    owner: PersonId | None,
    version: int | None,
    by: str,
    now: datetime,
) -> Conference:
    """Give a conference another host, another owner, or both; the new owner is told.

    Without an owner it is the host's secretaries' from now on.

    Raises:
        StaleVersion, IllegalMove: it was changed meanwhile, or nobody needs it any more.
        PersonNotFound, NotFitToOwn: the owner is nobody, inactive, or does not book for the host.
    """
    before = await conferences.lock_conference(conn, conference)
    if version is not None and version != before.version:
        raise StaleVersion(conference, before.version)
    if before.state in OVER:
        raise IllegalMove(conference, before.state, before.state)
    after = replace(
        before, host=host or before.host, owner=owner, version=before.version + 1, changed_at=now
    )
    if owner is not None:
        await _check_owner(conn, owner, after.host)
    await save_host(conn, conference, after.host)
    await conferences.save_conference(conn, after)
    await record_change(
        conn, after, "conference.hand-over", by=by, host=after.host, owner=owner or 0
    )
    await tell_owner(conn, Notice.HANDED, after, now=now)
    return after


async def _check_owner(conn: Connection, owner: PersonId, host: UnitId) -> None:
    person, unit = await person_by_id(conn, owner), await unit_by_id(conn, host)
    reaches = any(one.role in BOOKERS and one.unit in unit.path for one in person.grants)
    if not (person.active and reaches):
        raise NotFitToOwn(owner)
