"""How often a booking asks the store: each trip is time for which its halls stay locked."""

from __future__ import annotations

from contextlib import AsyncExitStack
from functools import partial

from tests.web.api.conftest import booked
from web.keys import POOL

LATER = {"start": "2026-12-09T08:00:00+07:00", "end": "2026-12-09T10:00:00+07:00"}
OF_THE_DRIVER = ("typeinfo_tree", "'jit'")
MOST_TRIPS = 7
MOST_LOCKED = 5
"""Of them, from the lock of the halls on; the commit comes on top."""


async def listened(app) -> list[list[str]]:
    """Return what each connection of the pool is asked from now on; the pool lends any of them."""
    heard: list[list[str]] = []
    async with AsyncExitStack() as lent:
        for _ in range(app[POOL].get_max_size()):
            connection = await lent.enter_async_context(app[POOL].acquire())
            heard.append([])
            connection.add_query_logger(partial(note, heard[-1]))
    return heard


def note(asked: list[str], record) -> None:
    """Write down what was asked, besides what the driver asks of types that are new to it."""
    if not any(word in record.query for word in OF_THE_DRIVER):
        asked.append(" ".join(record.query.split()))


def booking_in(asked: list[str]) -> list[str]:
    """Return the statements of the transaction that made a conference."""
    [made] = [place for place, query in enumerate(asked) if "INSERT INTO conferences" in query]
    begun = max(place for place, query in enumerate(asked[:made]) if query == "BEGIN;")
    return asked[begun + 1 : asked.index("COMMIT;", made)]


async def test_booking_takes_few_trips(program, sites, app):
    admin = await program("admin")
    await booked(admin, sites)
    heard = await listened(app)

    await booked(admin, sites, **LATER)

    [asked] = [one for one in heard if any("INSERT INTO conferences" in query for query in one)]
    trips = booking_in(asked)
    [lock] = [place for place, query in enumerate(trips) if "pg_advisory_xact_lock(" in query]
    assert len(trips) <= MOST_TRIPS, trips
    assert len(trips) - lock <= MOST_LOCKED, trips


async def test_names_behind_the_warnings_of_a_file_are_read_once(program, sites, app):
    admin = await program("admin")
    row = "Họp {at},briefing,11.vpubnd,03158,03160,{at}/12/2026 08:00,{at}/12/2026 10:00\n"
    sundays = "".join(row.format(at=at) for at in ("06", "13", "20"))
    heard = await listened(app)

    answer = await admin.post(
        "/api/v1/import/conferences?dry_run=true",
        data=f"title,kind,host,main_site,sites,start,end\n{sundays}".encode(),
        headers={"Content-Type": "text/csv"},
    )

    said = [
        [one["rule"] for one in row["warnings"]] for row in (await answer.json())["differences"]
    ]
    assert said == [["day-off"]] * 3
    assert sum("= ANY ($1::date[]) AND confirmed" in query for one in heard for query in one) == 1


async def test_units_that_a_poll_asks_are_looked_up_at_once(program, sites, app):
    office = await program("secretary")
    held = await booked(office, sites)
    kept = {"conference": held["id"], "name": "Mẫu"}
    template = (await (await office.post("/api/v1/templates", json=kept)).json())["id"]
    codes = ["03158", "03160", "03162"]
    heard = await listened(app)

    poll = {"template": template, "periods": [LATER], "units": codes}
    told = await (await office.post("/api/v1/polls", json=poll)).json()
    missing = await office.post("/api/v1/polls", json=poll | {"units": [*codes, "99999"]})

    assert [one["unit"]["code"] for one in told["links"]] == codes
    assert (missing.status, (await missing.json())["code"]) == (422, "unit-not-found")
    assert sum("WHERE code = ANY" in query for one in heard for query in one) == 2
    assert sum("WHERE code = $1" in query for one in heard for query in one) == 0
