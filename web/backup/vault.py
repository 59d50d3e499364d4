"""A file encrypted with a passphrase: scrypt for the key, AES-256-GCM in chunks.

The chunks are bound together as in the STREAM construction, so none can be changed, dropped,
moved or cut off unnoticed.  Source: Hoang, Reyhanitabar, Rogaway, Vizár, "Online
Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance" (2015), section 7.
"""

import secrets
import struct
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from web.backup.errors import CannotDecrypt, NotAnArchive

MAGIC = b"DIEMCAU\x01"
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
KEY_BYTES = 32

# 128 MB of memory for each guess.  Source: OWASP password storage cheat sheet, scrypt.
COST_BITS, BLOCK_SIZE, PARALLEL = 17, 8, 1
MOST_COST_BITS = 20

# Magic, scrypt's three numbers, its salt, the nonces' common part.
HEADER = struct.Struct(">8sBBB16s7s")
COUNTER = struct.Struct(">IB")


@lru_cache(maxsize=1)
def cipher(passphrase: str, header: bytes) -> AESGCM:
    """Return the cipher that a header describes; an archive that is read twice costs once."""
    _, cost, block, parallel, salt, _ = HEADER.unpack(header)
    derivation = Scrypt(salt=salt, length=KEY_BYTES, n=2**cost, r=block, p=parallel)
    return AESGCM(derivation.derive(passphrase.encode()))


def nonce(header: bytes, number: int, *, last: bool) -> bytes:
    """Return the nonce of a chunk; no two chunks of a file share one."""
    return header[-7:] + COUNTER.pack(number, last)


class Writer:
    """Encrypts what is written to it; only `finish` makes the file readable."""

    def __init__(self, file: BinaryIO, passphrase: str, *, cost_bits: int = COST_BITS) -> None:
        salt, prefix = secrets.token_bytes(16), secrets.token_bytes(7)
        self.header = HEADER.pack(MAGIC, cost_bits, BLOCK_SIZE, PARALLEL, salt, prefix)
        self.file = file
        self.cipher = cipher(passphrase, self.header)
        self.waiting = bytearray()
        self.number = 0
        file.write(self.header)

    def write(self, data: bytes) -> None:
        """Take more; a full chunk is written once it is certain that another follows."""
        self.waiting += data
        while len(self.waiting) > CHUNK_BYTES:
            self.put(bytes(self.waiting[:CHUNK_BYTES]), last=False)
            del self.waiting[:CHUNK_BYTES]

    def put(self, chunk: bytes, *, last: bool) -> None:
        """Write one chunk."""
        key = nonce(self.header, self.number, last=last)
        self.file.write(self.cipher.encrypt(key, chunk, self.header))
        self.number += 1

    def finish(self) -> Self:
        """Write the last chunk, which says that it is the last."""
        self.put(bytes(self.waiting), last=True)
        return self


def read(path: Path, passphrase: str) -> Iterator[bytes]:
    """Give a file's content chunk by chunk.

    Raises:
        NotAnArchive: the file is of another kind.
        CannotDecrypt: at the chunk that is not what was written.
    """
    with path.open("rb") as file:
        header = file.read(HEADER.size)
        if len(header) < HEADER.size or not is_ours(header):
            raise NotAnArchive(path)
        yield from decrypt(file, header, cipher(passphrase, header))


def is_ours(header: bytes) -> bool:
    """Tell whether a header is one of ours, and asks for no more memory than we give."""
    magic, cost, block, parallel, _, _ = HEADER.unpack(header)
    return magic == MAGIC and cost <= MOST_COST_BITS and (block, parallel) == (BLOCK_SIZE, PARALLEL)


def decrypt(file: BinaryIO, header: bytes, key: AESGCM) -> Iterator[bytes]:
    """Give the chunks that follow the header."""
    number, chunk = 0, file.read(CHUNK_BYTES + TAG_BYTES)
    while True:
        following = file.read(CHUNK_BYTES + TAG_BYTES)
        try:
            yield key.decrypt(nonce(header, number, last=not following), chunk, header)
        except InvalidTag as error:
            raise CannotDecrypt from error
        if not following:
            return
        number, chunk = number + 1, following
