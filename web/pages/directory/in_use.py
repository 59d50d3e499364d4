"""What keeps a unit or an official: the coming conferences that still need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from meetings.directory.errors import Obligation, Seat
from meetings.store import Connection
from web.access.visibility import known_ids
from web.pages.reading import reader_of
from web.wording.sentences import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A conference in the way, and what to do about it first."""

    title: str
    url: str
    when: str
    todo: str


async def uses_of(
    conn: Connection, request: web.Request, found: Sequence[Obligation | Seat]
) -> Sequence[Use]:
    """Return the conferences in the way, titles only for those who may know them."""
    if not found:
        return ()
    reader = reader_of(request)
    known = await known_ids(conn, reader.actor, [one.conference for one in found])
    hidden = reader.speech.tell("A conference of others")
    return [
        Use(
            title=one.title if one.conference in known else hidden,
            url=f"/conferences/{one.conference}" if one.conference in known else "",
            when=reader.speech.span(one.period),
            todo=say(request, one.todo),
        )
        for one in found
    ]
