"""Results that wait for the store: bounded, oldest lost first, given back when writing failed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from monitoring.model import Result

MOST_RESULTS = 50_000
"""Some 15 MB; 10,000 targets every 60 s fill it in five minutes."""


class Buffer:
    """What was seen and not yet written."""

    def __init__(self, most: int = MOST_RESULTS) -> None:
        self.most = most
        self.lost = 0
        self.results: deque[Result] = deque()

    def __len__(self) -> int:
        return len(self.results)

    def add(self, result: Result) -> None:
        """Keep a result; when there is no room the oldest is lost."""
        self.results.append(result)
        self._shorten()

    def _shorten(self) -> None:
        while len(self.results) > self.most:
            self.results.popleft()
            self.lost += 1

    @contextmanager
    def batch(self, most: int) -> Iterator[list[Result]]:
        """Lend the oldest results; they come back, in order, unless the block ends well."""
        taken = [self.results.popleft() for _ in range(min(most, len(self.results)))]
        written = False
        try:
            yield taken
            written = True
        finally:
            if not written:
                self.results.extendleft(reversed(taken))
                self._shorten()
