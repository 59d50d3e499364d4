"""Removing a bridge: one that never carried anything leaves nothing behind; others stay."""

from datetime import UTC, datetime

import pytest

from bridges.errors import BridgeBuiltIn, BridgeInUse, BridgeNotFound, StaleBridge
from bridges.model import BridgeKind, SecretKind
from bridges.receiving.calls import Heard
from bridges.receiving.holding import DISCARD, give_order
from bridges.registered.registry import bridge_by_name, list_bridges
from bridges.registered.removing import remove_bridge
from bridges.registered.rotating import Rotation, rotate
from bridges.store.calls import save_calls
from bridges.store.quarantine import insert_done
from tests.bridges.makers import a_bridge, a_placed_conference, a_seal

BY = "person:1"
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


async def test_a_bridge_that_nothing_was_on_leaves_nothing_behind(conn):
    seal = a_seal()
    await a_bridge(conn, "wrong", seal=seal)
    await rotate(conn, "wrong", Rotation(kind=SecretKind.EVENT), seal, by=BY, now=NOW)
    await save_calls(conn, {"wrong": Heard(asked_at=NOW)})
    order = await give_order(conn, "wrong", DISCARD, by=BY, now=NOW)
    await insert_done(conn, order, "spool", 1)
    version = (await bridge_by_name(conn, "wrong")).version

    await remove_bridge(conn, "wrong", version=version, by=BY)

    assert await list_bridges(conn) == []
    assert await conn.fetchval("SELECT count(*) FROM seat_pools") == 0
    assert await conn.fetchval("SELECT count(*) FROM former_secrets") == 0
    told = await conn.fetchrow("SELECT actor, subject FROM audit WHERE action = 'bridge.remove'")
    assert tuple(told) == (BY, "bridge:wrong")
    await a_bridge(conn, "wrong")
    with pytest.raises(BridgeNotFound):
        await remove_bridge(conn, "never", version=None, by=BY)


async def test_a_bridge_that_something_is_or_was_on_stays(conn):
    await a_placed_conference(conn)
    with pytest.raises(BridgeInUse):
        await remove_bridge(conn, "lab", version=None, by=BY)
    await conn.execute(
        "INSERT INTO evidence (bridge_id, key, kind, room, body, received_at)"
        " VALUES ($1, '\\x00', 'created', 'x', '{}', $2)",
        (await a_bridge(conn, "told")).id,
        NOW,
    )
    with pytest.raises(BridgeInUse):
        await remove_bridge(conn, "told", version=None, by=BY)

    assert [one.name for one in await list_bridges(conn)] == ["lab", "told"]


async def test_neither_the_built_in_bridge_nor_one_that_somebody_changed_goes(conn):
    await a_bridge(conn, "trial", kind=BridgeKind.TRIAL)
    await a_bridge(conn)

    with pytest.raises(BridgeBuiltIn):
        await remove_bridge(conn, "trial", version=None, by=BY)
    with pytest.raises(StaleBridge):
        await remove_bridge(conn, "lab", version=7, by=BY)

    assert len(await list_bridges(conn)) == 2
