"""The receiver's side of HTTP/1.1, as narrow as Prosody's needs: one request, a length, an answer.

Pure: bytes in, decisions out.  Whatever is refused here is counted as delivered by Prosody if the
status is below 500, so that a refused event of a known bridge is worth keeping for a replay.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType

from bridges.errors import BadNews
from bridges.jitsi import events
from bridges.receiving.astray import Marks, Stray, stray_of
from bridges.receiving.callers import Caller, Network, nearest
from bridges.receiving.held import Why

LARGEST_HEAD = 16 * 1024
# `destroyed` lists everybody each time they came since the room was made, some 300 bytes each: all
# halls of the country, who come in several times.  What is longer would be lost whole.
LARGEST_BODY = 8 * 1024**2
HEALTH = "/healthz"
PREFIX = "/bridges/"
EVENTS = "/events/"
VERSIONS = frozenset({"HTTP/1.0", "HTTP/1.1"})
# Where two of these differ, a proxy and we would read two requests.
ONCE = frozenset({"authorization", "content-length", "host", "transfer-encoding"})


class BadHead(Exception):
    """A request that is answered without looking further; the connection ends."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class Keep(StrEnum):
    """What becomes of an event."""

    EVENT = "event"
    WRONG_SECRET = "wrong-secret"  # noqa: S105 - it is none
    UNREADABLE = "unreadable"
    WRONG_ADDRESS = "wrong-address"
    NOBODYS = "nobodys"
    NOTHING = "nothing"

    @property
    def why(self) -> Why | None:
        """Why it is held back, None where it is not."""
        return HELD.get(self)


