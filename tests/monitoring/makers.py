"""Makers of targets, results and memories."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from ssl import SSLContext
from typing import Any

from meetings.model import SiteId
from meetings.store import Connection
from monitoring.devices import add_device
from monitoring.model import (
    Device,
    DeviceKind,
    Health,
    NewDevice,
    NewTarget,
    Outcome,
    ProbeKind,
    Result,
    Target,
    TargetId,
    Watch,
)

NOON = datetime(2026, 11, 30, 5, tzinfo=UTC)
MINUTE = timedelta(seconds=60)
HERE = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def a_target(
    number: int = 1,
    probe: ProbeKind = ProbeKind.TCP,
    host: str = "127.0.0.1",
    port: int | None = 9,
    **what: Any,
) -> Target:
    """Return a target that is waited for as long as a busy machine may need."""
    return Target(
        id=TargetId(number),
        probe=probe,
        host=host,
        port=None if probe is ProbeKind.ICMP else port,
        **{"timeout": MINUTE, **what},
    )


def a_result(
    letter: str, at: datetime = NOON, target: int = 1, reason: str | None = None
) -> Result:
    outcome = {"u": Outcome.GOOD, "d": Outcome.BAD, "?": Outcome.UNSEEN}[letter]
    usual = {"u": "", "d": "refused", "?": "not-permitted"}[letter]
    return Result(
        target=TargetId(target),
        at=at,
        outcome=outcome,
        reason=usual if reason is None else reason,
        seconds=0.01 if letter == "u" else None,
    )


def a_watch(state: Health = Health.UNKNOWN, recent: str = "") -> Watch:
    return Watch(
        target=TargetId(1),
        state=state,
        since=NOON,
        recent=recent,
        last_at=NOON if recent else None,
        last_reason="",
        last_seconds=None,
        interval=MINUTE,
    )


async def a_device(
    conn: Connection,
    site: SiteId,
    *,
    host: str = "127.0.0.1",
    port: int = 9,
    name: str = "Codec",
    spare: bool = False,
    demo: bool = False,
) -> Device:
    target = NewTarget(probe=ProbeKind.TCP, host=host, port=port)
    wish = NewDevice(
        site=site, name=name, kind=DeviceKind.CODEC, spare=spare, demo=demo, targets=(target,)
    )
    return await add_device(conn, wish, by="program:test", now=NOON, networks=HERE)


def only_target(device: Device) -> int:
    (target,) = device.targets
    return target.target.id


@asynccontextmanager
async def listener(
    serve: Serve | None = None, *, ssl: SSLContext | None = None
) -> AsyncIterator[int]:
    """Listen on a free port and give its number; hang up at once unless told how to serve."""

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if serve is not None:
                await serve(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=ssl)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
