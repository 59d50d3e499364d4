"""Contacts: found by their id, else by unit, duty and name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from meetings.directory.contacts import add_contact, change_contact
from meetings.directory.duties import Contact, NewContact
from meetings.model import SiteId, Unit, UnitId
from meetings.store import Connection
from meetings.store.contacts import list_of_units
from meetings.store.sites import list_site_records
from web.directory.contacts import ContactBody
from web.ledgers.model import Clerk, Difference, Draft, Row, compared, day_text, given, read_row
from web.ledgers.sites import kept_units
from web.permissions import Permission

Halls = Mapping[tuple[UnitId, str], SiteId]


class Contacts:
    """The ledger of contacts."""

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "id",
        "unit",
        "hall",
        "duty",
        "name",
        "title",
        "phone",
        "email",
        "valid_from",
        "valid_to",
    )
    NEEDED: ClassVar[tuple[str, ...]] = ("unit", "duty", "name")
    PERMISSION: ClassVar[Permission] = Permission.MANAGE_DIRECTORY

    async def listing(self, conn: Connection, clerk: Clerk) -> list[tuple[str, ...]]:
        """Return every contact of today's units."""
        units = {unit.id: unit for unit in (await kept_units(conn, clerk)).values()}
        names = {site: name for (_, name), site in (await halls_of(conn, clerk)).items()}
        found = await list_of_units(conn, list(units))
        return [(str(one.id), *cells_of(one, units[one.unit].code, names)) for one in found]

    async def carry_out(self, conn: Connection, clerk: Clerk, rows: Sequence[Row]) -> Draft:
        """Add and change contacts."""
        draft, units = Draft(), await kept_units(conn, clerk)
        halls = await halls_of(conn, clerk)
        found = await list_of_units(conn, [unit.id for unit in units.values()])
        by_id = {str(one.id): one for one in found}
        by_name = {(one.unit, one.duty.value, one.name): one for one in found}
        for row in rows:
            body = read_row(
                draft, row, ContactBody, given(row, (*self.COLUMNS[1:2], *self.COLUMNS[3:]))
            )
            if body is None:
                continue
            unit = units.get(body.unit)
            if unit is None:
                draft.wrong(row, "unit", "unknown-unit")
                continue
            hall = halls.get((unit.id, row.get("hall")))
            known = by_id.get(row.get("id")) or by_name.get((unit.id, body.duty.value, body.name))
            if row.get("id") and row.get("id") not in by_id:
                draft.wrong(row, "id", "unknown-record")
            elif row.get("hall") and hall is None:
                draft.wrong(row, "hall", "unknown-hall")
            else:
                names = {site: name for (_, name), site in halls.items()}
                await write(
                    conn,
                    clerk,
                    draft,
                    row,
                    new=wanted(body, unit, hall),
                    known=known,
                    unit=unit,
                    names=names,
                )
        return draft


async def halls_of(conn: Connection, clerk: Clerk) -> Halls:
    """Return today's halls by their unit and name."""
    found = await list_site_records(conn, clerk.today)
    return {(one.unit_id, one.name): one.id for one in found}


def wanted(body: ContactBody, unit: Unit, hall: SiteId | None) -> NewContact:
    """Return the contact that a row describes, all of it."""
    values: dict[str, Any] = body.model_dump(exclude={"unit", "site"})
    return NewContact(unit=unit.id, site=hall, **values)


async def write(
    conn: Connection,
    clerk: Clerk,
    draft: Draft,
    row: Row,
    *,
    new: NewContact,
    known: Contact | None,
    unit: Unit,
    names: Mapping[SiteId, str],
) -> None:
    """Write one contact."""
    label, by = f"{unit.name} · {new.name}", clerk.actor.name
    if known is None:
        await add_contact(conn, new, by=by)
        draft.differences.append(Difference(line=row.line, what="add", label=label))
        return
    values = {name: getattr(new, name) for name in NewContact.__slots__}
    after = replace(known, **values)
    before, then = cells_of(known, unit.code, names), cells_of(after, unit.code, names)
    changes = compared(Contacts.COLUMNS[1:], before, then)
    await change_contact(conn, known, after, by=by)
    what = "change" if changes else "same"
    draft.differences.append(Difference(line=row.line, what=what, label=label, changes=changes))


def cells_of(contact: NewContact, unit: str, names: Mapping[SiteId, str]) -> tuple[str, ...]:
    """Return a contact as the file shows it, without its id."""
    return (
        unit,
        names.get(contact.site, "") if contact.site is not None else "",
        contact.duty.value,
        contact.name,
        contact.title,
        contact.phone,
        contact.email,
        day_text(contact.valid_from),
        day_text(contact.valid_to),
    )
