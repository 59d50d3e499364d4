"""Archives that strangers made: refused by what they say of themselves, then by what they hold."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib

MOST_ROWS = 100_000
MOST_CELLS = 3_000_000
MOST_ENTRIES = 1000
MOST_UNPACKED = 300 * 1024**2
HIGHEST_RATIO = 200
SMALL_ENTRY = 1024**2
"""Entries below this size may be packed as tightly as they like."""
CHUNK = 1024**2
SPOILT = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
)
"""What the library raises on an archive that it cannot read."""
PARTS = ("[Content_Types].xml", "xl/workbook.xml")
WORKSHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY", b"<!doctype", b"<!entity")


class BadTable(Exception):
    """The file is no table that can be read; `code` says why."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def check_archive(content: bytes) -> None:
    """Refuse an archive that is no workbook or would unpack to more than it should.

    Raises:
        BadTable: as its code says.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            check_entries(entries)
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")):
                    check_part(archive, entry)
    except SPOILT as error:
        raise BadTable("no-workbook", str(error)) from error


def check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse by what the archive says of itself; nothing is unpacked yet."""
    names = {entry.filename for entry in entries}
    if not names.issuperset(PARTS) or len(names) < len(entries):
        raise BadTable("no-workbook")
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise BadTable("bomb")
    for entry in entries:
        if stat.S_ISLNK(entry.external_attr >> 16) or entry.flag_bits & 1:
            raise BadTable("no-workbook")
        packed = max(entry.compress_size, 1)
        if entry.file_size > SMALL_ENTRY and entry.file_size / packed > HIGHEST_RATIO:
            raise BadTable("bomb")
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end:
            raise BadTable("bomb")
        end = entry.header_offset + 30 + len(entry.filename.encode()) + entry.compress_size


def check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Refuse markup with declarations of its own, and sheets of too many rows or cells."""
    rows = cells = 0
    tail = b""
    with archive.open(entry) as part:
        while chunk := part.read(CHUNK):
            seen = tail + chunk
            if b"\0" in chunk or any(word in seen for word in FORBIDDEN):
                raise BadTable("bad-markup")
            if WORKSHEET.fullmatch(entry.filename):
                rows += seen.count(b"<row") - tail.count(b"<row")
                cells += seen.count(b"<c ") - tail.count(b"<c ")
            if rows > MOST_ROWS + 1:
                raise BadTable("too-many-rows")
            if cells > MOST_CELLS:
                raise BadTable("too-many-cells-in-all")
            tail = seen[-16:]
