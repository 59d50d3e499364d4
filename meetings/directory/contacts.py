"""Contacts: added, changed and forgotten; the audit says that it was done, not who it was."""

from __future__ import annotations

from dataclasses import fields

from meetings.audit import record
from meetings.directory.duties import Contact, ContactId, NewContact
from meetings.directory.errors import StaleRecord
from meetings.store import Connection
from meetings.store import contacts as store


async def add_contact(conn: Connection, new: NewContact, *, by: str) -> Contact:
    """Write down whom to call."""
    identity = await store.insert_contact(conn, new)
    named = {field.name: getattr(new, field.name) for field in fields(new)}
    added = Contact(id=identity, **named)
    await _tell(conn, added, "contact.add", by=by, duty=added.duty.value)
    return added


async def locked_contact(
    conn: Connection, contact: ContactId, version: int | None = None
) -> Contact:
    """Return the contact to somebody about to change it.

    Raises:
        ContactNotFound: there is none of that id.
        StaleRecord: somebody else changed it first (a version of None is never stale).
    """
    found = await store.lock_contact(conn, contact)
    if version is not None and version != found.version:
        raise StaleRecord("contact", contact)
    return found


async def change_contact(conn: Connection, before: Contact, after: Contact, *, by: str) -> Contact:
    """Write what is different about a contact that was locked; nothing different, nothing done."""
    if after == before:
        return before
    saved = await store.save_contact(conn, after)
    changed = sorted(
        one.name
        for one in fields(after)
        if one.name != "version" and getattr(before, one.name) != getattr(after, one.name)
    )
    await _tell(conn, saved, "contact.change", by=by, fields=changed)
    return saved


async def forget_contact(conn: Connection, contact: Contact, *, by: str) -> None:
    """Forget a contact that was locked."""
    await store.delete_contact(conn, contact.id)
    await _tell(conn, contact, "contact.forget", by=by, duty=contact.duty.value)


async def _tell(
    conn: Connection, contact: Contact, action: str, *, by: str, **detail: object
) -> None:
    await record(
        conn,
        actor=by,
        action=action,
        subject=f"contact:{contact.id}",
        unit=contact.unit,
        detail=detail,
        news=("directory",),
    )
