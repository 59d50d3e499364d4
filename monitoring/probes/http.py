"""HTTP: does a web page answer, with or without TLS."""

from __future__ import annotations

import re
from http import HTTPStatus

from monitoring.addresses import Address, is_name
from monitoring.errors import NoAnswer
from monitoring.model import Result, Target
from monitoring.probes.observing import observed
from monitoring.probes.wire import Plain, Sealed, connected
from monitoring.vantage import Vantage

STATUS_LINE = re.compile(rb"HTTP/\d\.\d ([1-5]\d\d)(?: [^\r\n]*)?\r?\n")
LONGEST_LINE = 4096
DEFAULT_PORTS = {False: 80, True: 443}

# A page that moved, or asks who we are, is served by something that works.
WELCOME = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


async def probe(target: Target, vantage: Vantage) -> Result:
    """Ask for the path and read the status line; a redirect is an answer and is not followed."""
    return await observed(target, vantage, ask)


async def ask(target: Target, address: Address) -> None:
    """Raise unless the answer's status is one of something that works."""
    async with connected(address, target.port or 0) as sock:
        name = target.host if is_name(target.host) else None
        wire = Sealed(Plain(sock), name) if target.tls else Plain(sock)
        await wire.send(request(target))
        status = status_of(await first_line(wire))
    if status >= HTTPStatus.BAD_REQUEST and status not in WELCOME:
        raise NoAnswer(f"http-{status}")


def request(target: Target) -> bytes:
    """Return a request that is answered once; the schema keeps odd letters out of host and path."""
    return (
        f"GET {target.path} HTTP/1.1\r\n"
        f"Host: {authority(target)}\r\n"
        "User-Agent: diemcau\r\n"
        "Accept: */*\r\n"
        "Connection: close\r\n\r\n"
    ).encode("ascii")


def authority(target: Target) -> str:
    """Return the host as it stands in a URL."""
    host = f"[{target.host}]" if ":" in target.host else target.host
    return host if target.port == DEFAULT_PORTS[target.tls] else f"{host}:{target.port}"


async def first_line(wire: Plain | Sealed) -> bytes:
    """Return what came up to the first line's end, or to the end of all."""
    got = b""
    while b"\n" not in got and len(got) < LONGEST_LINE:
        piece = await wire.receive()
        if not piece:
            break
        got += piece
    return got


def status_of(line: bytes) -> int:
    """Return the status that the line tells, or raise NoAnswer if it is none of HTTP."""
    match = STATUS_LINE.match(line)
    if match is None:
        raise NoAnswer("no-http")
    return int(match[1])
