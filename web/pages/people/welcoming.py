"""Sign-in links: for one person anew, or for all at once who have not chosen a password yet."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from meetings.model import Person, PersonId
from meetings.people.grants import list_people
from meetings.store import Connection
from meetings.store.enrolment import hold_people
from web.answers import redirect
from web.directory.people import find_invited, invited_of, is_led, link_for
from web.pages.booking.wishing import Typed
from web.pages.people.people import FIELDS, PAGE, OnceLink, people_page
from web.pages.reading import Reader, after_in, number_in, reader_of, word_in
from web.permissions import Permission
from web.routes import Routes
from web.transactions import transaction

routes = Routes()


@routes.post("/people/{id:[0-9]+}/link", allow=Permission.MANAGE_PEOPLE)
async def invite(request: web.Request) -> web.StreamResponse:
    """Make a new sign-in link and show it, this once."""
    reader = reader_of(request)
    async with transaction(request) as conn:
        number = PersonId(number_in(request, "id"))
        person = await find_invited(conn, request, number, on=reader.day)
        if await is_led(conn, request, person):
            return redirect("/people?said=directory-person")
        links = await links_for(conn, request, reader, [person])
    return await shown(request, reader, links)


@routes.post("/people/links", allow=Permission.MANAGE_PEOPLE)
async def invite_all(request: web.Request) -> web.StreamResponse:
    """Make a link for each on this page of the list who has no password, and show them, once."""
    reader = reader_of(request)
    async with transaction(request) as conn:
        await hold_people(conn)
        found = await list_people(
            conn,
            units=reader.units(Permission.MANAGE_PEOPLE),
            q=word_in(request),
            after=after_in(request, PersonId),
            limit=PAGE,
            waiting=True,
        )
        invited = await invited_of(conn, reader.actor, found, on=reader.day)
        links = await links_for(conn, request, reader, invited)
    return await shown(request, reader, links)


async def links_for(
    conn: Connection, request: web.Request, reader: Reader, people: Sequence[Person]
) -> list[OnceLink]:
    """Return a new link for each; their older ones open nothing any more."""
    by, now = reader.actor.name, reader.now
    return [
        OnceLink(name=one.name, url=await link_for(conn, request, one, by=by, now=now))
        for one in people
    ]


async def shown(request: web.Request, reader: Reader, links: Sequence[OnceLink]) -> web.Response:
    """Return the list of people with the links above it."""
    empty = Typed(values=dict.fromkeys(FIELDS, ""))
    return await people_page(request, reader, empty, links=links)
