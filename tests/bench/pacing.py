"""C8: 500 events a second for a minute, paced, acknowledged also with PostgreSQL stopped."""

from tests.bench.events import known, send
from tests.bench.measuring import Series, paced
from tests.bench.store import BRIDGE, store_pid
from tests.faults.freezing import frozen
from tests.service import serving, speaking

A_SECOND = 500
SECONDS = 60


async def minute(port: int) -> Series:
    """Send for a minute; any answer but 200 is an error."""
    return await paced(A_SECOND * SECONDS, SECONDS, lambda number: send(port, number))


def told(name: str, series: Series) -> str:
    return f"{name:8} {series}   max {series.percentile(1) * 1000:7.1f} ms"


async def measure() -> list[str]:
    async with serving() as product:
        async with speaking(product.url, await product.token()) as session:
            (await session.post("/api/v1/bridges", json=BRIDGE)).raise_for_status()
        await known(product.receiver_port)
        up = await minute(product.receiver_port)
        with frozen(store_pid(product)):
            alone = await minute(product.receiver_port)
    return [
        told("up", up),
        told("frozen", alone),
        "reach    p99 100 ms, max 1 s, none refused",
    ]
