"""Clients of the API that never give up on a wish: same key, any service, until it is settled."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import aiohttp

from tests.faults.history import CONFLICT, CREATED, OK, REFUSED, UNAVAILABLE, Call

PATH = "/api/v1/conferences"
FIRST = datetime(2027, 3, 1, tzinfo=UTC)
AWAY = (aiohttp.ClientError, OSError, TimeoutError)
REST_SECONDS = 0.05


class Surprise(Exception):
    """An answer that no client should ever get."""


def wire(moment: datetime) -> str:
    """Write a moment as the API does."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def a_wish(
    chance: Random,
    communes: Sequence[int],
    officials: Sequence[int] = (),
    *,
    key: str,
    most: int,
    hours: int,
) -> Call:
    """Return a wish for a few halls at some full hour, and for a chair and delegates if any."""
    sites = chance.sample(communes, chance.randint(1, most))
    start = FIRST + timedelta(hours=chance.randrange(hours))
    end = start + timedelta(hours=chance.randint(1, 3))
    people = chance.sample(officials, chance.randint(0, min(3, len(officials))))
    return Call(
        key=key,
        sites=frozenset(sites),
        start=wire(start),
        end=wire(end),
        chair=people[0] if people else None,
        delegates=frozenset(people[1:]),
    )


def body_of(call: Call) -> dict[str, Any]:
    """Return what is posted; the title is the key, so that the store's rows can be told apart."""
    sites = sorted(call.sites, key=hash)
    return {
        "title": call.key,
        "kind": "urgent",
        "main_site": sites[0],
        "sites": sites,
        "start": call.start,
        "end": call.end,
        "chair_id": call.chair,
        "delegates": sorted(call.delegates),
    }


async def book(session: aiohttp.ClientSession, urls: Sequence[str], call: Call) -> Call:
    """Ask until the wish is granted or refused."""
    body = body_of(call)
    while not await is_settled(session, "POST", urls[call.tries % len(urls)] + PATH, call, body):
        await asyncio.sleep(REST_SECONDS)
    return call


async def cancel(session: aiohttp.ClientSession, urls: Sequence[str], booked: Call) -> None:
    """Call a conference off, asking until it is."""
    booked.cancel = call = Call(
        key=f"{booked.key}-off", sites=booked.sites, start=booked.start, end=booked.end
    )
    path = f"{PATH}/{booked.id}"
    body = {"reason": "mưa lũ"}
    while not await is_settled(session, "DELETE", urls[call.tries % len(urls)] + path, call, body):
        await asyncio.sleep(REST_SECONDS)
    if call.status != OK:
        raise Surprise(f"{call.key}: {call.status} {call.text}")


async def is_settled(
    session: aiohttp.ClientSession, method: str, url: str, call: Call, body: Mapping[str, Any]
) -> bool:
    """Ask once; tell whether the answer says for good what came of it."""
    headers = {"Idempotency-Key": call.key, "If-Match": '"1"'}
    call.tries += 1
    call.asked = time.monotonic()
    try:
        async with session.request(method, url, json=body, headers=headers) as answer:
            call.status, call.text = answer.status, await answer.text()
    except AWAY:
        return False
    call.done = time.monotonic()
    if call.status == UNAVAILABLE:
        return False
    if call.status not in {CREATED, OK, CONFLICT}:
        raise Surprise(f"{method} {url}: {call.status} {call.text}")
    call.body = json.loads(call.text)
    return call.status != CONFLICT or call.body["code"] in REFUSED
