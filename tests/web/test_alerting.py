"""How long it may take until somebody is told: the periods of all who hand the news on."""

from __future__ import annotations

from datetime import timedelta

import aiohttp
from aiohttp.test_utils import TestServer

from bridges.receiving import feeding
from web import background
from web.app import create_app
from web.errands import Errands
from web.rooms import tending


async def test_technicians_hear_within_a_minute_of_events_held_back(settings, database, keyring):
    """The receiver reports what it holds back, a job writes letters, and another one sends them."""
    mailing = settings.model_copy(update={"smtp_url": "smtp://127.0.0.1:9"})
    app = create_app(mailing, database_url=database, keyring=keyring)

    async with (
        TestServer(app),
        aiohttp.ClientSession() as http,
        Errands(patience=tending.PATIENCE, limit=tending.LONGEST_TURN) as errands,
    ):
        jobs = [*tending.jobs_of(app, http, errands), *background.jobs_of(app)]

    every = {job.name: job.every for job in jobs}
    ways = (feeding.LOOK_EVERY, every["held back"], every["mail"])
    assert sum(ways, timedelta(0)) <= timedelta(minutes=1)
