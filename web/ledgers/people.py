"""People: found by their login; what they may do as `role@unit`, and never a password.

Somebody new signs in by a link of one use, which is made on the page of people or by a call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from meetings.model import Person, Role
from meetings.people.grants import add_person, amend_person
from meetings.people.plan import Known
from meetings.store import Connection
from meetings.store.enrolment import hold_known, list_known
from meetings.store.people import count_admins
from web.input.forms import Body
from web.input.words import LINE, Mail, Name, NewLogin, UnitCode
from web.ldap.model import Service
from web.ledgers.model import Clerk, Difference, Draft, Row, compared, given, read_row
from web.ledgers.staff import Staff, read_roles, staff_of
from web.permissions import Permission
from web.store.sessions import delete_sessions_of

Login = Annotated[
    str, LINE, AfterValidator(str.lower), Field(strict=True, min_length=1, max_length=200)
]


class PersonRow(Body):
    """What a row says of a person; what it leaves out stays, or is usual."""

    login: Login
    name: Name
    unit: UnitCode
    email: Mail = ""
    active: Literal["yes", "no"] = "yes"
    locale: Literal["vi", "en"] = "vi"


class NewPersonRow(PersonRow):
    """What a row says of somebody new, who has a login of our own."""

    login: NewLogin


class People:
    """The ledger of people."""

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "login",
        "name",
        "email",
        "unit",
        "roles",
        "active",
        "locale",
    )
    NEEDED: ClassVar[tuple[str, ...]] = ("login",)
    PERMISSION: ClassVar[Permission] = Permission.MANAGE_PEOPLE

    async def listing(self, conn: Connection, clerk: Clerk) -> list[tuple[str, ...]]:
        """Return the people all of whose roles the clerk manages."""
        staff = await staff_of(conn, clerk, await list_known(conn))
        people = [one.person for one in staff.known.values()]
        return [staff.cells_of(one) for one in people if staff.is_kept(one)]

    async def carry_out(self, conn: Connection, clerk: Clerk, rows: Sequence[Row]) -> Draft:
        """Add and change people; somebody who administers everything stays able to sign in."""
        draft, staff = Draft(), await staff_of(conn, clerk, await hold_known(conn))
        admins, met, lessened = await count_admins(conn), set[str](), list[Row]()
        for row in rows:
            login = row.get("login").lower()
            if login in met:
                draft.wrong(row, "login", "same-login")
                continue
            met.add(login)
            if known := staff.known.get(login):
                if await change(conn, draft, staff, row, known):
                    lessened.append(row)
            else:
                await add(conn, draft, staff, row)
        if admins and lessened and not await count_admins(conn):
            for row in lessened:
                draft.wrong(row, "roles" if row.get("roles") else "active", "last-admin")
        return draft


def led_by(service: Service | None) -> frozenset[str]:
    """Return the columns that a directory service says of those who come from it."""
    if service is None:
        return frozenset()
    return frozenset({"name", "email", "active"} | ({"roles"} if service.groups else set()))


async def add(conn: Connection, draft: Draft, staff: Staff, row: Row) -> None:
    """Add somebody, who signs in once a link was made for them."""
    said = given(row, PersonRow.model_fields)
    body = read_row(draft, row, NewPersonRow, said | {"login": row.get("login").lower()})
    grants = read_roles(draft, staff, row, ())
    unit = staff.kept.get(row.get("unit"))
    if row.get("unit") and unit is None:
        draft.wrong(row, "unit", "unknown-unit")
    elif body is not None and unit is not None and grants is not None:
        if body.active == "no":
            draft.wrong(row, "active", "new-is-active")
            return
        by, label = staff.clerk.actor.name, label_of(body.name, body.login)
        await add_person(
            conn,
            login=body.login,
            name=body.name,
            email=body.email,
            locale=body.locale,
            unit=unit.id,
            grants=grants,
            by=by,
        )
        draft.differences.append(Difference(line=row.line, what="add", label=label))


async def change(conn: Connection, draft: Draft, staff: Staff, row: Row, known: Known) -> bool:
    """Change somebody; tell whether they administer less than before."""
    before = known.person
    if not staff.is_kept(before):
        draft.wrong(row, "login", "login-taken")
        return False
    after = changed(draft, staff, row, before)
    if after is None or not may_change(draft, staff, row, known, after):
        return False
    changes = compared(People.COLUMNS, staff.cells_of(before), staff.cells_of(after))
    await amend_person(conn, before, after, by=staff.clerk.actor.name)
    if before.active and not after.active:
        await delete_sessions_of(conn, before.id)
    what, label = "change" if changes else "same", label_of(after.name, after.login)
    draft.differences.append(Difference(line=row.line, what=what, label=label, changes=changes))
    return is_less(before, after)


def changed(draft: Draft, staff: Staff, row: Row, before: Person) -> Person | None:
    """Return what a row makes of a person; empty cells change nothing."""
    held = staff.units[before.unit_id]
    usual = {"name": before.name, "unit": held.code, "email": before.email}
    usual |= {"locale": before.locale, "active": "yes" if before.active else "no"}
    said = usual | given(row, usual) | {"login": before.login}
    body = read_row(draft, row, PersonRow, said)
    grants = read_roles(draft, staff, row, before.grants) if row.get("roles") else before.grants
    unit = held if said["unit"] == held.code else staff.kept.get(said["unit"])
    if unit is None:
        draft.wrong(row, "unit", "unknown-unit")
    if body is None or grants is None or unit is None:
        return None
    return replace(
        before,
        name=body.name,
        email=body.email,
        unit_id=unit.id,
        locale=body.locale,
        active=body.active == "yes",
        grants=frozenset(grants),
    )


def may_change(draft: Draft, staff: Staff, row: Row, known: Known, after: Person) -> bool:
    """Tell whether a row may do that: not what the directory service says, nor shut oneself out."""
    before, wrong = known.person, []
    differing = {
        "name": before.name != after.name,
        "email": before.email != after.email,
        "roles": before.grants != after.grants,
        "active": before.active != after.active,
    }
    if known.key:
        wrong += [(one, "led-by-directory") for one in sorted(staff.clerk.led) if differing[one]]
    if before.id == staff.clerk.actor.person and is_less(before, after):
        wrong.append(("roles" if after.active else "active", "not-oneself"))
    for column, code in wrong:
        draft.wrong(row, column, code)
    return not wrong


def is_less(before: Person, after: Person) -> bool:
    """Tell whether somebody administers less than before, or can sign in no more."""
    lost = before.grants - after.grants
    gone = before.active and not after.active
    return gone or any(one.role is Role.ADMIN for one in lost)


def label_of(name: str, login: str) -> str:
    """Return how a person is called in the list of differences."""
    return f"{name} ({login})"
