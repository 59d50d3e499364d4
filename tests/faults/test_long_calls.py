"""T-C1 at length: whatever is granted, Prosody's module can read."""

from hypothesis import settings

from tests.bridges.jitsi import test_reservations as short

test_of_5000_answers_prosody_can_read_all = settings(max_examples=5000, deadline=None)(
    short.test_whatever_is_granted_prosody_can_read
)
