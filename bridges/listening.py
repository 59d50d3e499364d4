"""What a bridge's check needs of what the bridge brought us; and writing down its calls."""

from __future__ import annotations

from datetime import datetime

from bridges.calls import Calls, News
from bridges.holding import GONE, held_back
from bridges.snapshot import Lend
from bridges.store import calls as store
from meetings.store import Connection


async def news_of(conn: Connection, bridge: str, now: datetime) -> News:
    """Return what a bridge brought."""
    return News(
        held=(await held_back(conn, now)).get(bridge, {}),
        heard=await store.find_calls(conn, bridge),
        events=await store.count_events(conn, bridge, now - GONE),
    )


async def write_calls(lend: Lend, calls: Calls) -> None:
    """Write what was heard; what a store that is away does not take is written later."""
    heard = calls.unwritten()
    if heard:
        async with lend() as conn:
            await store.save_calls(conn, heard)
        calls.forget(heard)
