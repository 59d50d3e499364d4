"""Ports for programs that are told theirs before they listen."""

from __future__ import annotations

import os
import socket
from itertools import count

FIRST, LAST = 10_240, 32_767
"""Below what the kernel gives to sockets that take any port."""
GUARD = "127.0.0.2"
TURNS = count(os.getpid() * 97)


def free_port() -> int:
    """Return a port that nobody has, and that no other test of this machine is given.

    The same port of another loopback address is held until we end: who comes after us, in this
    process or any other, sees it taken, however late our own program listens.
    """
    while True:
        port = FIRST + next(TURNS) % (LAST - FIRST + 1)
        guard = socket.socket()
        try:
            guard.bind((GUARD, port))
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
        except OSError:
            guard.close()
        else:
            guard.detach()
            return port


def free_ports() -> tuple[int, int]:
    """Return two such ports."""
    return free_port(), free_port()
