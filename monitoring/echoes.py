"""Echo requests and replies as bytes (RFC 792, RFC 4443).

A reply is known by eight bytes of its own that we put into the request, not by identifier and
number: a datagram socket rewrites the identifier, and a raw one hears everybody's replies.
"""

from __future__ import annotations

import struct

ECHO_REQUEST = {4: 8, 6: 128}
ECHO_REPLY = {4: 0, 6: 129}
HEADER = struct.Struct("!BBHHH")
COOKIE_BYTES = 8
PADDING = b"diemcau."


def request(version: int, identifier: int, number: int, cookie: bytes) -> bytes:
    """Return an echo request; the kernel fills in the checksum of version 6."""
    payload = cookie + PADDING
    bare = HEADER.pack(ECHO_REQUEST[version], 0, 0, identifier, number & 0xFFFF) + payload
    summed = checksum(bare) if version == 4 else 0  # noqa: PLR2004  # IP version 4
    return bare[:2] + struct.pack("!H", summed) + bare[4:]


def cookie_of(version: int, packet: bytes, *, raw: bool) -> bytes | None:
    """Return the eight bytes of an echo reply, None for any other packet."""
    start = (packet[0] & 0x0F) * 4 if raw and version == 4 and packet else 0  # noqa: PLR2004  # a raw socket of IP version 4 gives the IP header too
    body = packet[start:]
    if len(body) < HEADER.size + COOKIE_BYTES or body[0] != ECHO_REPLY[version]:
        return None
    return body[HEADER.size : HEADER.size + COOKIE_BYTES]


def checksum(data: bytes) -> int:
    """Return the Internet checksum of an even number of bytes (RFC 1071)."""
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF
