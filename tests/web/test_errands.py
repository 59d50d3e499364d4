"""Work for several bridges side by side."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from web.errands import Errands

SOON = timedelta(milliseconds=1)


async def test_a_piece_that_hangs_is_done_once_and_keeps_no_other_waiting():
    released, done = asyncio.Event(), asyncio.Semaphore(0)
    begun: list[str] = []

    async def slow() -> None:
        begun.append("slow")
        await released.wait()

    async def quick() -> None:
        begun.append("quick")
        done.release()

    async with Errands(patience=SOON, limit=timedelta(hours=1)) as errands:
        spread, others = errands.of("control"), errands.of("close rooms")
        for _ in range(2):
            await spread({"alpha": slow, "beta": quick})
            await done.acquire()
        await others({"alpha": quick})
        released.set()

    assert begun == ["slow", "quick", "quick", "quick"]


async def test_a_piece_that_fails_is_begun_again():
    begun: list[int] = []

    async def fail() -> None:
        begun.append(len(begun))
        raise ValueError("one bad row")

    async with Errands(patience=timedelta(hours=1), limit=timedelta(hours=1)) as errands:
        for _ in range(2):
            await errands.of("control")({"alpha": fail})

    assert begun == [0, 1]
