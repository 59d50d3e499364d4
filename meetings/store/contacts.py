"""Contacts of units and halls."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

import asyncpg

from meetings.directory.duties import Contact, ContactId, Duty, NewContact
from meetings.directory.errors import ContactNotFound
from meetings.model import UnitId
from meetings.store import Connection

INSERT_CONTACT = """
    INSERT INTO contacts (unit_id, site_id, duty, name, title, phone, email, valid)
    VALUES ($1, $2, $3, $4, $5, $6, $7, daterange($8, $9))
    RETURNING id
"""
SAVE_CONTACT = """
    UPDATE contacts
       SET unit_id = $2, site_id = $3, duty = $4, name = $5, title = $6, phone = $7, email = $8,
           valid = daterange($9, $10), version = $11
     WHERE id = $1
"""
DELETE_CONTACT = """
    DELETE FROM contacts WHERE id = $1
"""
LOCK_CONTACT = """
    SELECT id, unit_id, site_id, duty, name, title, phone, email, lower(valid) AS valid_from,
           upper(valid) AS valid_to, version
      FROM contacts WHERE id = $1 FOR UPDATE
"""
LIST_OF_UNITS = """
    SELECT id, unit_id, site_id, duty, name, title, phone, email, lower(valid) AS valid_from,
           upper(valid) AS valid_to, version
      FROM contacts WHERE unit_id = ANY ($1::bigint[]) ORDER BY unit_id, id
"""
LIST_CONTACTS = """
    SELECT c.id, c.unit_id, c.site_id, c.duty, c.name, c.title, c.phone, c.email,
           lower(c.valid) AS valid_from, upper(c.valid) AS valid_to, c.version
      FROM contacts c
      JOIN units u ON u.id = c.unit_id
     WHERE ($1::date IS NULL OR c.valid @> $1)
       AND ($2::bigint IS NULL OR u.path @> ARRAY[$2::bigint])
       AND ($3::bigint IS NULL OR c.site_id = $3)
       AND ($4::text IS NULL OR c.duty = $4)
       AND c.id > $5
     ORDER BY c.id
     LIMIT $6
"""


def contact_from_row(row: asyncpg.Record) -> Contact:
    """Return the contact of a row that spells the columns out as above."""
    return Contact(
        id=row["id"],
        unit=row["unit_id"],
        site=row["site_id"],
        duty=Duty(row["duty"]),
        name=row["name"],
        title=row["title"],
        phone=row["phone"],
        email=row["email"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        version=row["version"],
    )


def _values(contact: NewContact) -> tuple[object, ...]:
    return (
        contact.unit,
        contact.site,
        contact.duty.value,
        contact.name,
        contact.title,
        contact.phone,
        contact.email,
        contact.valid_from,
        contact.valid_to,
    )


async def insert_contact(conn: Connection, contact: NewContact) -> ContactId:
    """Add a contact."""
    return ContactId(await conn.fetchval(INSERT_CONTACT, *_values(contact)))


async def save_contact(conn: Connection, contact: Contact) -> Contact:
    """Write a contact that was locked, as its next version."""
    after = replace(contact, version=contact.version + 1)
    await conn.execute(SAVE_CONTACT, after.id, *_values(after), after.version)
    return after


async def delete_contact(conn: Connection, contact: ContactId) -> None:
    """Forget a contact."""
    await conn.execute(DELETE_CONTACT, contact)


async def lock_contact(conn: Connection, contact: ContactId) -> Contact:
    """Return the contact, locked until the transaction ends."""
    row = await conn.fetchrow(LOCK_CONTACT, contact)
    if row is None:
        raise ContactNotFound(contact)
    return contact_from_row(row)


async def list_of_units(conn: Connection, units: Collection[UnitId]) -> list[Contact]:
    """Return every contact of these units, past and future ones too."""
    return [contact_from_row(row) for row in await conn.fetch(LIST_OF_UNITS, list(units))]


async def list_contacts(
    conn: Connection,
    *,
    on: date | None,
    below: int | None,
    site: int | None,
    duty: Duty | None,
    after: int,
    limit: int,
) -> list[Contact]:
    """Return contacts by their id, those after one of them."""
    wanted = None if duty is None else duty.value
    rows = await conn.fetch(LIST_CONTACTS, on, below, site, wanted, after, limit)
    return [contact_from_row(row) for row in rows]
