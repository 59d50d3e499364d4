"""A poll about days: units say yes, if need be or no; the owner books the winner."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from meetings.audit import record
from meetings.content.poll_errors import PollNotFound, PollOver
from meetings.content.templates import Template
from meetings.model import Period, UnitId
from meetings.store import Connection
from meetings.store import polls as store
from meetings.store.polls import Poll

__all__ = ["Answer", "Poll"]


class Answer(StrEnum):
    """What a unit says of one period."""

    YES = "yes"
    IF_NEED_BE = "if-need-be"
    NO = "no"


def poll_hash(secret: str) -> bytes:
    """Return what the database keeps of a link's secret."""
    return hashlib.sha256(secret.encode(errors="replace")).digest()


async def open_poll(
    conn: Connection,
    template: Template,
    periods: Sequence[Period],
    units: Collection[UnitId],
    *,
    by: str,
    now: datetime,
) -> tuple[Poll, dict[UnitId, str]]:
    """Ask the units about the periods; return the secrets of their links, told this once."""
    told = {unit: secrets.token_urlsafe(24) for unit in sorted(units)}
    hashes = {unit: poll_hash(secret) for unit, secret in told.items()}
    number = await store.insert_poll(conn, template.id, periods, hashes, by=by, now=now)
    await record(
        conn,
        actor=by,
        action="poll.open",
        subject=f"poll:{number}",
        unit=template.unit,
        detail={"periods": len(periods), "units": len(told)},
    )
    return await poll_by_id(conn, number), told


async def poll_by_id(conn: Connection, number: int) -> Poll:
    """Return a poll, or raise PollNotFound."""
    found = await store.find_poll(conn, number)
    if found is None:
        raise PollNotFound
    return found


async def poll_of_link(conn: Connection, secret: str) -> tuple[Poll, UnitId]:
    """Return the poll behind a link, and for which unit it asks.

    Raises:
        PollNotFound: the link opens nothing.
    """
    found = await store.find_by_hash(conn, poll_hash(secret))
    if found is None:
        raise PollNotFound
    return await poll_by_id(conn, found[0]), found[1]


async def answer(
    conn: Connection, number: int, unit: UnitId, answers: Sequence[Answer], *, by: str
) -> Poll:
    """Note what a unit says of each period; the last word counts.

    Raises:
        PollNotFound: the unit is not asked.
        PollOver: the winner is booked.
    """
    poll = await lock_open(conn, number)
    if unit not in poll.answers or len(answers) != len(poll.periods):
        raise PollNotFound
    await store.save_answers(conn, number, unit, answers)
    await record(conn, actor=by, action="poll.answer", subject=f"poll:{number}", unit=unit)
    return await poll_by_id(conn, number)


async def lock_open(conn: Connection, number: int) -> Poll:
    """Return a poll that is not decided, locked until the transaction ends.

    Raises:
        PollNotFound: there is none.
        PollOver: the winner is booked, or it was closed.
    """
    poll = await store.lock_poll(conn, number)
    if poll is None:
        raise PollNotFound
    if poll.over:
        raise PollOver
    return poll


async def close_poll(conn: Connection, poll: Poll, unit: UnitId, *, by: str, now: datetime) -> None:
    """End a poll without a winner; its links answer nothing any more."""
    await store.save_closed(conn, poll.id, now)
    await record(conn, actor=by, action="poll.close", subject=f"poll:{poll.id}", unit=unit)


def best_first(poll: Poll) -> list[int]:
    """Return the places of the periods: most who can, then fewest who cannot, then the earliest."""
    told = tally(poll)
    return sorted(
        range(len(told)),
        key=lambda at: (-told[at][Answer.YES], told[at][Answer.NO], poll.periods[at].start),
    )


def tally(poll: Poll) -> list[dict[Answer, int]]:
    """Return how many units gave each answer, period by period."""
    return [
        {
            one: sum(len(said) > at and said[at] == one for said in poll.answers.values())
            for one in Answer
        }
        for at in range(len(poll.periods))
    ]
