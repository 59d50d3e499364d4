"""Facts that stop a line test."""

from __future__ import annotations

from meetings.errors import MeetingsError


class LineTestNotFound(MeetingsError):
    """The conference has no line test."""

    code = "line-test-not-found"


class LineTestExists(MeetingsError):
    """The conference has a line test already."""

    code = "line-test-exists"


class LineTestOfATest(MeetingsError):
    """A line test is not tested itself, nor a conference that is over."""

    code = "line-test-of-a-test"
