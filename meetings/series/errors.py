"""Facts about series; each carries its subject and a stable code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from meetings.errors import MeetingsError
from meetings.series.plan import Skipped


class SeriesNotFound(MeetingsError):
    """There is no series of that id, or not for this person."""

    code = "series-not-found"

    def __init__(self, series: int) -> None:
        super().__init__(f"no series {series}")
        self.series = series


class SeriesClash(MeetingsError):
    """Dates of a series cannot be held, and it was to be all or nothing; or none is left."""

    code = "series-clash"

    def __init__(self, skipped: Sequence[Skipped]) -> None:
        super().__init__(f"{len(skipped)} dates cannot be held")
        self.skipped = tuple(skipped)


class DateNotSkipped(MeetingsError):
    """The series has no skipped date like that."""

    code = "date-not-skipped"

    def __init__(self, day: date) -> None:
        super().__init__(f"{day} was not skipped")
        self.day = day
