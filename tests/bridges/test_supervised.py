"""What systemd hears of us, by a socket of its kind."""

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridges.receiving.supervised import READY, TURNS, tell, turning


@pytest.fixture
def heard(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.setblocking(False)
        wire.bind(str(scratch / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(scratch / "notify"))
        yield wire


async def test_systemd_hears_that_we_are_ready_and_that_the_loop_turns(heard, monkeypatch):
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
    monkeypatch.setenv("WATCHDOG_USEC", "3000")
    loop = asyncio.get_running_loop()

    tell(READY)
    with turning():
        async with asyncio.timeout(60):
            said = [await loop.sock_recv(heard, 100) for _ in range(3)]

    assert said == [READY, TURNS, TURNS]


def test_a_child_of_the_service_says_nothing(heard, monkeypatch):
    monkeypatch.setenv("WATCHDOG_PID", str(os.getppid()))

    tell(READY)

    with pytest.raises(BlockingIOError):
        heard.recv(100)


async def test_nobody_is_told_where_nobody_asks(heard, monkeypatch):
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)

    with turning():
        await asyncio.sleep(0)

    with pytest.raises(BlockingIOError):
        heard.recv(100)
    monkeypatch.setenv("NOTIFY_SOCKET", "/nowhere")
    tell(READY)
