"""The key file: the one secret from which all others are made.

It holds random keys with ids, newest first.  New things are made with the newest; what an older
key made is still read, so keys can be rotated.  Each purpose gets a key of its own.
"""

import hmac
import json
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
SHORTEST_SECRET = 32
FORMAT = b"\x01"


class KeyringError(Exception):
    """The keys cannot be used."""

    code = "keyring"


class KeyFileMissing(KeyringError):
    """There is no key file, and making one is not ours to decide."""

    code = "key-file-missing"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"no key file at {path}: bring the one the links were made with, "
            "or set DIEMCAU_KEYS_FILE"
        )
        self.path = path


class BadKeyFile(KeyringError):
    """The key file is there and cannot be used."""

    code = "key-file-bad"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"the key file {path} {reason}")
        self.path = path
        self.reason = reason


class CannotOpen(KeyringError):
    """The sealed bytes were not made by these keys for this purpose, or were changed."""

    code = "cannot-open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One secret; its id stands in front of what it sealed."""

    id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys, newest first; never empty."""

    keys: tuple[Key, ...]

    def derive(self, purpose: str, *, key_id: str | None = None) -> bytes:
        """Return 32 bytes for one purpose, from the newest key unless another is named.

        Raises:
            CannotOpen: there is no such key.
        """
        key = self.keys[0] if key_id is None else self.find(key_id)
        derivation = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"diemcau/{purpose}".encode())
        return derivation.derive(key.secret)

    def find(self, key_id: str) -> Key:
        """Return the key with that id.

        Raises:
            CannotOpen: there is none.
        """
        for key in self.keys:
            if key.id == key_id:
                return key
        raise CannotOpen(f"no key {key_id!r}")

    def seal(self, purpose: str, content: bytes) -> bytes:
        """Return the content encrypted; only `open` with the same purpose gives it back."""
        newest = self.keys[0].id.encode()
        prefix = FORMAT + bytes([len(newest)]) + newest
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self.derive(f"seal/{purpose}")).encrypt(nonce, content, prefix)
        return prefix + nonce + sealed

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """Return what was sealed.

        Raises:
            CannotOpen: by other keys, for another purpose, or changed since.
        """
        end = 2 + (sealed[1] if len(sealed) > 1 else 0)
        prefix, nonce, rest = sealed[:end], sealed[end : end + NONCE_BYTES], sealed[end:]
        if not prefix.startswith(FORMAT) or len(nonce) < NONCE_BYTES:
            raise CannotOpen("not sealed by us")
        key_id = prefix[2:].decode(errors="replace")
        key = self.derive(f"seal/{purpose}", key_id=key_id)
        try:
            return AESGCM(key).decrypt(nonce, rest[NONCE_BYTES:], prefix)
        except InvalidTag as error:
            raise CannotOpen("changed, or for another purpose") from error

    def fingerprint(self) -> str:
        """Return what tells this key file from others; the secret cannot be had from it."""
        return self.fingerprints()[0]

    def fingerprints(self) -> tuple[str, ...]:
        """Return the fingerprint of each key, newest first."""
        return tuple(self.derive("fingerprint", key_id=key.id)[:8].hex() for key in self.keys)

    def knows(self, fingerprint: str) -> bool:
        """Tell whether what was made under that fingerprint can be read with these keys."""
        return any(hmac.compare_digest(fingerprint, known) for known in self.fingerprints())

    def to_json(self) -> str:
        """Return the key file's text: the secrets themselves."""
        entries = [{"id": key.id, "secret": key.secret.hex()} for key in self.keys]
        return json.dumps({"keys": entries}, indent=1)

    def rotated(self) -> "Keyring":
        """Return a ring with a fresh key in front."""
        return Keyring((new_key(), *self.keys))


def new_key() -> Key:
    """Return a random key with a short random id."""
    return Key(id=secrets.token_hex(4), secret=secrets.token_bytes(KEY_BYTES))


def load(path: Path) -> Keyring:
    """Return the keys in a file.

    Raises:
        KeyFileMissing: there is no such file.
        BadKeyFile: it cannot be read, is open to everybody, or holds something else.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise KeyFileMissing(path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadKeyFile(path, f"cannot be read: {error}") from error
    if mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise BadKeyFile(path, f"is open to others (mode {stat.S_IMODE(mode):o}): chmod 600 it")
    return parse(path, text)


def parse(path: Path, text: str) -> Keyring:
    """Return the keys in a key file's text.

    Raises:
        BadKeyFile: it is none.
    """
    try:
        keys = tuple(
            Key(id=str(entry["id"]), secret=bytes.fromhex(entry["secret"]))
            for entry in json.loads(text)["keys"]
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BadKeyFile(path, "holds no keys") from error
    ids = {key.id for key in keys}
    if not keys or len(ids) != len(keys) or any(len(key.id.encode()) > 255 for key in keys):  # noqa: PLR2004  (the id's length is one byte)
        raise BadKeyFile(path, "holds no keys, or two of one id")
    if any(len(key.secret) < SHORTEST_SECRET for key in keys):
        raise BadKeyFile(path, "holds a key shorter than 256 bit")
    return Keyring(keys)


def save(path: Path, keyring: Keyring) -> None:
    """Write the key file, for us alone, whole or not at all."""
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(keyring.to_json())
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)


def load_or_create(path: Path, *, may_create: bool) -> Keyring:
    """Return the keys, making the file where that is allowed and there is none.

    `may_create` is false once a store was used with keys: a second web server with keys of its
    own would refuse the links that the first one mailed.
    """
    if may_create and not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        save(path, Keyring((new_key(),)))
    return load(path)
