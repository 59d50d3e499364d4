"""Trying a transaction again when PostgreSQL undid it for the sake of another one."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

from meetings.errors import Contended

T = TypeVar("T")

TRIES = 4
LONGEST_REST_SECONDS = 0.05

# A constraint that stopped what our own check had let pass belongs here too: the next attempt
# sees the rival and can name it.
UNDONE = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.ExclusionViolationError,
)


async def attempt(work: Callable[[], Awaitable[T]]) -> T:
    """Do the work, which opens its own transaction, again up to three times if it was undone.

    Raises:
        Contended: it was undone every time.
    """
    for tries in range(1, TRIES):
        try:
            return await work()
        except UNDONE:
            # Spread those who met, so that they do not meet again; not a secret.
            await asyncio.sleep(random.uniform(0, tries * LONGEST_REST_SECONDS))  # noqa: S311 - no secret
    try:
        return await work()
    except UNDONE as error:
        raise Contended from error
