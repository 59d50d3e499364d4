"""Booking policies as units set them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import asyncpg

from meetings.ids import UnitId
from meetings.store import Connection

LIST_POLICIES = """
    SELECT p.unit_id, p.version, p.horizon_days, p.most_open, p.invite_lead_days,
           p.set_up_minutes, p.tear_down_minutes
      FROM booking_policies p
      JOIN units u ON u.id = p.unit_id
     WHERE u.path && $1::bigint[] AND ($2::bigint IS NULL OR p.unit_id > $2)
     ORDER BY p.unit_id
     LIMIT $3
"""
LIST_OWN = """
    SELECT unit_id, version, horizon_days, most_open, invite_lead_days, set_up_minutes,
           tear_down_minutes
      FROM booking_policies WHERE unit_id = ANY ($1::bigint[]) ORDER BY unit_id
"""
LIST_LINE = """
    SELECT p.unit_id, p.version, p.horizon_days, p.most_open, p.invite_lead_days,
           p.set_up_minutes, p.tear_down_minutes
      FROM units h
      JOIN booking_policies p ON p.unit_id = ANY (h.path)
      JOIN units a ON a.id = p.unit_id
     WHERE h.id = $1
     ORDER BY cardinality(a.path)
"""
SAVE_POLICY = """
    INSERT INTO booking_policies AS p (unit_id, horizon_days, most_open, invite_lead_days,
                                       set_up_minutes, tear_down_minutes)
    VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (unit_id) DO UPDATE
       SET horizon_days = $2, most_open = $3, invite_lead_days = $4, set_up_minutes = $5,
           tear_down_minutes = $6, version = p.version + 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTerms:
    """By what is booked: how far ahead, how much, how early, and what halls need around it.

    Of a unit's own policy None is what the next unit above says.
    """

    horizon_days: int | None = None
    most_open: int | None = None
    invite_lead_days: int | None = None
    set_up_minutes: int | None = None
    tear_down_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPolicy:
    """What a unit says for itself and those below it."""

    unit: UnitId
    terms: PolicyTerms = PolicyTerms()
    version: int = 0


def policy_from_row(row: asyncpg.Record) -> UnitPolicy:
    """Return the policy of a row that spells the columns out as above."""
    return UnitPolicy(
        unit=row["unit_id"],
        version=row["version"],
        terms=PolicyTerms(
            horizon_days=row["horizon_days"],
            most_open=row["most_open"],
            invite_lead_days=row["invite_lead_days"],
            set_up_minutes=row["set_up_minutes"],
            tear_down_minutes=row["tear_down_minutes"],
        ),
    )


async def list_policies(
    conn: Connection, units: Collection[UnitId], *, after: UnitId | None, limit: int
) -> list[UnitPolicy]:
    """Return the policies that stand in these subtrees."""
    rows = await conn.fetch(LIST_POLICIES, list(units), after, limit)
    return [policy_from_row(row) for row in rows]


async def list_line(conn: Connection, unit: UnitId) -> list[UnitPolicy]:
    """Return the policies of a unit and of those above it, the topmost first."""
    return [policy_from_row(row) for row in await conn.fetch(LIST_LINE, unit)]


async def list_own(conn: Connection, units: Collection[UnitId]) -> list[UnitPolicy]:
    """Return the policies that these units have themselves."""
    return [policy_from_row(row) for row in await conn.fetch(LIST_OWN, list(units))]


async def save_policy(conn: Connection, policy: UnitPolicy) -> None:
    """Write the policy of a unit that is locked, at its next version."""
    terms = policy.terms
    await conn.execute(
        SAVE_POLICY,
        policy.unit,
        terms.horizon_days,
        terms.most_open,
        terms.invite_lead_days,
        terms.set_up_minutes,
        terms.tear_down_minutes,
    )
