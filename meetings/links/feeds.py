"""A person's calendar feed: an address that needs no sign-in, shown to calendar programs.

Like a link, the address is derived from a key in a file; renewing it raises a generation.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta

from meetings.content.tiers import hidden_from
from meetings.errors import PersonNotFound
from meetings.exporting.calendars import DOMAIN, feed_calendar
from meetings.model import Person, PersonId, UnitId
from meetings.office.workdays import local_day, midnight
from meetings.store import Connection
from meetings.store.directory import list_sites_by_ids
from meetings.store.feeds import get_mark
from meetings.store.listing import every_conference
from meetings.store.people import find_feed_generation, get_person

BEHIND = timedelta(days=93)
AHEAD = timedelta(days=366)
"""How far the feed reaches to both sides of now."""

_SECRET_BYTES = 18
_LONGEST_ID = 19


def feed_name(key: bytes, person: PersonId, generation: int) -> str:
    """Return the part of the address that names the person and proves the right to read."""
    digest = hmac.digest(key, f"{person}/{generation}".encode(), "sha256")
    return f"{person}.{urlsafe_b64encode(digest[:_SECRET_BYTES]).decode()}"


async def feed_of(conn: Connection, person: PersonId, key: bytes) -> str:
    """Return the name of the person's feed as it is now, or raise PersonNotFound."""
    generation = await find_feed_generation(conn, person)
    if generation is None:
        raise PersonNotFound(person)
    return feed_name(key, person, generation)


async def reader_of_feed(
    conn: Connection, name: str, key: bytes, *, older: Sequence[bytes] = ()
) -> Person:
    """Return whose feed it is.

    Raises:
        PersonNotFound: nobody's, or the address was renewed, or the person is no more active.
    """
    person = _person_in(name)
    generation = await find_feed_generation(conn, person)
    if generation is None or not any(
        hmac.compare_digest(name.encode(), feed_name(one, person, generation).encode())
        for one in (key, *older)
    ):
        raise PersonNotFound(person)
    return await get_person(conn, person)


def _person_in(name: str) -> PersonId:
    """Return the id a feed's name begins with, 0 for one that is no name of ours."""
    number = name.partition(".")[0]
    fits = number.isascii() and number.isdecimal() and len(number) < _LONGEST_ID
    return PersonId(int(number) if fits else 0)


async def feed_mark(conn: Connection, person: Person, now: datetime) -> str:
    """Return what stays the same as long as the feed does; quicker than the feed."""
    return await get_mark(conn, _subtrees(person), *_reach(now))


async def feed_file(
    conn: Connection, person: Person, *, name: str, now: datetime, domain: str = DOMAIN
) -> bytes:
    """Return the person's calendar: what is hosted in, or invites, the subtrees of the grants.

    The same conferences give the same bytes.
    """
    after, before = _reach(now)
    found = await every_conference(
        conn, after_moment=after, before_moment=before, units=_subtrees(person)
    )
    sites = {site for conference in found for site in conference.sites}
    known = {site.id: site for site in await list_sites_by_ids(conn, sites)}
    hidden = await hidden_from(conn, _subtrees(person), [one.id for one in found])
    return feed_calendar(found, known, name=name, domain=domain, hidden=hidden)


def _subtrees(person: Person) -> frozenset[UnitId]:
    return frozenset(grant.unit for grant in person.grants)


def _reach(now: datetime) -> tuple[datetime, datetime]:
    """Return from when to when, the same for all of a day."""
    today = midnight(local_day(now))
    return today - BEHIND, today + AHEAD
