"""What a refusal tells of an official who is booked: the conferences, and what to do first."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from meetings.directory.errors import OfficialInUse
from web.access.visibility import known_ids
from web.api.views import View
from web.input.moments import Moment
from web.permissions import require
from web.transactions import connection
from web.wording.sentences import say


class SeatView(View):
    """A conference that counts on an official, and what to do about it first."""

    conference: int
    title: str | None
    start: Moment
    end: Moment
    chairs: bool
    todo: str


async def tell_seats_of(request: web.Request, error: OfficialInUse) -> dict[str, Any]:
    """Name the conferences that count on an official; titles as far as they may be known."""
    async with connection(request) as conn:
        known = await known_ids(conn, require(request), [one.conference for one in error.seats])
    views = [
        SeatView(
            conference=one.conference,
            title=one.title if one.conference in known else None,
            start=one.period.start,
            end=one.period.end,
            chairs=one.chairs,
            todo=say(request, one.todo),
        )
        for one in error.seats
    ]
    return {"conferences": [view.model_dump(mode="json") for view in views]}
