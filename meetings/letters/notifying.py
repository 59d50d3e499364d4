"""Telling owners and approvers by mail, in the transaction of what they are told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from meetings.approval.chains import Step
from meetings.letters.notices import Notice, Told, letter
from meetings.model import Conference, Role
from meetings.outbox import enqueue
from meetings.scheduling.ways import Alternative
from meetings.store import Connection
from meetings.store.readers import Addressee, list_nearest_readers, list_people_readers


async def owners_of(conn: Connection, conference: Conference) -> list[Addressee]:
    """Return who looks after a conference: its owner, else the host's secretaries."""
    if conference.owner is not None and (
        found := await list_people_readers(conn, [conference.owner])
    ):
        return found
    return await list_nearest_readers(conn, conference.host, Role.SECRETARY)


async def tell_owner(
    conn: Connection,
    notice: Notice,
    conference: Conference,
    *,
    now: datetime,
    reason: str = "",
    until: str = "",
    ways: Sequence[Alternative] = (),
    key: str = "",
) -> None:
    """Queue a letter to the owner; once for each version of the conference and each notice."""
    people = await owners_of(conn, conference)
    name = key or f"{notice}/{conference.id}/{conference.version}"
    await tell_people(
        conn, notice, conference, people, key=name, now=now, reason=reason, until=until, ways=ways
    )


async def tell_people(
    conn: Connection,
    notice: Notice,
    conference: Told,
    people: Iterable[Addressee],
    *,
    key: str,
    now: datetime,
    reason: str = "",
    until: str = "",
    ways: Sequence[Alternative] = (),
) -> None:
    """Queue a letter to these people; once for each key."""
    for one in people:
        text = letter(notice, conference, one.locale, reason=reason, until=until, ways=ways)
        await enqueue(conn, f"{key}/{one.person}", one.email, text, now)


async def tell_approvers(
    conn: Connection, step: Step, conference: Conference, *, now: datetime
) -> None:
    """Queue a letter to those who may take the step."""
    people = await approvers_of(conn, step)
    key = f"{Notice.ASKED}/{conference.id}/{conference.version}"
    await tell_people(conn, Notice.ASKED, conference, people, key=key, now=now)


async def approvers_of(conn: Connection, step: Step) -> Iterable[Addressee]:
    """Return who may take a step and can be written to."""
    if step.role is None or step.unit is None:
        return await list_people_readers(conn, step.people)
    return await list_nearest_readers(conn, step.unit, step.role)
