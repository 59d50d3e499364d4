"""What a conference that had to give way says of itself: to whom, when, and what is free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from meetings.approval.chains import Request
from meetings.directory.finding import units_by_ids
from meetings.errors import MeetingsError
from meetings.model import ConferenceId, State
from meetings.rules import wish_of
from meetings.scheduling.claiming import refusal
from meetings.scheduling.conferences import conferences_by_ids
from meetings.store import Connection
from meetings.store.approvals import list_displaced
from web.access.visibility import known_of
from web.pages.booking.chairing import words_of_chair
from web.pages.booking.clashing import Way, read_clash, way
from web.pages.booking.wishing import typed_of
from web.pages.conference.conferences import Found, unit_name
from web.pages.reading import Reader
from web.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class GaveWay:
    """Who took the halls and when; `ways` are other times for who books for the host."""

    to: str
    when: str
    at: str
    ways: Sequence[Way]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A conference of the reader's that had to give way, as Today names it."""

    id: ConferenceId
    title: str
    when: str


async def gave_way_of(
    conn: Connection, found: Found, asked: Request, reader: Reader
) -> GaveWay | None:
    """Return to whom it gave way while it waits again; its title only where it may be known."""
    if asked.displaced_by is None or found.conference.state is not State.REQUESTED:
        return None
    (winner,) = await conferences_by_ids(conn, [asked.displaced_by])
    hosts = await units_by_ids(conn, {winner.host})
    known = await known_of(conn, reader.actor, [winner], hosts)
    host = unit_name(hosts[winner.host], reader.speech)
    books = found.is_mine(reader, Permission.BOOK)
    return GaveWay(
        to=f"{host} ({winner.title})" if winner.id in known else host,
        when=reader.speech.span(winner.period),
        at=reader.speech.moment(asked.asked_at, today=reader.now),
        ways=await ways_of(conn, found, reader) if books else (),
    )


async def ways_of(conn: Connection, found: Found, reader: Reader) -> Sequence[Way]:
    """Return changes that are ready to be sent, as the letter offers them.

    There are none where its halls are free again.
    """
    conference = found.conference
    try:
        busy = await refusal(conn, wish_of(conference), now=reader.now, own=conference.id)
    except MeetingsError:
        # Its time is over or a hall is gone: the form of a change says so.
        return ()
    if not busy.rivals:
        return ()
    clash = await read_clash(conn, reader, busy)
    chair = await words_of_chair(conn, conference)
    typed = typed_of(conference, found.host.code, chair=chair)
    verb = reader.speech.tell("Ask for this instead")
    return [replace(way(one, clash, typed, reader), verb=verb) for one in busy.alternatives]


async def gave_way_for(conn: Connection, reader: Reader) -> list[Card]:
    """Return what had to give way and whose time is still to come, of those the reader books for.

    They stand first on Today: whoever booked them believes that they have the halls.
    """
    units = reader.units(Permission.BOOK)
    found = await list_displaced(conn, units, after=reader.now) if units else []
    known = await conferences_by_ids(conn, found)
    return [
        Card(id=one.id, title=one.title, when=reader.speech.span(one.period))
        for one in sorted(known, key=lambda one: (one.period.start, one.id))
    ]
