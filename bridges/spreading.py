"""How work for several bridges is done side by side: whoever runs the jobs says how."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping

Work = Callable[[], Awaitable[object]]
"""One piece of work: for one bridge, or for one room."""

Spread = Callable[[Mapping[Hashable, Work]], Awaitable[None]]
"""Does pieces of work by name.  It may come back before all are done, and then leaves out those
of the same names until they are."""


async def all_at_once(works: Mapping[Hashable, Work]) -> None:
    """Do everything side by side, and come back when the last is done."""
    await asyncio.gather(*(work() for work in works.values()))
