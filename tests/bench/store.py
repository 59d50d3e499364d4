"""The product's own database for the raw floors, and the bridge that both sides use."""

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import asyncpg
import psutil

from tests.service import Service, serving, speaking
from web.embedded import attached

BRIDGE = {
    "name": "bench",
    "public_url": "https://meet.example.gov.vn",
    "xmpp_domain": "meet.lab",
    "muc_domain": "conference.meet.lab",
    "app_id": "diemcau",
    "jwt_secret": "j" * 40,
    "reservation_secret": "r" * 40,
    "event_secret": "e" * 40,
}


async def with_bridge(session: aiohttp.ClientSession) -> list[int]:
    """Add the bridge that both sides use; return the halls of all communes."""
    async with session.post("/api/v1/bridges", json=BRIDGE) as answer:
        answer.raise_for_status()
    return await communes(session)


async def far_ahead(session: aiohttp.ClientSession) -> None:
    """Let the province book years ahead, as the bookings measured do; else each is warned of."""
    headers = {"If-Match": "*"}
    said = {"horizon_days": 3660}
    async with session.patch("/api/v1/policies/11", json=said, headers=headers) as answer:
        answer.raise_for_status()


async def communes(session: aiohttp.ClientSession) -> list[int]:
    """Return the halls of all communes."""
    found: list[int] = []
    query = {"group": "all-communes", "limit": "200"}
    while True:
        async with session.get("/api/v1/sites", params=query) as answer:
            page = await answer.json()
        found += [site["id"] for site in page["items"]]
        if page["next"] is None:
            return found
        query["next"] = page["next"]


async def book_now(session: aiohttp.ClientSession, sites: Sequence[int], **more: str) -> int:
    """Book a conference of two hours that begins now."""
    now = dt.datetime.now(dt.UTC)
    body = {
        "title": "Họp khẩn",
        "kind": "urgent",
        "main_site": sites[0],
        "sites": list(sites),
        "start": now.isoformat(),
        "end": (now + dt.timedelta(hours=2)).isoformat(),
        **more,
    }
    async with session.post("/api/v1/conferences", json=body) as answer:
        return int((await answer.json())["id"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A product with the bridge of both sides, who books in it, and its owner's connection."""

    product: Service
    session: aiohttp.ClientSession
    halls: Sequence[int]
    conn: "asyncpg.Connection[asyncpg.Record]"


@asynccontextmanager
async def desk() -> AsyncIterator[Desk]:
    """Serve a product to book in."""
    async with serving() as product, speaking(product.url, await product.token()) as session:
        halls = await with_bridge(session)
        conn = await asyncpg.connect(await owner_url(product))
        yield Desk(product=product, session=session, halls=halls, conn=conn)
        await conn.close()


async def owner_url(product: Service) -> str:
    """Return where the owner of the running product's tables connects."""
    async with attached(product.data) as cluster:
        return cluster.owner_url


def store_pid(product: Service) -> int:
    """Return the process that is the product's own PostgreSQL."""
    children = psutil.Process(product.pid).children()
    [found] = [child.pid for child in children if child.name().startswith("postgres")]
    return found
