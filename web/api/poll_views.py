"""Polls about days as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence

from meetings.content.polls import Answer, Poll, tally
from meetings.directory.finding import units_by_ids
from meetings.store import Connection
from web.api.presenting import unit_name
from web.api.views import UnitName, View
from web.input.moments import Moment


class ChoiceView(View):
    """A proposed period with its tally."""

    start: Moment
    end: Moment
    yes: int
    if_need_be: int
    no: int


class AnswerView(View):
    """What a unit said; an empty list has not answered."""

    unit: UnitName
    answers: list[Answer]


class PollView(View):
    """A poll; `conference` is the winner once it is booked, `closed` an end without one."""

    id: int
    template: int
    periods: list[ChoiceView]
    answers: list[AnswerView]
    conference: int | None
    closed: bool


async def poll_view(conn: Connection, poll: Poll) -> PollView:
    """Return a poll with its tally and the names of the units."""
    [view] = await poll_views(conn, [poll])
    return view


async def poll_views(conn: Connection, polls: Sequence[Poll]) -> list[PollView]:
    """Return polls; the names of the units are read once for all."""
    units = await units_by_ids(conn, {unit for poll in polls for unit in poll.answers})
    return [
        PollView(
            id=poll.id,
            template=poll.template,
            periods=choice_views(poll),
            answers=[
                AnswerView(unit=unit_name(units[unit]), answers=[Answer(one) for one in said])
                for unit, said in poll.answers.items()
            ],
            conference=poll.conference,
            closed=poll.closed,
        )
        for poll in polls
    ]


def choice_views(poll: Poll) -> list[ChoiceView]:
    """Return the proposed periods with their tallies."""
    return [
        ChoiceView(
            start=period.start,
            end=period.end,
            yes=told[Answer.YES],
            if_need_be=told[Answer.IF_NEED_BE],
            no=told[Answer.NO],
        )
        for period, told in zip(poll.periods, tally(poll), strict=True)
    ]
