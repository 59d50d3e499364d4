"""Every job of the program, with its rest and its limit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta

from aiohttp import web

from meetings.approval import submitting
from meetings.approval.approving import expire_due
from meetings.approval.handing import lapse_due
from meetings.letters.inviting import tell_invited
from meetings.reforms.passing_on import pass_on_due
from meetings.scheduling.booking import begin_due
from meetings.scheduling.waiting import offer_freed
from meetings.series.watching import watch_skips
from meetings.store import Connection
from monitoring.telling import tell_flips
from monitoring.watching import keep_results
from web.database import transaction
from web.files.document_files import sweep
from web.jobs import Job, running
from web.keys import CLOCK, POOL, SETTINGS, STOP
from web.mailing import Post, send_due
from web.upkeep import tidy

Work = Callable[[Connection, datetime], Awaitable[object]]


def in_transaction(app: web.Application, work: Work) -> Callable[[], Awaitable[None]]:
    """Return a turn that does the work in one transaction of its own."""

    async def turn() -> None:
        async with transaction(app[POOL]) as conn:
            await work(conn, app[CLOCK]())

    return turn


def sweeper(app: web.Application) -> Callable[[Connection, datetime], Awaitable[object]]:
    """Return the work that removes files no document stands on."""

    async def work(conn: Connection, now: datetime) -> int:
        return await sweep(conn, app[SETTINGS].data, now)

    return work


def jobs_of(app: web.Application) -> list[Job]:
    """Return every job that these settings ask for."""
    jobs = [
        Job(name="begin", work=in_transaction(app, begin_due), every=timedelta(seconds=2)),
        Job(name="expire", work=in_transaction(app, expire_due), every=timedelta(seconds=20)),
        Job(name="hand-overs", work=in_transaction(app, lapse_due), every=timedelta(seconds=20)),
        Job(
            name="submissions",
            work=in_transaction(app, submitting.lapse_due),
            every=timedelta(seconds=20),
        ),
        Job(name="waiting", work=in_transaction(app, offer_freed), every=timedelta(seconds=15)),
        Job(name="invited", work=in_transaction(app, tell_invited), every=timedelta(seconds=15)),
        Job(name="series", work=in_transaction(app, watch_skips), every=timedelta(minutes=1)),
        Job(name="reforms", work=in_transaction(app, pass_on_due), every=timedelta(minutes=1)),
        Job(name="upkeep", work=in_transaction(app, tidy), every=timedelta(minutes=10)),
        Job(name="documents", work=in_transaction(app, sweeper(app)), every=timedelta(hours=1)),
        Job(name="results", work=in_transaction(app, keep_results), every=timedelta(hours=1)),
        Job(name="flips", work=in_transaction(app, tell_flips), every=timedelta(seconds=10)),
    ]
    settings = app[SETTINGS]
    if settings.smtp_url:
        post = Post(server=settings.smtp_url, sender=settings.mail_from)
        jobs.append(
            Job(
                name="mail",
                work=lambda: send_due(app[POOL], post, app[CLOCK]),
                every=timedelta(seconds=5),
                limit=timedelta(minutes=5),
            )
        )
    return jobs


async def working(app: web.Application) -> AsyncIterator[None]:
    """Keep the jobs running for as long as the application runs."""
    async with running(jobs_of(app), app[STOP]):
        yield
