"""What a file is: its content must be what its name says.

Nothing is unpacked: of an Office file only the directory and one small member are read, so a bomb
costs nothing.
"""

from __future__ import annotations

import codecs
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from meetings.content.document_errors import LyingFile

HEAD_BYTES = 16
CHUNK_BYTES = 256 * 1024
MOST_MEMBERS = 10_000
MOST_UNPACKED_BYTES = 512 * 1024**2
WORST_RATIO = 100
LONGEST_TYPES_BYTES = 1024**2
TYPES = "[Content_Types].xml"
OFFICE = "application/vnd.openxmlformats-officedocument."
XLSX, DOCX = f"{OFFICE}spreadsheetml.sheet", f"{OFFICE}wordprocessingml.document"
ENCRYPTED = 0x1


def is_pdf(path: Path) -> bool:
    """Tell whether a file begins and ends as PDF does."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        file.seek(max(0, path.stat().st_size - 4096))
        return head.startswith(b"%PDF-") and b"%%EOF" in file.read()


def is_png(path: Path) -> bool:
    """Tell whether a file begins as PNG does."""
    return head_of(path).startswith(b"\x89PNG\r\n\x1a\n")


def is_jpeg(path: Path) -> bool:
    """Tell whether a file begins as JPEG does."""
    return head_of(path).startswith(b"\xff\xd8\xff")


def is_text(path: Path) -> bool:
    """Tell whether a file is UTF-8 without control characters, and no PDF written in letters."""
    if head_of(path).startswith(b"%PDF-"):
        return False
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                if not is_plain(decoder.decode(chunk)):
                    return False
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def is_plain(text: str) -> bool:
    """Tell whether a text has no control characters but line ends and tabs."""
    return not any(ord(char) < ord(" ") and char not in "\r\n\t\f" for char in text)


def head_of(path: Path) -> bytes:
    """Return the first bytes of a file."""
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def office(part: str, kind: str) -> Callable[[Path], bool]:
    """Return a check for Office files whose main part is `part` of that `kind`."""
    wanted = f"{OFFICE}{kind}.main+xml".encode()

    def check(path: Path) -> bool:
        try:
            with zipfile.ZipFile(path) as archive:
                return is_office(archive, part, wanted)
        except (zipfile.BadZipFile, ValueError, KeyError, EOFError, NotImplementedError, OSError):
            return False

    return check


def is_office(archive: zipfile.ZipFile, part: str, wanted: bytes) -> bool:
    """Tell whether an archive is such a file, without macros, and may be unpacked by anybody.

    Raises:
        LyingFile: it is a bomb, encrypted, or carries macros.
    """
    members = archive.infolist()
    check_members(members)
    names = {member.filename for member in members}
    if not {TYPES, part} <= names:
        return False
    with archive.open(TYPES) as file:
        types = file.read(LONGEST_TYPES_BYTES)
    if b"macroEnabled" in types or any(name.endswith("vbaProject.bin") for name in names):
        raise LyingFile("macros")
    return wanted in types


def check_members(members: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive that would swell beyond reason, by what its directory says."""
    packed = sum(member.compress_size for member in members)
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED_BYTES:
        raise LyingFile("bomb")
    if unpacked > CHUNK_BYTES and unpacked > WORST_RATIO * max(1, packed):
        raise LyingFile("bomb")
    if any(member.flag_bits & ENCRYPTED for member in members):
        raise LyingFile("encrypted")


KINDS: Mapping[str, tuple[str, Callable[[Path], bool]]] = MappingProxyType(
    {
        "pdf": ("application/pdf", is_pdf),
        "png": ("image/png", is_png),
        "jpg": ("image/jpeg", is_jpeg),
        "jpeg": ("image/jpeg", is_jpeg),
        "txt": ("text/plain; charset=utf-8", is_text),
        "docx": (
            DOCX,
            office("word/document.xml", "wordprocessingml.document"),
        ),
        "xlsx": (
            XLSX,
            office("xl/workbook.xml", "spreadsheetml.sheet"),
        ),
        "pptx": (
            f"{OFFICE}presentationml.presentation",
            office("ppt/presentation.xml", "presentationml.presentation"),
        ),
    }
)


def media_of(name: str, path: Path) -> str:
    """Return the kind of a file.

    Raises:
        LyingFile: its name's ending is none of ours, or its content is something else.
    """
    ending = name.rpartition(".")[2].lower()
    if "." not in name or ending not in KINDS:
        raise LyingFile("ending")
    media, check = KINDS[ending]
    if not check(path):
        raise LyingFile("content")
    return media
