"""I7: no queued message is lost; at most one duplicate for each crash, with one Message-ID."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from random import Random
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from meetings import outbox
from meetings.store import Connection
from tests.faults.forge import Forge, forging
from tests.ports import free_port
from web.channels.mail import message_id
from web.settings import Settings

PATIENCE_SECONDS = 600
COUNT_WAITING = "SELECT count(*) FROM outbox WHERE sent_at IS NULL"


class Server:
    """A mail server that keeps what it takes, and now and then kills who brought it."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.forge: Forge | None = None
        self.loop = asyncio.get_running_loop()
        self.died = asyncio.Event()
        self.taken: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.taken.append(str(mail["Message-ID"]))
        if self.chance.random() < 0.2 and self.forge is not None:
            # Taken, and nobody is left to mark it: the worst moment.
            self.forge.kill()
            self.loop.call_soon_threadsafe(self.died.set)
        return "250 taken"


@pytest.fixture
async def server(chance: Random) -> Server:
    return Server(chance)


@pytest.fixture
def port(server: Server) -> Iterator[int]:
    found = free_port()
    controller = Controller(server, hostname="127.0.0.1", port=found)
    controller.start()
    yield found
    controller.stop()


async def test_mail_is_never_lost_and_rarely_doubled(
    database: str,
    conn: Connection,
    scratch: Path,
    server: Server,
    port: int,
    rounds: Callable[[int], int],
) -> None:
    count = rounds(500)
    async with conn.transaction():
        for number in range(count):
            now = datetime.now(UTC)
            await outbox.enqueue(conn, f"k{number}", "a@x.example", {"subject": str(number)}, now)
    environment = {"DIEMCAU_DATA": str(scratch / "data"), "DIEMCAU_DATABASE_URL": database}

    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        forging("mail", f"smtp://127.0.0.1:{port}", environment) as forge,
    ):
        server.forge = forge
        while await conn.fetchval(COUNT_WAITING):
            if server.died.is_set():
                server.died.clear()
                await forge.make()
            await asyncio.sleep(0.02)
        kills = forge.kills

    sender = str(Settings.model_fields["mail_from"].default)
    times = Counter(server.taken)
    print(f"{count} messages, {len(server.taken)} taken, {kills} kills")
    assert set(times) == {message_id(f"k{number}", sender) for number in range(count)}
    assert sum(times.values()) - count <= kills
    assert await conn.fetchval("SELECT count(*) FROM outbox WHERE dead_at IS NOT NULL") == 0
