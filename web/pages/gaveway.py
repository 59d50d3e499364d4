"""What a conference that had to give way says of itself: to whom, when, and what is free."""

from __future__ import annotations

from dataclasses import dataclass

from meetings.chains import Request
from meetings.claiming import refusal
from meetings.conferences import conferences_by_ids
from meetings.directory import units_by_ids
from meetings.errors import MeetingsError
from meetings.model import Conference, State
from meetings.rules import wish_of
from meetings.store import Connection
from web.pages.conferences import Found, unit_name
from web.pages.reading import Reader
from web.permissions import Permission
from web.visibility import known_of


@dataclass(frozen=True, slots=True, kw_only=True)
class GaveWay:
    """Who took the halls and when; `ways` are other times for who books for the host."""

    to: str
    when: str
    at: str
    ways: tuple[str, ...]


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
        ways=await ways_of(conn, found.conference, reader) if books else (),
    )


async def ways_of(conn: Connection, conference: Conference, reader: Reader) -> tuple[str, ...]:
    """Return other times and halls, as the letter offers them; none where its halls are free."""
    try:
        busy = await refusal(conn, wish_of(conference), now=reader.now, own=conference.id)
    except MeetingsError:
        # Its time is over or a hall is gone: the form of a change says so.
        return ()
    speech = reader.speech
    return tuple(
        f"{speech.span(one.period)} · "
        + speech.tell_many("%(n)s hall", "%(n)s halls", len(one.sites))
        for one in busy.alternatives
        if busy.rivals
    )
