"""Latencies, ratios, and many clients at once."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Series:
    """What one load did: seconds of each call, and of the whole."""

    latencies: tuple[float, ...]
    seconds: float

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def __str__(self) -> str:
        return (
            f"{self.per_second:8.0f} /s   p50 {self.percentile(0.5) * 1000:7.1f} ms   "
            f"p99 {self.percentile(0.99) * 1000:7.1f} ms   n {len(self.latencies)}"
        )


def joined(parts: Iterable[Series]) -> Series:
    """Return what several loads did, one after the other."""
    several = tuple(parts)
    latencies = tuple(one for part in several for one in part.latencies)
    return Series(latencies, sum(part.seconds for part in several))


async def clients(count: int, calls: int, call: Callable[[int], Awaitable[object]]) -> Series:
    """Let `count` clients make `calls` calls between them, each as soon as it is free."""
    numbers = iter(range(calls))
    latencies: list[float] = []

    async def client() -> None:
        for number in numbers:
            began = time.perf_counter()
            await call(number)
            latencies.append(time.perf_counter() - began)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(client())
    return Series(tuple(latencies), time.perf_counter() - began)


async def paced(calls: int, seconds: float, call: Callable[[int], Awaitable[object]]) -> Series:
    """Begin the calls evenly over a time, whether or not earlier ones have been answered."""
    latencies: list[float] = []

    async def at(number: int) -> None:
        planned = began + number * seconds / calls
        await asyncio.sleep(planned - time.perf_counter())
        await call(number)
        # From when it was due, so that a stall is not hidden by calls that could not begin.
        latencies.append(time.perf_counter() - planned)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(calls):
            group.create_task(at(number))
    return Series(tuple(latencies), time.perf_counter() - began)


def compared(product: Series, floor: Series) -> list[str]:
    """Return the lines for a figure whose throughput and p99 are ratios to a floor."""
    throughput = product.per_second / floor.per_second
    late = product.percentile(0.99) / floor.percentile(0.99)
    return [
        f"product  {product}",
        f"floor    {floor}",
        f"ratio    throughput {throughput:.2f} x   p99 {late:.2f} x",
    ]
