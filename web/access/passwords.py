"""Passwords: argon2id off the loop, in a short queue; and which passwords are refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from web.errors import TooBusy, WeakPassword

T = TypeVar("T")

MEMORY_KIB = 19 * 1024
ROUNDS = 2
LANES = 1
THREADS = 2
LONGEST_QUEUE = 20

SHORTEST = 12
LONGEST = 256
FEWEST_LETTERS = 5
KNOWN = frozenset(
    {
        "123456789012",
        "1234567890123",
        "12345678901234567890",
        "abcdefghijkl",
        "administrator",
        "matkhau123456",
        "mothaibabonnam",
        "password1234",
        "passwordpassword",
        "qwertyuiop12",
        "qwertyuiopasdf",
        "toiyeuvietnam",
        "vietnamvodich",
    }
)


def check_strength(password: str, *, login: str) -> None:
    """Refuse what is guessed first; no rules on kinds of characters.

    Raises:
        WeakPassword: too short, too long, too few different letters, the login, or well known.
    """
    folded = password.casefold()
    weak = (
        not SHORTEST <= len(password) <= LONGEST
        or len(set(folded)) < FEWEST_LETTERS
        or (len(login) > 2 and login.casefold() in folded)  # noqa: PLR2004  # "a" is in every word
        or folded in KNOWN
    )
    if weak:
        raise WeakPassword


def our_hasher() -> PasswordHasher:
    """Return what hashes at our costs."""
    return PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=LANES)


@cache
def hash_of_nobody() -> str:
    """Return what is checked for unknown logins, so that they take as long as known ones."""
    return our_hasher().hash("nobody has this password")


class Passwords:
    """Two threads and a queue: hashing costs 19 MiB and tens of milliseconds each time."""

    def __init__(self) -> None:
        self.hasher = our_hasher()
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
        self.waiting = 0
        self.nobody = hash_of_nobody()

    async def hash(self, password: str) -> str:
        """Return the hash to store.

        Raises:
            TooBusy: the queue is full.
        """
        return await self.queue(lambda: self.hasher.hash(password))

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Tell whether the password is right; None takes as long and is never right.

        Raises:
            TooBusy: the queue is full.
        """
        return await self.queue(lambda: self.verify(password_hash, password))

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Check in this thread."""
        try:
            self.hasher.verify(password_hash or self.nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether the hash was made with other costs than today's."""
        return self.hasher.check_needs_rehash(password_hash)

    async def queue(self, work: Callable[[], T]) -> T:
        """Run the work in one of the threads, unless too many wait already."""
        if self.waiting >= THREADS + LONGEST_QUEUE:
            raise TooBusy
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.threads, work)
        finally:
            self.waiting -= 1

    def close(self) -> None:
        """Let the threads go."""
        self.threads.shutdown(wait=False, cancel_futures=True)
