"""How records stand in a file: length, checksum, bytes; and how a cut or spoilt end is noticed."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

LENGTH = struct.Struct(">I")
HEAD = struct.Struct(">II")
LARGEST_RECORD = 9 * 1024**2
"""Somewhat more than the longest body that the receiver takes."""
# A length begins with a zero; eight zeros are no head, and there may be a whole disk of them.
MAY_BEGIN = re.compile(rb"\0(?!\0{7})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """What a stretch of a file holds: whole records, the bytes they took, and what follows."""

    records: tuple[bytes, ...]
    used: int
    cut: bool


def frame(record: bytes) -> bytes:
    """Return a record as it stands in a file; the checksum covers its length too.

    Raises:
        ValueError: it is longer than any reader would take.
    """
    if len(record) > LARGEST_RECORD:
        raise ValueError("record too long")
    length = LENGTH.pack(len(record))
    return length + LENGTH.pack(crc32(record, crc32(length))) + record


def frame_all(records: Iterable[bytes]) -> bytes:
    """Return records as they stand in a file, one after the other."""
    return b"".join(map(frame, records))


def read_frames(data: bytes, *, limit: int) -> Frames:
    """Return the records at the start of the data, at most `limit`.

    `cut` tells that something follows that is no whole record: a write that a crash ended, zeros
    that a file system left, or a spoilt disk.
    """
    records: list[bytes] = []
    used = 0
    while len(records) < limit and used < len(data):
        record = read_frame(data, used)
        if record is None:
            return Frames(records=tuple(records), used=used, cut=True)
        records.append(record)
        used += HEAD.size + len(record)
    return Frames(records=tuple(records), used=used, cut=False)


def read_frame(data: bytes, start: int) -> bytes | None:
    """Return the record that begins at `start`, or None where there is no whole one."""
    body = start + HEAD.size
    if len(data) < body:
        return None
    length, checksum = HEAD.unpack_from(data, start)
    if length > LARGEST_RECORD or len(data) < body + length:
        return None
    record = data[body : body + length]
    return record if crc32(record, crc32(LENGTH.pack(length))) == checksum else None


def find_frame(data: bytes) -> int:
    """Return where the first whole record begins; the length of data that holds none."""
    places = (match.start() for match in MAY_BEGIN.finditer(data))
    return next((place for place in places if read_frame(data, place) is not None), len(data))
