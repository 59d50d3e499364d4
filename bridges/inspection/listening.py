"""What a bridge's check needs of what the bridge brought us; and writing down its calls."""

from __future__ import annotations

from datetime import datetime, timedelta

from bridges.entry.snapshot import Lend
from bridges.receiving.calls import Calls, News
from bridges.receiving.holding import GONE, held_back
from bridges.store import calls as store
from bridges.store.strays import list_strays, save_seen
from meetings.store import Connection

STALE = timedelta(days=7)
"""After this a call that went astray tells nothing of how Prosody is set now."""


async def news_of(conn: Connection, bridge: str, now: datetime) -> News:
    """Return what a bridge brought."""
    return News(
        held=(await held_back(conn, now)).get(bridge, {}),
        heard=await store.find_calls(conn, bridge),
        events=await store.count_events(conn, bridge, now - GONE),
        strays=await list_strays(conn, bridge, now - STALE),
    )


async def write_calls(lend: Lend, calls: Calls) -> None:
    """Write what was heard; what a store that is away does not take is written later."""
    heard, seen = calls.unwritten(), calls.strays.unwritten()
    if heard or seen.strays or seen.right:
        async with lend() as conn:
            await store.save_calls(conn, heard)
            await save_seen(conn, seen)
        calls.forget(heard)
        calls.strays.forget(seen)
