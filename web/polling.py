"""Who may read a poll, and how a period is proposed."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from meetings.directory import unit_by_id, units_by_ids
from meetings.poll_errors import PollNotFound
from meetings.polls import Poll, poll_by_id
from meetings.store import Connection
from meetings.templates import template_by_id
from web.actors import Actor
from web.forms import Body, check_period
from web.moments import Moment
from web.permissions import Permission, may


class PeriodBody(Body):
    """One proposed period."""

    start: Moment
    end: Moment

    @model_validator(mode="after")
    def check(self) -> Self:
        """Refuse an end before the start."""
        check_period(self.start, self.end)
        return self


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
