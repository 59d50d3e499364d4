"""The key file: read whole, replaced at once, for its owner only."""

import json
import os
import secrets
import stat
from datetime import datetime
from pathlib import Path
from typing import Any

from bridges.spooling.disk import sync_folder, write_all
from web.keyring.keyring import Key, Keyring, KeyringError, new_key

SHORTEST_SECRET = 32
LONGEST_ID_BYTES = 255
"""What fits into one byte, in which the length of an id stands."""


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
        keys = tuple(map(read_key, json.loads(text)["keys"]))
    except (ValueError, KeyError, TypeError) as error:
        raise BadKeyFile(path, "holds no keys") from error
    ids = {key.id for key in keys}
    too_long = any(len(key.id.encode()) > LONGEST_ID_BYTES for key in keys)
    if not keys or len(ids) != len(keys) or too_long:
        raise BadKeyFile(path, "holds no keys, or two of one id")
    if any(len(key.secret) < SHORTEST_SECRET for key in keys):
        raise BadKeyFile(path, "holds a key shorter than 256 bit")
    return Keyring(keys)


def read_key(entry: dict[str, Any]) -> Key:
    """Return a key as `write_key` wrote it.

    Raises:
        ValueError, KeyError, TypeError: it did not.
    """
    moments = {
        name: datetime.fromisoformat(entry[name]) for name in ("since", "until") if name in entry
    }
    if any(moment.tzinfo is None for moment in moments.values()):
        raise ValueError("a moment without its offset")
    return Key(id=str(entry["id"]), secret=bytes.fromhex(entry["secret"]), **moments)


def write_key(key: Key) -> dict[str, str]:
    """Return a key as it stands in the file: the secret itself."""
    moments = {"since": key.since, "until": key.until}
    told = {name: moment.isoformat() for name, moment in moments.items() if moment is not None}
    return {"id": key.id, "secret": key.secret.hex()} | told


def written(keyring: Keyring) -> str:
    """Return the key file's text."""
    return json.dumps({"keys": [write_key(key) for key in keyring.all_keys()]}, indent=1)


def save(path: Path, keyring: Keyring) -> None:
    """Put the keys in the file's place, whole or not at all, for whom the file was before.

    A reader sees the old file or the new one, also after a crash at any line of this.
    """
    path = path.resolve()  # the file may be a link, which stays
    write_beside(path, keyring).rename(path)
    for left in path.parent.glob(f".{path.name}.*"):
        left.unlink(missing_ok=True)  # of one that was killed: secrets do not lie about
    sync_folder(path.parent)


def write_beside(path: Path, keyring: Keyring) -> Path:
    """Write the keys whole to a file of its own beside the key file, for the same people."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        if path.exists():
            before = path.stat()
            os.fchown(descriptor, before.st_uid, before.st_gid)
            os.fchmod(descriptor, stat.S_IMODE(before.st_mode))
        write_all(descriptor, written(keyring).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return partial


def create(path: Path, keyring: Keyring) -> None:
    """Put the keys where there is no file; whoever was quicker stays, whole."""
    path = path.resolve()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = write_beside(path, keyring)
    try:
        os.link(partial, path)
    except OSError:
        # Somebody was quicker; or this disk knows no links, and then nobody is excluded.
        if not path.exists():
            partial.rename(path)
    partial.unlink(missing_ok=True)
    sync_folder(path.parent)


def load_or_create(path: Path, *, may_create: bool) -> Keyring:
    """Return the keys, making the file where that is allowed and there is none.

    Of two that make it at once both go on with the same keys.
    `may_create` is false once a store was used with keys: a second web server with keys of its
    own would refuse the links that the first one mailed.
    """
    if may_create and not path.exists():
        create(path, Keyring((new_key(),)))
    return load(path)
