"""Facts that stop a poll about days."""

from __future__ import annotations

from meetings.errors import MeetingsError


class PollNotFound(MeetingsError):
    """There is no poll of that id or link, or not for this person."""

    code = "poll-not-found"


class PollOver(MeetingsError):
    """The poll's winner is booked already, or it was closed."""

    code = "poll-over"
