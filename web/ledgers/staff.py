"""Everybody as a file of people names them, and what they may do as `role@unit`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from meetings.directory.finding import units_by_ids
from meetings.model import Grant, Person, Role, Unit, UnitId
from meetings.people.plan import Known
from meetings.store import Connection
from web.ledgers.model import Clerk, Draft, Row
from web.ledgers.sites import kept_units
from web.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Everybody by their login, the units that they and their roles name, and those one keeps."""

    known: Mapping[str, Known]
    units: Mapping[UnitId, Unit]
    kept: Mapping[str, Unit]
    clerk: Clerk

    def is_kept(self, person: Person) -> bool:
        """Tell whether the clerk manages all that a person may do."""
        own = {person.unit_id, *(one.unit for one in person.grants)}
        paths = (self.units[one].path for one in own)
        return all(self.clerk.may(Permission.MANAGE_PEOPLE, path) for path in paths)

    def role_words(self, given: Grant) -> str:
        """Write a role over a unit."""
        return f"{given.role.value}@{self.units[given.unit].code}"

    def cells_of(self, person: Person) -> tuple[str, ...]:
        """Return a person as the file shows one."""
        return (
            person.login,
            person.name,
            person.email,
            self.units[person.unit_id].code,
            "; ".join(sorted(map(self.role_words, person.grants))),
            "yes" if person.active else "no",
            person.locale,
        )


async def staff_of(conn: Connection, clerk: Clerk, known: Collection[Known]) -> Staff:
    """Return everybody with the units that they, and those whom the clerk keeps, belong to."""
    named = {one.person.unit_id for one in known}
    named |= {one.unit for each in known for one in each.person.grants}
    kept = await kept_units(conn, clerk, Permission.MANAGE_PEOPLE)
    return Staff(
        known={one.person.login: one for one in known},
        units=await units_by_ids(conn, named) | {one.id: one for one in kept.values()},
        kept=kept,
        clerk=clerk,
    )


def read_roles(
    draft: Draft, staff: Staff, row: Row, held: Collection[Grant]
) -> frozenset[Grant] | None:
    """Return the roles that a row gives over units that the clerk keeps, or note what is wrong.

    What somebody holds already stays, also over a unit that is no more.  A cell that names none is
    wrong: it neither gives nor takes all that somebody may do.
    """
    words: dict[str, set[Grant]] = {}
    for one in held:
        words.setdefault(staff.role_words(one), set()).add(one)
    found, fine = set[Grant](), True
    for text in filter(None, (part.strip() for part in re.split("[;,]", row.get("roles")))):
        role, _, code = text.partition("@")
        unit = staff.kept.get(code.strip())
        if text in words:
            found |= words[text]
        elif role.strip() not in set(Role) or not code:
            draft.wrong(row, "roles", "no-such-role", (("text", text[:60]),))
            fine = False
        elif unit is None:
            draft.wrong(row, "roles", "unknown-unit")
            fine = False
        else:
            found.add(Grant(role=Role(role.strip()), unit=unit.id))
    if fine and not found:
        draft.wrong(row, "roles", "required")
    return frozenset(found) if fine and found else None
