"""What is held back of a bridge: why, how much, since when; values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """Why an event is held back."""

    WRONG_SECRET = "wrong-secret"  # noqa: S105 - it is none
    UNREADABLE = "unreadable"
    WRONG_ADDRESS = "wrong-address"
    TOO_LARGE = "too-large"
    """Of such an event only that it came is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pile:
    """Events that are held back for one reason: how many, and since when in Unix seconds."""

    records: int
    since: float


Held = Mapping[Why, Pile]
"""What is held back of one bridge, by reason; a reason without events is not in it."""
