"""Jobs that tend bridges: ask how they are, end what is over, send out who may not stay."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, web

from bridges import polling
from bridges.control import controlling, reconciling, summoning
from bridges.entry.snapshot import Lend
from bridges.inspection.listening import write_calls
from bridges.placement import moving
from bridges.receiving.clock_alerts import tell_clock_steps
from bridges.receiving.holding import tell_held
from bridges.registered import rotating
from bridges.registered.registry import Seal
from bridges.spreading import Spread
from web.database import transaction
from web.errands import Errands
from web.jobs import Job, running
from web.keys import CALLS, CLOCK, KEYRING, POOL, STOP

LIMIT = ClientTimeout(total=10, connect=3)
LONGEST_TURN = timedelta(minutes=2)
PATIENCE = timedelta(seconds=1)
"""So long a turn waits for its bridges; those that take longer go on by themselves."""

Tending = Callable[[Lend, ClientSession, Seal, datetime, Spread], Awaitable[None]]
"""What a job does on bridges."""


async def tending(app: web.Application) -> AsyncIterator[None]:
    """Keep the jobs running with one HTTP client between them."""
    async with (
        ClientSession(timeout=LIMIT, cookie_jar=DummyCookieJar()) as http,
        Errands(patience=PATIENCE, limit=LONGEST_TURN) as errands,
        running(jobs_of(app, http, errands), app[STOP]),
    ):
        yield


def jobs_of(app: web.Application, http: ClientSession, errands: Errands) -> list[Job]:
    """Return the jobs; a revoked hall is sent out within seconds, the rest may take longer."""
    lend = partial(transaction, app[POOL])
    now, seal = app[CLOCK], app[KEYRING]

    def on_bridges(name: str, work: Tending, *, seconds: float) -> Job:
        spread = errands.of(name)
        return job(name, lambda: work(lend, http, seal, now(), spread), seconds=seconds)

    return [
        on_bridges("bridges", polling.poll_bridges, seconds=2),
        on_bridges("control", controlling.carry_out, seconds=1),
        job("summon", lambda: summoning.summon_due(lend, now()), seconds=2),
        job("fail over", lambda: moving.fail_over(lend, now()), seconds=1),
        job("drain bridges", lambda: moving.drain_bridges(lend, now()), seconds=10),
        on_bridges("left behind", reconciling.empty_left_behind, seconds=10),
        on_bridges("close rooms", reconciling.close_rooms, seconds=10),
        job("end conferences", lambda: reconciling.end_conferences(lend, now()), seconds=5),
        job("silent pages", lambda: reconciling.count_silent(lend, now()), seconds=15),
        job("held back", lambda: tell_keepers(app), seconds=10),
        job("calls", lambda: write_calls(lend, app[CALLS]), seconds=5),
        job("rotations", lambda: rotating.follow(lend, http, seal, now()), seconds=5),
        on_bridges("send out", reconciling.send_out, seconds=2),
    ]


async def tell_keepers(app: web.Application) -> None:
    """Queue the letters about events that were held back, and about clocks that were set."""
    async with transaction(app[POOL]) as conn:
        await tell_held(conn, app[CLOCK]())
        await tell_clock_steps(conn, app[CLOCK]())


def job(name: str, work: Callable[[], Awaitable[object]], *, seconds: float) -> Job:
    """Return a job that waits for bridges, and so may take its time."""
    return Job(name=name, work=work, every=timedelta(seconds=seconds), limit=LONGEST_TURN)
