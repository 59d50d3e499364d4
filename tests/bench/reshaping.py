"""S8: a series of 260 dates in 45 halls moved to another time and another rule by the API."""

import datetime as dt
import time
from collections.abc import Sequence

import aiohttp
import psutil

from tests.bench.repeating import ANALYZE, a_body
from tests.bench.store import desk, store_pid
from tests.service import Service

DATES = 260
HALLS = (3, 45)
FIRST = dt.datetime(2031, 1, 6, 1, tzinfo=dt.UTC)
APART = dt.timedelta(weeks=6 * 53)
"""Between the series, so that none is in the way of another."""
TURNS = {
    "another time": {"starts_at": "09:30"},
    "another rule": {"rrule": f"FREQ=WEEKLY;BYDAY=TU;COUNT={DATES}"},
}
FREE = {"If-Match": "*"}


def spent(product: Service) -> float:
    """Return the seconds of CPU that the program and its store have used."""
    store = psutil.Process(store_pid(product))
    every = [psutil.Process(product.pid), store, *store.children()]
    return sum(one.cpu_times().user + one.cpu_times().system for one in every)


async def changed(
    session: aiohttp.ClientSession, product: Service, place: str, what: dict[str, str]
) -> tuple[float, float]:
    """Return for how long a change of the series ran, and how much CPU it took."""
    began, before = time.perf_counter(), spent(product)
    async with session.patch(place, json=what, headers=FREE) as answer:
        told = await answer.text()
        if answer.status != 200:
            raise RuntimeError(told[:300])
    return time.perf_counter() - began, spent(product) - before


async def series_of(session: aiohttp.ClientSession, sites: Sequence[int], at: dt.datetime) -> str:
    """Book a weekly series and return where it is."""
    body = a_body(sites, at) | {
        "rrule": f"FREQ=WEEKLY;COUNT={DATES}",
        "on_holidays": "keep",
    }
    async with session.post("/api/v1/series", json=body) as answer:
        made = await answer.json()
        if answer.status != 201:
            raise RuntimeError(str(made)[:300])
    return f"/api/v1/series/{made['id']}"


async def measure() -> list[str]:
    lines = []
    async with desk() as at:
        for number, halls in enumerate(HALLS):
            place = await series_of(at.session, at.halls[:halls], FIRST + number * APART)
            await at.conn.execute(ANALYZE)
            for name, what in TURNS.items():
                seconds, cpu = await changed(at.session, at.product, place, what)
                lines.append(
                    f"{halls:2} halls  {name}  {DATES} dates in {seconds:.2f} s, {cpu:.2f} s of CPU"
                )
    return lines
