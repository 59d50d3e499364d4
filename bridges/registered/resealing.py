"""Bridges' secrets when keys are rotated: sealed anew, so that the key before can be forgotten."""

from __future__ import annotations

from bridges.registered.registry import PURPOSE, Seal
from bridges.store import secrets as store
from meetings.store import Connection


async def reseal(conn: Connection, seal: Seal) -> int:
    """Seal every secret with what things are sealed with now; return how many were not."""
    stale = [one for one in await store.list_sealed(conn) if not seal.is_newest(one)]
    if stale:
        await store.reseal(
            conn, {one: seal.seal(PURPOSE, seal.open(PURPOSE, one)) for one in stale}
        )
    return len(stale)
