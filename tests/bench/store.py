"""The product's own database for the raw floors, and the bridge that both sides use."""

import aiohttp
import psutil

from tests.service import Service
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


async def communes(session: aiohttp.ClientSession) -> list[int]:
    """Return the halls of all communes."""
    async with session.get("/api/v1/sites?group=all-communes&limit=200") as answer:
        return [site["id"] for site in (await answer.json())["items"]]


async def owner_url(product: Service) -> str:
    """Return where the owner of the running product's tables connects."""
    async with attached(product.data) as cluster:
        return cluster.owner_url


def store_pid(product: Service) -> int:
    """Return the process that is the product's own PostgreSQL."""
    children = psutil.Process(product.pid).children()
    [found] = [child.pid for child in children if child.name().startswith("postgres")]
    return found
