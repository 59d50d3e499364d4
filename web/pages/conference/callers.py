"""Whom to call, as the pages of units, halls and conferences show it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from meetings.directory.duties import Contact, ContactId, to_call
from meetings.model import Site, SiteId, UnitId
from meetings.store import Connection
from meetings.store.contacts import list_of_units
from web.formats import local_day, short_date
from web.pages.conference.conferences import OPEN, Found
from web.pages.reading import Reader
from web.permissions import Permission
from web.wording import directory_phrases
from web.wording.speech import Speech


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

    @property
    def dial(self) -> str:
        """Return the number as a telephone takes it: digits alone, without an extension."""
        return dial(self.phone)


def dial(phone: str) -> str:
    """Return a number as a telephone takes it."""
    return re.sub(r"[^0-9+]", "", phone.partition("x")[0])


MOST_OF_A_HALL = 2


async def callers_of(
    conn: Connection, sites: Collection[Site], speech: Speech, *, on: date
) -> Mapping[SiteId, list[Caller]]:
    """Return for each hall the first who can be rung on that day, asked for in one query.

    A hall of which nobody is named has its own telephone, if that.
    """
    known: dict[UnitId, list[Contact]] = {}
    for one in await list_of_units(conn, {site.unit_id for site in sites}) if sites else ():
        known.setdefault(one.unit, []).append(one)
    found = {}
    for site in sites:
        able = [one for one in to_call(known.get(site.unit_id, ()), on, site.id) if one.phone]
        named = [caller(one, speech, on) for one in able[:MOST_OF_A_HALL]]
        found[site.id] = named or ([hall_phone(site)] if site.phone else [])
    return found


async def callers_for(
    conn: Connection, found: Found, reader: Reader
) -> Mapping[SiteId, list[Caller]]:
    """Return whom to ring for each hall, on the day of the conference, to who may know."""
    conference = found.conference
    if conference.state not in OPEN or not reader.holds(Permission.READ_SITES):
        return {}
    on = max(reader.day, local_day(conference.period.start))
    return await callers_of(conn, list(found.sites.values()), reader.speech, on=on)


def hall_phone(site: Site) -> Caller:
    """Return the hall's own telephone, which anybody may answer."""
    return Caller(
        id=ContactId(0), name="", second="", phone=site.phone, email="", dates="", on_duty=True
    )


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
