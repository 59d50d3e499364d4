"""How often a booking asks the store: each trip is time for which its halls stay locked."""

from __future__ import annotations

from tests.web.api.conftest import booked
from web.keys import POOL

LATER = {"start": "2026-12-09T08:00:00+07:00", "end": "2026-12-09T10:00:00+07:00"}
MOST_TRIPS = 14
MOST_LOCKED = 9
"""Of them, from the lock of the halls on; the commit comes on top."""


async def test_booking_takes_few_trips(program, sites, app):
    admin = await program("admin")
    await booked(admin, sites)
    asked: list[str] = []

    def note(record) -> None:
        asked.append(" ".join(record.query.split()))

    # The pool lends its last connection again.
    async with app[POOL].acquire() as lent:
        lent.add_query_logger(note)
    await booked(admin, sites, **LATER)
    async with app[POOL].acquire() as lent:
        lent.remove_query_logger(note)

    trips = asked[asked.index("BEGIN;") + 1 : asked.index("COMMIT;")]
    [lock] = [place for place, query in enumerate(trips) if "pg_advisory_xact_lock(" in query]
    assert len(trips) <= MOST_TRIPS, trips
    assert len(trips) - lock <= MOST_LOCKED, trips
