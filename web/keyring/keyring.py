"""The key ring: the one secret from which all others are made.

It holds random keys with ids, newest first.  New things are made with the newest; what an older
key made is still read, so keys can be rotated.  Each purpose gets a key of its own.
"""

import hmac
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = b"\x01"


class KeyringError(Exception):
    """The keys cannot be used."""

    code = "keyring"


class CannotOpen(KeyringError, ValueError):
    """The sealed bytes were not made by these keys for this purpose, or were changed."""

    code = "cannot-open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One secret; its id stands in front of what it sealed.

    It is used from `since` on, when every program has read it, and for nothing from `until` on.
    """

    id: str
    secret: bytes = field(repr=False)
    since: datetime | None = None
    until: datetime | None = None

    def is_coming(self, now: datetime) -> bool:
        """Tell whether the key is known already and not used yet."""
        return self.since is not None and now < self.since

    def is_over(self, now: datetime) -> bool:
        """Tell whether the key's time is over."""
        return self.until is not None and self.until <= now


@dataclass(slots=True)
class Keyring:
    """Keys, newest first; never empty.

    `ended` are keys whose time is over: what they sealed is read, nothing else made by them.
    A running program keeps one ring for good and gives it other keys when the file changes.
    """

    keys: tuple[Key, ...]
    ended: tuple[Key, ...] = ()

    def derive(self, purpose: str, *, key_id: str | None = None) -> bytes:
        """Return 32 bytes for one purpose, from the newest key unless another is named.

        Raises:
            CannotOpen: there is no such key.
        """
        return derived(self.keys[0] if key_id is None else self.find(key_id), purpose)

    def find(self, key_id: str) -> Key:
        """Return the key with that id.

        Raises:
            CannotOpen: there is none.
        """
        for key in self.all_keys():
            if key.id == key_id:
                return key
        raise CannotOpen(f"no key {key_id!r}")

    def seal(self, purpose: str, content: bytes) -> bytes:
        """Return the content encrypted; only `open` with the same purpose gives it back."""
        newest = self.keys[0]  # looked at once: threads seal while the loop takes other keys
        name = newest.id.encode()
        prefix = FORMAT + bytes([len(name)]) + name
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(derived(newest, f"seal/{purpose}")).encrypt(nonce, content, prefix)
        return prefix + nonce + sealed

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """Return what was sealed.

        Raises:
            CannotOpen: by other keys, for another purpose, or changed since.
        """
        prefix = prefix_of(sealed)
        nonce, rest = sealed[len(prefix) : len(prefix) + NONCE_BYTES], sealed[len(prefix) :]
        if not prefix.startswith(FORMAT) or len(nonce) < NONCE_BYTES:
            raise CannotOpen("not sealed by us")
        key_id = prefix[2:].decode(errors="replace")
        key = self.derive(f"seal/{purpose}", key_id=key_id)
        try:
            return AESGCM(key).decrypt(nonce, rest[NONCE_BYTES:], prefix)
        except InvalidTag as error:
            raise CannotOpen("changed, or for another purpose") from error

    def is_newest(self, sealed: bytes) -> bool:
        """Tell whether something was sealed by the key with which things are sealed now."""
        return prefix_of(sealed)[2:] == self.keys[0].id.encode()

    @property
    def newest(self) -> str:
        """The id of the key with which things are sealed now."""
        return self.keys[0].id

    def all_keys(self) -> tuple[Key, ...]:
        """Return every key, newest first."""
        return (*self.keys, *self.ended)

    def fingerprint(self) -> str:
        """Return what tells this key file from others; the secret cannot be had from it."""
        return self.fingerprints()[0]

    def fingerprints(self) -> tuple[str, ...]:
        """Return the fingerprint of each key, newest first."""
        return tuple(map(self.fingerprint_of, self.all_keys()))

    def fingerprint_of(self, key: Key) -> str:
        """Return the fingerprint of one key."""
        return self.derive("fingerprint", key_id=key.id)[:8].hex()

    def knows(self, fingerprint: str) -> bool:
        """Tell whether what was made under that fingerprint can be read with these keys."""
        return any(hmac.compare_digest(fingerprint, known) for known in self.fingerprints())

    def at(self, now: datetime) -> "Keyring":
        """Return the ring as it is used at a moment: first what is in force, last what comes."""
        every = self.all_keys()
        good = [key for key in every if not key.is_over(now)]
        keys = sorted(good, key=lambda key: key.is_coming(now))
        return Keyring(tuple(keys), tuple(key for key in every if key.is_over(now)))

    def take(self, other: "Keyring") -> None:
        """Use another ring's keys from now on; whoever holds this ring does so too."""
        self.ended = other.ended  # first, so that a thread finds an ending key in one of the two
        self.keys = other.keys

    def rotated(self, *, since: datetime, until: datetime) -> "Keyring":
        """Return a ring with a fresh key in front; the others end, if they do not end before."""
        older = (
            replace(key, until=until if key.until is None else min(until, key.until))
            for key in self.all_keys()
        )
        return Keyring((replace(new_key(), since=since), *older))

    def without(self, gone: "frozenset[str]") -> "Keyring":
        """Return the ring without some keys."""
        return Keyring(tuple(key for key in self.all_keys() if key.id not in gone))

    def joined(self, other: "Keyring") -> "Keyring":
        """Return a ring that reads what either reads; the other's keys come first."""
        known = {key.id for key in other.all_keys()}
        own = (key for key in self.all_keys() if key.id not in known)
        return Keyring((*other.all_keys(), *own))


def derived(key: Key, purpose: str) -> bytes:
    """Return 32 bytes for one purpose from a key."""
    derivation = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"diemcau/{purpose}".encode())
    return derivation.derive(key.secret)


def prefix_of(sealed: bytes) -> bytes:
    """Return what stands in front of something sealed: the format, and the key's id."""
    return sealed[: 2 + (sealed[1] if len(sealed) > 1 else 0)]


def new_key() -> Key:
    """Return a random key with a short random id."""
    return Key(id=secrets.token_hex(4), secret=secrets.token_bytes(KEY_BYTES))
