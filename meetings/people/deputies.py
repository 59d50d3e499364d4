"""Deputies: a role that one holds oneself, lent to somebody over a subtree for some days."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from meetings.audit import record
from meetings.model import Person, PersonId, Role, Unit, UnitId
from meetings.people.errors import DeputyNotFound, NotFitAsDeputy, NotYoursToLend
from meetings.people.grants import person_by_id
from meetings.store import Connection
from meetings.store import deputies as store
from meetings.store.deputies import Days, Lending

__all__ = ["Days", "Lending", "end", "lend", "list_lendings", "may_end"]


async def lend(
    conn: Connection,
    giver: PersonId,
    deputy: PersonId,
    *,
    role: Role,
    unit: Unit,
    days: Days,
    by: str,
) -> Lending:
    """Lend a role over a unit's subtree.

    Only what stands in the giver's own grants can be lent, so nothing is lent on.

    Raises:
        PersonNotFound, NotFitAsDeputy: the deputy is nobody, inactive, or the giver.
        NotYoursToLend: the giver does not hold the role there, or it is an admin's.
    """
    own, other = await person_by_id(conn, giver), await person_by_id(conn, deputy)
    if deputy == giver or not other.active:
        raise NotFitAsDeputy(f"person {deputy} cannot stand in for {giver}")
    if not may_lend(own, role, unit):
        raise NotYoursToLend(f"person {giver} cannot lend {role} over {unit.id}")
    lending = await store.insert_lending(conn, giver, deputy, role=role, unit=unit.id, days=days)
    detail = {"deputy": deputy, "role": role.value, "over": unit.id}
    detail |= {"from": days.first.isoformat(), "until": days.last.isoformat()}
    await record(
        conn,
        actor=by,
        action="deputy.lend",
        subject=f"person:{giver}",
        unit=own.unit_id,
        detail=detail,
    )
    return lending


def may_lend(giver: Person, role: Role, unit: Unit) -> bool:
    """Tell whether the giver holds the role over the unit; an admin's is never lent."""
    return role is not Role.ADMIN and any(
        one.role is role and one.unit in unit.path for one in giver.grants
    )


def may_end(lending: Lending, person: PersonId, units: Collection[UnitId]) -> bool:
    """Tell whether it is theirs to end: the giver's, and an admin's over the giver's unit."""
    return lending.giver == person or not set(units).isdisjoint(lending.giver_path)


async def list_lendings(
    conn: Connection,
    *,
    person: PersonId | None,
    units: Collection[UnitId],
    after: int = 0,
    limit: int = 200,
) -> list[Lending]:
    """Return what stands: given or held by the person, or given by people of these subtrees."""
    return await store.list_lendings(conn, person=person, units=units, after=after, limit=limit)


async def end(
    conn: Connection,
    number: int,
    *,
    person: PersonId | None,
    units: Collection[UnitId],
    by: str,
    now: datetime,
) -> None:
    """End a lending: the giver may, and an admin over the giver's unit; it stops at once.

    Raises:
        DeputyNotFound: it does not stand, or is not theirs to end.
    """
    lending = await store.end_lending(conn, number, person=person, units=units, now=now)
    if lending is None:
        raise DeputyNotFound(number)
    giver = await person_by_id(conn, lending.giver)
    await record(
        conn,
        actor=by,
        action="deputy.end",
        subject=f"person:{giver.id}",
        unit=giver.unit_id,
        detail={"deputy": lending.deputy, "role": lending.role.value, "over": lending.unit},
    )
