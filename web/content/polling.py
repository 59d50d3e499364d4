"""Who may read a poll, and how a period is proposed."""

from __future__ import annotations

from meetings.content.poll_errors import PollNotFound
from meetings.content.polls import Poll, close_poll, lock_open, poll_by_id
from meetings.content.templates import template_by_id
from meetings.directory.finding import unit_by_id, units_by_ids
from meetings.model import Conference
from meetings.store import Connection
from meetings.store.polls import save_winner
from web.access.actors import Actor
from web.errors import BadForm
from web.input.forms import Body, End
from web.input.moments import Moment
from web.permissions import Permission, may
from web.scheduling.booking import Desk
from web.scheduling.copying import CopyBody, book_template, template_for


class PeriodBody(Body):
    """One proposed period."""

    start: Moment
    end: End


async def readable_poll(conn: Connection, actor: Actor, number: int) -> Poll:
    """Return a poll to who books for its owner or for a unit that is asked.

    Raises:
        PollNotFound: there is none for this actor.
    """
    poll = await poll_by_id(conn, number)
    template = await template_by_id(conn, poll.template)
    units = [await unit_by_id(conn, template.unit)]
    units += (await units_by_ids(conn, set(poll.answers))).values()
    if not any(may(actor, Permission.BOOK, unit.path) for unit in units):
        raise PollNotFound
    return poll


async def book_winner(
    conn: Connection, desk: Desk, number: int, period: int, *, without_retired: bool
) -> Conference:
    """Book a proposed period, counted from 1, as any conference from the template.

    Raises:
        PollOver: the winner is booked, or the poll was closed.
        BadForm: there is no such period.
    """
    poll = await lock_open(conn, number)
    template = await template_for(conn, desk, poll.template)
    if not 0 < period <= len(poll.periods):
        raise BadForm({"period": "out-of-range"})
    chosen = poll.periods[period - 1]
    wish = CopyBody(start=chosen.start, end=chosen.end, without_retired=without_retired)
    booked = await book_template(conn, desk, template, wish)
    await save_winner(conn, poll.id, booked.id)
    return booked


async def close_without_winner(conn: Connection, desk: Desk, number: int) -> None:
    """End a poll of a template one books for.

    Raises:
        PollOver: it is over already.
    """
    poll = await lock_open(conn, number)
    template = await template_for(conn, desk, poll.template)
    await close_poll(conn, poll, template.unit, by=desk.actor.name, now=desk.now)
