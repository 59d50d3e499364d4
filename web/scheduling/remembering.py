"""The office calendar in memory, so that no page and no booking waits for it."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from meetings.office.keeping import TOPIC, load_calendar
from meetings.office.workdays import USUAL, OfficeCalendar
from web.database import Pool, connection
from web.jobs import Job, take_turn
from web.keys import OFFICE
from web.live import News

LONGEST_BELIEF = timedelta(minutes=5)
"""How long a calendar is believed without news, in case that a piece of it was missed."""


class Office:
    """What this process knows of the office calendar; the usual one until it was read."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.calendar: OfficeCalendar = USUAL

    async def refresh(self) -> None:
        """Read the calendar as it is stored."""
        async with connection(self.pool) as conn:
            self.calendar = await load_calendar(conn)

    async def follow(self, news: News) -> None:
        """Read the calendar again at each change, until cancelled."""
        job = Job(name="office calendar", work=self.refresh, every=LONGEST_BELIEF)
        async with news.reader({TOPIC}) as reader:
            while True:
                await reader.take(LONGEST_BELIEF)
                await take_turn(job)


def office_calendar(request: web.Request) -> OfficeCalendar:
    """Return the calendar by which this request is judged."""
    office: Office = request.config_dict[OFFICE]
    return office.calendar
