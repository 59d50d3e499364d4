"""Setting who must agree: chains are added, changed and removed; standing requests keep theirs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from meetings.approval.chains import Chain, Step
from meetings.approval.errors import ChainExists, ChainNotFound, StaleChain
from meetings.audit import record
from meetings.model import Kind, UnitId
from meetings.store import Connection
from meetings.store import chains as store


async def list_chains(
    conn: Connection, units: Collection[UnitId], *, after: int = 0, limit: int = 200
) -> list[Chain]:
    """Return the chains that stand in these subtrees, in the order they were made."""
    return await store.list_chains(conn, units, after=after, limit=limit)


async def chain_by_id(conn: Connection, chain: int) -> Chain:
    """Return a chain, locked until the transaction ends, or raise ChainNotFound."""
    found = await store.lock_chain(conn, chain)
    if found is None:
        raise ChainNotFound(chain)
    return found


async def add_chain(
    conn: Connection, unit: UnitId, kind: Kind | None, steps: Sequence[Step], *, by: str
) -> Chain:
    """Say who must agree to conferences of a unit's subtree and that kind, or any kind.

    Raises:
        ChainExists: the unit has one for that kind already.
    """
    identity = await store.insert_chain(conn, unit, kind, steps)
    if identity is None:
        raise ChainExists
    await _tell(conn, identity, unit, action="chain.add", by=by, steps=len(steps))
    return await chain_by_id(conn, identity)


async def change_chain(
    conn: Connection, chain: int, steps: Sequence[Step], *, version: int | None, by: str
) -> Chain:
    """Replace the steps of a chain.

    Raises:
        ChainNotFound: there is none of that id.
        StaleChain: somebody else changed it first.
    """
    before = await _checked(conn, chain, version)
    await store.save_chain(conn, chain, steps)
    await _tell(conn, chain, before.unit, action="chain.change", by=by, steps=len(steps))
    return await chain_by_id(conn, chain)


async def remove_chain(conn: Connection, chain: int, *, version: int | None, by: str) -> None:
    """Let conferences of that unit and kind be booked as the chain above says, or at once.

    Raises:
        ChainNotFound, StaleChain: as for a change.
    """
    before = await _checked(conn, chain, version)
    await store.delete_chain(conn, chain)
    await _tell(conn, chain, before.unit, action="chain.remove", by=by)


async def _checked(conn: Connection, chain: int, version: int | None) -> Chain:
    found = await chain_by_id(conn, chain)
    if version is not None and version != found.version:
        raise StaleChain(chain, found.version)
    return found


async def _tell(
    conn: Connection, chain: int, unit: UnitId, *, action: str, by: str, **detail: object
) -> None:
    subject = f"chain:{chain}"
    await record(conn, actor=by, action=action, subject=subject, unit=unit, detail=detail)
