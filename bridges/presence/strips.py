"""Strips: half an hour of a hall's beats, a bit for each second in which its page said it is in.

A strip that is written again, by whoever and in whatever order, has the bits of both: no beat
counts twice, and none needs those before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from bridges.model import RoomName
from bridges.presence.evidence import Row
from bridges.presence.seconds import second_of
from meetings.model import SiteId

LENGTH = 1800
"""Seconds in a strip; so many bits has a row in the database."""
BYTES = LENGTH // 8


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Whose beats a strip holds: by which bridge and link, and from which second since 1970 on."""

    bridge: str
    room: RoomName
    site: SiteId
    generation: int
    begins: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """The beats of one place; bit n is its n-th second."""

    place: Place
    bits: int

    @property
    def stored(self) -> bytes:
        """The bits as the database keeps them: the latest second on the left."""
        return self.bits.to_bytes(BYTES, "big")


def strips_of(beats: Iterable[Row]) -> list[Strip]:
    """Return what rows of beats come to, in order, each place once."""
    found: dict[Place, int] = defaultdict(int)
    for row in beats:
        second = second_of(row.received_at)
        within = second % LENGTH
        place = Place(
            bridge=row.bridge,
            room=row.room,
            site=SiteId(row.body["site"]),
            generation=row.body["generation"],
            begins=second - within,
        )
        found[place] |= 1 << within
    return [Strip(place=place, bits=found[place]) for place in sorted(found)]
