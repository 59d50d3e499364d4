"""The prober inside the program: looks all the time, writes each second, reloads at news."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

from aiohttp import web

from monitoring.devices import TARGETS
from monitoring.metrics import ProbeMetrics
from monitoring.probing import Prober
from monitoring.vantage import Vantage
from web.database import transaction
from web.jobs import Job, finish, repeat, take_turn
from web.keys import CLOCK, METRICS, NEWS, POOL, SETTINGS, STOP

WRITE_EVERY = timedelta(seconds=1)
RELOAD_EVERY = timedelta(seconds=30)


async def probing(app: web.Application) -> AsyncIterator[None]:
    """Keep looking at targets for as long as the application runs."""
    settings = app[SETTINGS]
    vantage = Vantage(settings.networks_to_probe, clock=app[CLOCK])
    prober = Prober(vantage, ProbeMetrics(app[METRICS].registry))
    lend = partial(transaction, app[POOL])
    write = Job(name="probe results", work=lambda: prober.write(lend), every=WRITE_EVERY)
    stop = app[STOP]
    looking = asyncio.create_task(prober.run(stop), name="prober")
    writing = asyncio.create_task(repeat(write, stop), name="job probe results")
    reloading = asyncio.create_task(keep_reloading(app, prober), name="targets")
    yield
    stop.set()
    reloading.cancel()
    await finish([looking, writing])
    await asyncio.gather(reloading, return_exceptions=True)
    vantage.close()


async def keep_reloading(app: web.Application, prober: Prober) -> None:
    """Read the targets again at news of them, and now and then without any."""
    lend = partial(transaction, app[POOL])
    reload = Job(name="targets", work=lambda: prober.reload(lend), every=RELOAD_EVERY)
    async with app[NEWS].reader({TARGETS}) as reader:
        while True:
            await take_turn(reload)
            await reader.take(RELOAD_EVERY)
