"""Sets of moments in whole seconds, as the bits of one number.

Three hours of a hall's beats are 1,350 bytes, and a question about all of them is a few operations
on one number.  Together they are `|`: in any order, and as often as one likes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Seconds:
    """Bit n of `bits` is the n-th second after `origin`, which counts from 1970.

    The first bit is set, unless none is: equal sets are equal values.
    """

    origin: int = 0
    bits: int = 0

    @classmethod
    def of(cls, moments: Iterable[datetime]) -> Seconds:
        """Return the seconds in which some moments lie."""
        numbers = {second_of(moment) for moment in moments}
        if not numbers:
            return cls()
        origin = min(numbers)
        marks = bytearray((max(numbers) - origin) // 8 + 1)
        for number in numbers:
            marks[(number - origin) // 8] |= 1 << (number - origin) % 8
        return cls(origin, int.from_bytes(marks, "little"))

    @classmethod
    def from_bits(cls, origin: int, bits: int) -> Seconds:
        """Return the seconds that are marked from a second on."""
        if not bits:
            return cls()
        leading = (bits & -bits).bit_length() - 1
        return cls(origin + leading, bits >> leading)

    @classmethod
    def union(cls, sets: Iterable[Seconds]) -> Seconds:
        """Return what is in any of the sets."""
        some = [one for one in sets if one.bits]
        origin, bits = min((one.origin for one in some), default=0), 0
        for one in some:
            bits |= one.bits << (one.origin - origin)
        return cls(origin, bits)

    def __len__(self) -> int:
        """Return how many seconds are in the set."""
        return self.bits.bit_count()

    @property
    def first(self) -> datetime | None:
        """The earliest second, None where there is none."""
        return EPOCH + self.origin * SECOND if self.bits else None

    @property
    def last(self) -> datetime | None:
        """The latest second, None where there is none."""
        return EPOCH + (self.origin + self.bits.bit_length() - 1) * SECOND if self.bits else None

    def since(self, moment: datetime) -> Seconds:
        """Return the seconds from a moment on."""
        passed = second_of(moment, up=True) - self.origin
        return Seconds.from_bits(self.origin + passed, self.bits >> passed) if passed > 0 else self

    def before(self, moment: datetime) -> Seconds:
        """Return the seconds before a moment."""
        return self._lowest(second_of(moment, up=True) - self.origin)

    def until(self, moment: datetime) -> Seconds:
        """Return the seconds up to a moment, and the moment itself."""
        return self._lowest(second_of(moment) + 1 - self.origin)

    def _lowest(self, count: int) -> Seconds:
        if count >= self.bits.bit_length():
            return self
        return Seconds(self.origin, self.bits & ((1 << count) - 1)) if count > 0 else Seconds()

    def without(self, begins: datetime, ends: datetime) -> Seconds:
        """Return the seconds that do not lie in `[begins, ends)`."""
        return Seconds.union((self.before(begins), self.since(ends)))

    def stretches(self, rest: timedelta) -> list[tuple[datetime, datetime]]:
        """Return first and last of the seconds that follow each other within a rest, in order."""
        found: list[tuple[datetime, datetime]] = []
        reach = rest // SECOND
        left, at = spread(self.bits, reach), self.origin
        while left:
            idle = (left & -left).bit_length() - 1
            left, at = left >> idle, at + idle
            length = (~left & (left + 1)).bit_length() - 1
            found.append((EPOCH + at * SECOND, EPOCH + (at + length - reach) * SECOND))
            left, at = left >> length, at + length
        return found


def second_of(moment: datetime, *, up: bool = False) -> int:
    """Return the whole second since 1970 in which a moment lies, or at which it is over."""
    return -((EPOCH - moment) // SECOND) if up else (moment - EPOCH) // SECOND


def spread(bits: int, reach: int) -> int:
    """Return the bits, each with as many in all as it reaches."""
    done = 1
    while done < reach:
        step = min(done, reach - done)
        bits |= bits << step
        done += step
    return bits
