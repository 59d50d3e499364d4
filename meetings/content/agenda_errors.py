"""Facts that stop the planning of what happens inside a conference."""

from __future__ import annotations

from meetings.errors import MeetingsError


class BadSegments(MeetingsError):
    """Segments leave a gap, overlap, are empty or lie outside their conference."""

    code = "bad-segments"

    def __init__(self, reason: str) -> None:
        super().__init__(f"segments: {reason}")
        self.reason = reason
