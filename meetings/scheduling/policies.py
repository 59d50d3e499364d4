"""What a unit and those below it book by: read with who says it, changed at a version."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from meetings.audit import record
from meetings.conflicts.facts import Policy
from meetings.directory.errors import StaleRecord
from meetings.ids import UnitId
from meetings.scheduling.halls import BUFFERS
from meetings.scheduling.reaches import list_sites_below, reckon_again
from meetings.store import Connection
from meetings.store import policies as store
from meetings.store.directory import lock_unit
from meetings.store.policies import PolicyTerms, UnitPolicy

__all__ = ["PolicyTerms", "UnitPolicy"]

USUAL = PolicyTerms(
    invite_lead_days=Policy().invite_lead_days,
    set_up_minutes=0,
    tear_down_minutes=0,
)
"""By what a unit books where nobody says anything; None is without limit."""
TERMS = tuple(field.name for field in fields(PolicyTerms))
LIMITS = ("horizon_days", "most_open")
"""What refuses a booking; a unit alone may only narrow these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a unit's own policy says, what is in force there, and which unit says each of it."""

    own: UnitPolicy
    in_force: PolicyTerms
    said_by: Mapping[str, UnitId]


def standing(own: UnitPolicy, line: Sequence[UnitPolicy]) -> Standing:
    """Return what is in force at the end of a line of policies, the topmost first."""
    in_force, said_by = USUAL, dict[str, UnitId]()
    for policy in line:
        said = {name: getattr(policy.terms, name) for name in TERMS}
        given = {name: value for name, value in said.items() if value is not None}
        in_force = replace(in_force, **given)
        said_by |= dict.fromkeys(given, policy.unit)
    return Standing(own=own, in_force=in_force, said_by=said_by)


async def list_policies(
    conn: Connection, units: Collection[UnitId], *, after: UnitId | None = None, limit: int = 200
) -> list[UnitPolicy]:
    """Return the policies that stand in these subtrees."""
    return await store.list_policies(conn, units, after=after, limit=limit)


async def policy_of(conn: Connection, unit: UnitId) -> Standing:
    """Return what the unit books by; one that says nothing itself has a policy of version 0."""
    line = await store.list_line(conn, unit)
    own = line[-1] if line and line[-1].unit == unit else UnitPolicy(unit=unit)
    return standing(own, line)


def loosened(found: Standing, above: Standing, changes: Mapping[str, int | None]) -> dict[str, int]:
    """Return which limits the changes would widen, with what is allowed now; no limit is widest."""
    allowed = {name: getattr(found.in_force, name) for name in LIMITS if name in changes}
    wished = {
        name: getattr(above.in_force, name) if changes[name] is None else changes[name]
        for name in allowed
    }
    return {
        name: most
        for name, most in allowed.items()
        if most is not None and (wished[name] is None or wished[name] > most)
    }


async def change_policy(
    conn: Connection,
    unit: UnitId,
    changes: Mapping[str, int | None],
    *,
    version: int | None,
    by: str,
    now: datetime,
) -> Standing:
    """Change terms of a unit's own policy; None lets the unit above say it.

    What is booked stays booked; halls below are held for it as they need it now, where free.

    Raises:
        StaleRecord: somebody else changed it first (a version of None is never stale).
    """
    await lock_unit(conn, unit)
    before = (await policy_of(conn, unit)).own
    if version is not None and version != before.version:
        raise StaleRecord("policy", unit)
    after = replace(before, terms=replace(before.terms, **changes))
    if after.terms == before.terms:
        return await policy_of(conn, unit)
    await store.save_policy(conn, after)
    detail: dict[str, object] = {
        name: [getattr(before.terms, name), getattr(after.terms, name)]
        for name in TERMS
        if getattr(before.terms, name) != getattr(after.terms, name)
    }
    if BUFFERS & detail.keys():
        halls = await list_sites_below(conn, unit)
        detail |= {"holds": moved} if (moved := await reckon_again(conn, halls, now=now)) else {}
    subject = f"policy:{unit}"
    await record(conn, actor=by, action="policy.change", subject=subject, unit=unit, detail=detail)
    return await policy_of(conn, unit)
