"""Run the figures named on the command line, or all."""

import asyncio
import sys

import uvloop

from tests.bench import (
    answering,
    booking,
    events,
    joining,
    memory,
    pacing,
    receiving,
    refusing,
    repeating,
    reshaping,
    starting,
)

FIGURES = {
    "P1": booking.measure,
    "P2": joining.measure,
    "P3": events.measure,
    "C2": answering.measure,
    "C8": pacing.measure,
    "receiver": receiving.measure,
    "P6": refusing.measure,
    "S7": repeating.measure,
    "S8": reshaping.measure,
    "P11": starting.measure,
    "P12": memory.measure,
}


async def main(names: list[str]) -> None:
    for name in names or FIGURES:
        print(f"\n{name}", flush=True)
        for line in await FIGURES[name]():
            print(f"  {line}", flush=True)


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1:]))
    asyncio.set_event_loop(None)
