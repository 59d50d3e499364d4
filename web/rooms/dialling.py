"""Telephone numbers: as people type them and as a gateway wants them, and the number of a room."""

from __future__ import annotations

import re
import secrets

from bridges.store import pins as store
from meetings.model import ConferenceId
from meetings.store import Connection

NUMBER = r"^\+?[0-9]{3,20}$"
WRITTEN_BETWEEN = re.compile(r"[\s.()\-]")
SMALLEST_PIN, LARGEST_PIN = 100_000, 999_999
TRIES = 20


def read_number(typed: str) -> str:
    """Return a number without what people write between its digits, "" where it is none."""
    plain = WRITTEN_BETWEEN.sub("", typed)
    return plain if re.fullmatch(NUMBER, plain, re.ASCII) else ""


async def pin_of(conn: Connection, conference: ConferenceId) -> int:
    """Return what callers type for a conference, given at the first question; 0 if none is free."""
    for _ in range(TRIES):
        fresh = SMALLEST_PIN + secrets.randbelow(LARGEST_PIN - SMALLEST_PIN + 1)
        if pin := await store.get_pin(conn, conference, fresh):
            return pin
    return 0
