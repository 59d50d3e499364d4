"""Jobs that tend bridges: ask how they are, end what is over, send out who may not stay."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from functools import partial

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, web

from bridges import polling
from bridges.control import controlling, reconciling
from bridges.inspection.listening import write_calls
from bridges.placement import moving
from bridges.receiving.clock_alerts import tell_clock_steps
from bridges.receiving.holding import tell_held
from bridges.registered import rotating
from web.database import transaction
from web.jobs import Job, running
from web.keys import CALLS, CLOCK, KEYRING, POOL, STOP

LIMIT = ClientTimeout(total=10, connect=3)
LONGEST_TURN = timedelta(minutes=2)


async def tending(app: web.Application) -> AsyncIterator[None]:
    """Keep the jobs running with one HTTP client between them."""
    async with (
        ClientSession(timeout=LIMIT, cookie_jar=DummyCookieJar()) as http,
        running(jobs_of(app, http), app[STOP]),
    ):
        yield


def jobs_of(app: web.Application, http: ClientSession) -> list[Job]:
    """Return the jobs; a revoked hall is sent out within seconds, the rest may take longer."""
    lend = partial(transaction, app[POOL])
    now, seal = app[CLOCK], app[KEYRING]
    return [
        job("bridges", lambda: polling.poll_bridges(lend, http, seal, now()), seconds=2),
        job("control", lambda: controlling.carry_out(lend, http, seal, now()), seconds=1),
        job("fail over", lambda: moving.fail_over(lend, now()), seconds=1),
        job("drain bridges", lambda: moving.drain_bridges(lend, now()), seconds=10),
        job(
            "left behind",
            lambda: reconciling.empty_left_behind(lend, http, seal, now()),
            seconds=10,
        ),
        job("close rooms", lambda: reconciling.close_rooms(lend, http, seal, now()), seconds=10),
        job("end conferences", lambda: reconciling.end_conferences(lend, now()), seconds=5),
        job("held back", lambda: tell_keepers(app), seconds=10),
        job("calls", lambda: write_calls(lend, app[CALLS]), seconds=5),
        job("rotations", lambda: rotating.follow(lend, http, seal, now()), seconds=5),
        job("send out", lambda: reconciling.send_out(lend, http, seal, now()), seconds=2),
    ]


async def tell_keepers(app: web.Application) -> None:
    """Queue the letters about events that were held back, and about clocks that were set."""
    async with transaction(app[POOL]) as conn:
        await tell_held(conn, app[CLOCK]())
        await tell_clock_steps(conn, app[CLOCK]())


def job(name: str, work: Callable[[], Awaitable[object]], *, seconds: float) -> Job:
    """Return a job that waits for bridges, and so may take its time."""
    return Job(name=name, work=work, every=timedelta(seconds=seconds), limit=LONGEST_TURN)
