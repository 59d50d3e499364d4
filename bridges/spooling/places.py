"""Where in a spool one reads on, and what a reading gives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where the next record is read from: a segment and a byte in it."""

    segment: int = 0
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Records in the order they were written, and where to go on; `lost` counts spoilt bytes."""

    records: tuple[bytes, ...]
    place: Place
    lost: int = 0
