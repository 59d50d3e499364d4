"""Whom to call, as the pages of units, halls and conferences show it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from meetings.duties import Contact, ContactId, to_call
from meetings.model import SiteId, UnitId
from meetings.store import Connection
from meetings.store.contacts import list_of_units
from web import directory_phrases
from web.formats import short_date
from web.pages.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody to call; `dates` are told where there are any."""

    id: ContactId
    name: str
    second: str
    phone: str
    email: str
    dates: str
    on_duty: bool


async def callers(
    conn: Connection,
    units: Collection[UnitId],
    speech: Speech,
    *,
    on: date,
    site: SiteId | None = None,
) -> list[Caller]:
    """Return who can be called on that day about these units, or about one hall of them."""
    found = await list_of_units(conn, units)
    return [caller(one, speech, on) for one in to_call(found, on, site)]


async def all_callers(conn: Connection, unit: UnitId, speech: Speech, *, on: date) -> list[Caller]:
    """Return every contact of a unit: those on duty first, then the others."""
    found = await list_of_units(conn, [unit])
    able = to_call(found, on)
    return [caller(one, speech, on) for one in [*able, *(x for x in found if x not in able)]]


def caller(contact: Contact, speech: Speech, on: date) -> Caller:
    """Return one contact in words."""
    words = [contact.title, speech.word(directory_phrases.DUTIES[contact.duty.value])]
    return Caller(
        id=contact.id,
        name=contact.name,
        second=" · ".join(word for word in words if word),
        phone=contact.phone,
        email=contact.email,
        dates=dates_of(contact, speech),
        on_duty=contact.is_on_duty(on),
    )


def dates_of(contact: Contact, speech: Speech) -> str:
    """Say since when and until before which day, where it has limits."""
    parts = []
    if contact.valid_from:
        parts.append(speech.tell("since %(start)s", start=short_date(contact.valid_from)))
    if contact.valid_to:
        last = date.fromordinal(contact.valid_to.toordinal() - 1)
        parts.append(speech.tell("until %(end)s", end=short_date(last)))
    return ", ".join(parts)
