"""Facts that stop the planning of a cascade."""

from __future__ import annotations

from meetings.errors import MeetingsError


class UpstreamNotFound(MeetingsError):
    """The conference relays no other."""

    code = "upstream-not-found"

    def __init__(self, conference: int) -> None:
        super().__init__(f"conference {conference} relays no other")
        self.conference = conference
