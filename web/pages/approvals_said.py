"""What is said after a wish became a draft, a request or a booking."""

from __future__ import annotations

from meetings.model import Conference


def said_of(conference: Conference) -> str:
    """Return what the page says after a wish became this."""
    return {"draft": "drafted", "requested": "asked"}.get(conference.state.value, "booked")
