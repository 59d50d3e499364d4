"""Processes that are cheap to kill: a parent that has read the program, and forks on demand.

`python -m tests.faults.killable web PORT` or `... mail SMTP_URL`; the settings come from the
environment.  Each line on stdin starts a child, whose pid is printed.  The parent keeps the
listening socket, so that a client waits for the next child instead of being refused.  It runs
no thread and no loop of its own: only such a process may fork.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import uvloop

from web import logs
from web.app import create_app
from web.database import open_pool
from web.keyring.key_file import load
from web.mailing import LEASE, Post, send_due
from web.serving import listening, take_port
from web.settings import Settings

REST_SECONDS = 0.02

Child = Callable[[int], Awaitable[None]]


def web_child(settings: Settings, sock: socket.socket) -> Child:
    """Return what a child does that serves pages and API."""
    url = settings.database_url
    assert url is not None
    # Opens nothing yet, so that each child has it for nothing.
    app = create_app(settings, database_url=url, keyring=load(settings.keys_file))

    async def run(_: int) -> None:
        async with listening(app, sock):
            await asyncio.Event().wait()

    return run


def mail_child(settings: Settings, server: str) -> Child:
    """Return what a child does that empties the outbox; each comes when older leases are over."""
    post = Post(server=server, sender=settings.mail_from)

    async def run(number: int) -> None:
        late = number * (LEASE + timedelta(seconds=1))
        assert settings.database_url is not None
        async with open_pool(settings.database_url, largest=2) as pool:
            while True:
                await send_due(pool, post, lambda: datetime.now(UTC) + late)
                await asyncio.sleep(REST_SECONDS)

    return run


def main() -> None:
    """Fork a child for each line."""
    kind, where = sys.argv[1:]
    settings = Settings.from_environ()
    logs.configure("error")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    child = (
        web_child(settings, take_port("127.0.0.1", int(where), setting="PORT"))
        if kind == "web"
        else mail_child(settings, where)
    )
    for number, _ in enumerate(sys.stdin):
        pid = os.fork()
        if pid == 0:
            uvloop.run(child(number))  # type: ignore[arg-type]  # a coroutine
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
