"""Small ready-made values that templates draw: chips, figures, bars, tiles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from meetings.kinds import State

STATE_LOOKS: Mapping[State, str] = MappingProxyType(
    {
        State.DRAFT: "dim",
        State.REQUESTED: "warn",
        State.CONFIRMED: "plan",
        State.LIVE: "live",
        State.ENDED: "dim",
        State.CLOSED: "ok",
        State.REFUSED: "bad",
        State.CANCELLED: "bad",
    }
)
"""How a chip of each state looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A state with its word; the template adds colour and shape."""

    state: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A large number and what it counts."""

    number: str
    words: str
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A stretch of a bar, in per cent of the whole."""

    state: str
    start: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One hall on a wall of halls; `rank` puts trouble first."""

    id: int
    label: str
    state: str
    words: str
    rank: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A line of a list of facts."""

    words: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A way to narrow a list."""

    url: str
    words: str
    current: bool


def slices(parts: Iterable[tuple[str, int]]) -> tuple[Slice, ...]:
    """Return a bar for counts by state, in their order; an empty whole has no slices."""
    counts = [(state, count) for state, count in parts if count > 0]
    whole = sum(count for _, count in counts)
    bar: list[Slice] = []
    seen = 0
    for state, count in counts:
        start = round(100 * seen / whole, 3)
        bar.append(Slice(state=state, start=start, width=round(100 * count / whole, 3)))
        seen += count
    return tuple(bar)


def trouble_first(tiles: Sequence[Tile]) -> list[Tile]:
    """Return the tiles by rank; equals keep the order they came in, which is Vietnamese."""
    return sorted(tiles, key=lambda tile: tile.rank)
