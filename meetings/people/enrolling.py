"""A plan about the people of a directory service, carried out and written down."""

from __future__ import annotations

from collections.abc import Mapping

from meetings.model import Unit, UnitId
from meetings.people.grants import add_person, amend_person, disallow
from meetings.people.plan import Change, Entry, Plan
from meetings.store import Connection, enrolment


async def carry_out(
    conn: Connection, plan: Plan, *, units: Mapping[UnitId, Unit], root: UnitId, by: str
) -> None:
    """Do what the plan says; nobody who is passed over is touched.

    Raises:
        LoginTaken: somebody added a person of that login meanwhile.
    """
    for one in plan.gone:
        await disallow(conn, one.person.id, by=by)
    for change in plan.changed:
        await change_person(conn, change, by=by)
    for entry in plan.added:
        person = await add_person(
            conn,
            login=entry.login,
            name=entry.name,
            email=entry.email,
            unit=home_of(entry, units, root),
            grants=entry.grants,
            by=by,
        )
        await enrolment.bind_person(conn, person.id, entry.key)


def home_of(entry: Entry, units: Mapping[UnitId, Unit], root: UnitId) -> UnitId:
    """Return the unit to which somebody belongs: the lowest over which they hold a role."""
    held = {given.unit for given in entry.grants}
    return min(held, key=lambda one: (-len(units[one].path), one), default=root)


async def change_person(conn: Connection, change: Change, *, by: str) -> None:
    """Write what is different about one person; whoever is adopted is bound to their entry."""
    before, after = change.before.person, change.after.person
    if change.adopted:
        await enrolment.bind_person(conn, after.id, change.after.key)
    await amend_person(conn, before, after, by=by, also={"key"} if change.adopted else ())