HELD: Mapping[Keep, Why] = MappingProxyType(
    {
        Keep.WRONG_SECRET: Why.WRONG_SECRET,
        Keep.UNREADABLE: Why.UNREADABLE,
        Keep.WRONG_ADDRESS: Why.WRONG_ADDRESS,
        Keep.NOBODYS: Why.WRONG_ADDRESS,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A request line with the headers that matter; `secret` is what stands after Bearer."""

    method: str
    path: str
    length: int
    secret: bytes = field(repr=False)
    forwarded: str = ""
    host: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a request is answered and whether its body is kept; nobody's may be of each in `own`."""

    status: HTTPStatus
    keep: Keep = Keep.NOTHING
    bridge: str = ""
    path: str = ""
    own: tuple[str, ...] = ()

    @property
    def whose(self) -> str:
        """The bridge, or all whose it may be."""
        return self.bridge or ",".join(self.own)


def parse_head(data: bytes) -> Head:
    """Return a request's head; `data` ends before the empty line.

    Raises:
        BadHead: with the status to answer.
    """
    lines = data.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != len(("method", "target", "version")):
        raise BadHead(HTTPStatus.BAD_REQUEST)
    if words[2] not in VERSIONS:
        raise BadHead(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED)
    headers = parse_headers(lines[1:])
    if "transfer-encoding" in headers:
        raise BadHead(HTTPStatus.LENGTH_REQUIRED)
    kind, _, secret = headers.get("authorization", "").partition(" ")
    return Head(
        method=words[0],
        path=words[1].partition("?")[0],
        length=parse_length(headers.get("content-length", "0")),
        secret=secret.strip().encode("latin-1") if kind.lower() == "bearer" else b"",
        forwarded=headers.get("x-forwarded-for", ""),
        host=headers.get("host", ""),
        agent=headers.get("user-agent", ""),
    )


def parse_headers(lines: list[str]) -> dict[str, str]:
    """Return headers by lower-case name; folded ones are refused, and some that come twice.

    What several proxies wrote, each in a line of its own, is one list (RFC 9110, 5.3).
    """
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        key = name.lower()
        if not colon or not name or name != name.strip() or (key in headers and key in ONCE):
            raise BadHead(HTTPStatus.BAD_REQUEST)
        told = value.strip(" \t")
        headers[key] = f"{headers[key]}, {told}" if key in headers else told
    return headers


def parse_length(value: str) -> int:
    """Return the length of the body."""
    if not value.isascii() or not value.isdecimal():
        raise BadHead(HTTPStatus.BAD_REQUEST)
    if len(value) > len(str(LARGEST_BODY)) or int(value) > LARGEST_BODY:
        raise BadHead(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return int(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a request is judged by; `callers` is None while nobody has told us of any bridge."""

    callers: Mapping[str, Caller] | None
    proxies: Sequence[Network] = ()


def decide(head: Head, body: bytes, known: Known, *, peer: str, now: float) -> Verdict:
    """Judge a request that came from a peer at a moment in Unix seconds.

    A refused event is kept if it has a bridge's secret, or comes from one of its addresses; a
    stranger hears only that it is refused.
    """
    front, slash, path = squeezed(head.path).rpartition(EVENTS)
    if not slash:
        return Verdict(status=HTTPStatus.NOT_FOUND)
    if head.method != "POST":
        return Verdict(status=HTTPStatus.METHOD_NOT_ALLOWED)
    if known.callers is None:
        return Verdict(status=HTTPStatus.SERVICE_UNAVAILABLE)
    bridge = front.removeprefix(PREFIX)
    caller = known.callers.get(bridge) if front.startswith(PREFIX) else None
    if caller is not None and caller.knows(head.secret, now):
        status = judge_event(path, body)
        keep = Keep.EVENT if status is HTTPStatus.OK else Keep.UNREADABLE
        return Verdict(status=status, keep=keep, bridge=bridge, path=path)
    address = nearest(peer, head.forwarded, known.proxies)
    own = owners(known.callers, head.secret, address, now)
    return refuse(bridge if caller is not None else "", path, own)


def stray(head: Head, known: Known, *, peer: str, now: float) -> Stray | None:
    """Return the call to nowhere that a request is, None where it bears no bridge's marks."""
    callers = known.callers or {}
    address = nearest(peer, head.forwarded, known.proxies)
    marks = Marks(
        agent=head.agent,
        by_secret=[name for name, caller in callers.items() if caller.knows(head.secret, now)],
        by_address=[name for name, caller in callers.items() if caller.calls_from(address)],
    )
    at = datetime.fromtimestamp(now, UTC)
    return stray_of(
        head.method, head.host + head.path, marks, bridges=callers, at=at, address=address
    )


def squeezed(path: str) -> str:
    """Return a path as it was meant where an address was typed with a slash at its end."""
    while "//" in path:
        path = path.replace("//", "/")
    return path


def owners(callers: Mapping[str, Caller], secret: bytes, address: str, now: float) -> Sequence[str]:
    """Return whose event it can be that is refused: by its secret, or its address."""
    by_secret = [name for name, caller in callers.items() if caller.knows(secret, now)]
    return by_secret or [name for name, one in callers.items() if one.calls_from(address)]


def refuse(bridge: str, path: str, own: Sequence[str]) -> Verdict:
    """Judge an event without the secret of the bridge it is for, "" where we know none such.

    It is kept for the bridge whose it is; what may be of several until its room tells.
    """
    status = HTTPStatus.UNAUTHORIZED if bridge else HTTPStatus.NOT_FOUND
    if bridge in own:
        return Verdict(status=status, keep=Keep.WRONG_SECRET, bridge=bridge, path=path)
    if len(own) == 1 and path in events.PATHS:
        return Verdict(status=status, keep=Keep.WRONG_ADDRESS, bridge=own[0], path=path)
    if own and path in events.PATHS:
        return Verdict(status=status, keep=Keep.NOBODYS, path=path, own=tuple(own))
    return Verdict(status=status, bridge=bridge, path=path)


def judge_event(path: str, body: bytes) -> HTTPStatus:
    """Return the status for an event whose sender is known."""
    if path not in events.PATHS:
        return HTTPStatus.NOT_FOUND
    try:
        events.parse(path, body)
    except BadNews:
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.OK


def answer(status: HTTPStatus, body: bytes = b"{}") -> bytes:
    """Return a whole answer; the connection ends after it."""
    return (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    ).encode() + body


def health(figures: Mapping[str, int], *, failing: bool) -> bytes:
    """Return the answer to a health check: 503 while the disk takes nothing."""
    told = {"status": "failing" if failing else "ok", **figures}
    status = HTTPStatus.SERVICE_UNAVAILABLE if failing else HTTPStatus.OK
    return answer(status, json.dumps(told).encode())
