"""Removing a bridge that was registered in vain: nothing was ever on it, and it told nothing."""

from __future__ import annotations

import asyncpg

from bridges.errors import BridgeBuiltIn, BridgeInUse, StaleBridge
from bridges.model import BridgeKind
from bridges.store.registry import lock_bridge
from bridges.store.removals import delete_bridge
from meetings.audit import record
from meetings.news import announce
from meetings.store import Connection


async def remove_bridge(conn: Connection, name: str, *, version: int | None, by: str) -> None:
    """Take a bridge away with its secrets; None as the version is whatever it is.

    What the record needs is told by the references to it in the store.

    Raises:
        BridgeNotFound: there is none of that name.
        BridgeBuiltIn: it is the trial bridge.
        StaleBridge: somebody changed it meanwhile.
        BridgeInUse: something is or was on it; it can be drained instead.
    """
    before = await lock_bridge(conn, name)
    if before.kind is BridgeKind.TRIAL:
        raise BridgeBuiltIn(name)
    if version not in {None, before.version}:
        raise StaleBridge(name)
    try:
        async with conn.transaction():
            await delete_bridge(conn, before)
    except asyncpg.ForeignKeyViolationError as error:
        raise BridgeInUse(name) from error
    detail = {"public_url": before.public_url}
    await record(conn, actor=by, action="bridge.remove", subject=f"bridge:{name}", detail=detail)
    await announce(conn, "snapshot", "board")
