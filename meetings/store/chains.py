"""Chains of approval as admins set them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from meetings.approval.chains import Chain, Step
from meetings.model import Kind, PersonId, Role, UnitId
from meetings.store import Connection

LIST_CHAINS = """
    SELECT c.id, c.unit_id, c.kind, c.steps::text AS steps, c.version
      FROM approval_chains c
      JOIN units u ON u.id = c.unit_id
     WHERE u.path && $1::bigint[] AND c.id > $2
     ORDER BY c.id
     LIMIT $3
"""
LIST_OWN = """
    SELECT id, unit_id, kind, steps::text AS steps, version
      FROM approval_chains WHERE unit_id = ANY ($1::bigint[]) ORDER BY id
"""
LOCK_CHAIN = """
    SELECT id, unit_id, kind, steps::text AS steps, version
      FROM approval_chains WHERE id = $1 FOR UPDATE
"""
INSERT_CHAIN = """
    INSERT INTO approval_chains (unit_id, kind, steps) VALUES ($1, $2, $3::text::jsonb)
        ON CONFLICT DO NOTHING
    RETURNING id
"""
SAVE_CHAIN = """
    UPDATE approval_chains SET steps = $2::text::jsonb, version = version + 1 WHERE id = $1
"""
DELETE_CHAIN = """
    DELETE FROM approval_chains WHERE id = $1
"""


def chain_of(number: int, unit: UnitId, kind: str | None, steps: str, version: int) -> Chain:
    """Return a chain as its columns hold it."""
    return Chain(
        id=number,
        unit=unit,
        kind=None if kind is None else Kind(kind),
        steps=tuple(map(_step_from, json.loads(steps))),
        version=version,
    )


def _step_from(wire: Mapping[str, Any]) -> Step:
    if "people" in wire:
        return Step(people=frozenset(map(PersonId, wire["people"])))
    return Step(role=Role(wire["role"]), unit=UnitId(wire["unit"]))


def _wire_of(step: Step) -> dict[str, Any]:
    if step.role is None:
        return {"people": sorted(step.people)}
    return {"role": step.role.value, "unit": step.unit}


async def list_chains(
    conn: Connection, units: Collection[UnitId], *, after: int, limit: int
) -> list[Chain]:
    """Return the chains that stand in these subtrees."""
    return [chain_of(*row) for row in await conn.fetch(LIST_CHAINS, list(units), after, limit)]


async def list_own(conn: Connection, units: Collection[UnitId]) -> list[Chain]:
    """Return the chains that stand at these units themselves."""
    return [chain_of(*row) for row in await conn.fetch(LIST_OWN, list(units))]


async def lock_chain(conn: Connection, chain: int) -> Chain | None:
    """Return a chain, locked until the transaction ends."""
    row = await conn.fetchrow(LOCK_CHAIN, chain)
    return None if row is None else chain_of(*row)


async def insert_chain(
    conn: Connection, unit: UnitId, kind: Kind | None, steps: Sequence[Step]
) -> int | None:
    """Write a chain; None when the unit has one for that kind already."""
    wire = json.dumps([_wire_of(step) for step in steps])
    found: int | None = await conn.fetchval(INSERT_CHAIN, unit, kind and kind.value, wire)
    return found


async def save_chain(conn: Connection, chain: int, steps: Sequence[Step]) -> None:
    """Replace the steps of a chain, at its next version."""
    await conn.execute(SAVE_CHAIN, chain, json.dumps([_wire_of(step) for step in steps]))


async def delete_chain(conn: Connection, chain: int) -> None:
    """Remove a chain; requests that stand keep their steps."""
    await conn.execute(DELETE_CHAIN, chain)
