"""The receiver's side of HTTP/1.1, as narrow as Prosody's needs: one request, a length, an answer.

Pure: bytes in, values out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

LARGEST_HEAD = 16 * 1024
# `destroyed` lists everybody each time they came since the room was made, some 300 bytes each: all
# halls of the country, who come in several times.  What is longer is lost whole, and told of.
LARGEST_BODY = 8 * 1024**2
LONGEST_LENGTH = 18
"""Digits; a number of more is no length that anybody sends."""
HEALTH = "/healthz"
VERSIONS = frozenset({"HTTP/1.0", "HTTP/1.1"})
SCHEMES = ("http://", "https://")
# Where two of these differ, a proxy and we would read two requests.
ONCE = frozenset({"authorization", "content-length", "host", "transfer-encoding"})


class BadHead(Exception):
    """A request that is answered without looking further; the connection ends."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A request line with the headers that matter; `secret` is what stands after Bearer.

    `coded` tells that the body comes in chunks or another coding, which no bridge uses.
    """

    method: str
    path: str
    length: int
    secret: bytes = field(repr=False)
    forwarded: str = ""
    host: str = ""
    agent: str = ""
    coded: bool = False

    @property
    def unheard(self) -> HTTPStatus | None:
        """Why the body is not read at all, None where it is."""
        if self.coded:
            return HTTPStatus.LENGTH_REQUIRED
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE if self.length > LARGEST_BODY else None


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
    kind, _, secret = headers.get("authorization", "").partition(" ")
    return Head(
        method=words[0],
        path=parse_path(words[1]),
        length=parse_length(headers.get("content-length", "0")),
        secret=secret.strip().encode("latin-1") if kind.lower() == "bearer" else b"",
        forwarded=headers.get("x-forwarded-for", ""),
        host=headers.get("host", ""),
        agent=headers.get("user-agent", ""),
        coded="transfer-encoding" in headers,
    )


def parse_path(target: str) -> str:
    """Return the path of a target, which may name scheme and host too, without its query."""
    if not target.isascii() or not target.isprintable():
        raise BadHead(HTTPStatus.BAD_REQUEST)
    if target.startswith(SCHEMES):
        target = "/" + target.partition("://")[2].partition("/")[2]
    return target.partition("?")[0]


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
    if len(value) > LONGEST_LENGTH:
        raise BadHead(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return int(value)


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
