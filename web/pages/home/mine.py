"""What is at hand for one person: favourites, halls used last, and their next sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from meetings.directory.finding import site_by_id
from meetings.errors import GroupNotFound, SitesNotFound
from meetings.model import PersonId, SiteId, State
from meetings.store import Connection
from meetings.store.favourites import (
    is_favourite,
    list_favourite_groups,
    list_favourite_sites,
    list_recent_sites,
    turn_favourite,
)
from meetings.store.groups import get_group
from meetings.store.overview import Whose, list_overlapping
from meetings.store.sites import list_tags
from web.answers import redirect
from web.errors import PageNotFound
from web.formats import local_day, short_date
from web.input.addressed import code_of
from web.pages.looks import Tab
from web.pages.reading import Reader, number_in, reader_of
from web.pages.views.entries import Entry, conference_entry
from web.permissions import Permission
from web.routes import Routes
from web.transactions import transaction
from web.wording.speech import Speech

routes = Routes()

SESSIONS = 5
OVER = {State.CANCELLED, State.ENDED, State.CLOSED, State.REFUSED}
TO_COME = frozenset(State) - OVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """The card on Today; `more` says how many sessions there are where not all are shown."""

    sessions: Sequence[Entry]
    more: str
    favourites: Sequence[Tab]
    recent: Sequence[Tab]


async def mine_of(conn: Connection, reader: Reader, *, until: datetime) -> Mine:
    """Return what is at hand for the reader; a program has nothing of its own."""
    person = reader.actor.person
    coming, total = await list_overlapping(
        conn,
        reader.units(Permission.READ_CONFERENCES),
        start=reader.now,
        end=until,
        begins_after=reader.now,
        states=TO_COME,
        whose=Whose.VISIBLE,
        limit=SESSIONS,
    )
    sessions = [conference_entry(one, reader) for one in coming]
    more = more_words(total, until, reader.speech) if total > len(sessions) else ""
    if person is None:
        return Mine(sessions=sessions, more=more, favourites=(), recent=())
    groups = await list_favourite_groups(conn, person)
    sites = await list_favourite_sites(conn, person, reader.day)
    recent = await list_recent_sites(conn, reader.actor.name, reader.day)
    english = reader.speech.locale == "en"
    tabs = [
        Tab(url=f"/groups/{code}", words=name_en if english and name_en else name, current=False)
        for code, name, name_en in groups
    ]
    tabs += [Tab(url=f"/sites/{one.id}", words=one.label, current=False) for one in sites]
    last = [Tab(url=f"/sites/{one.id}", words=one.label, current=False) for one in recent]
    return Mine(sessions=sessions, more=more, favourites=tabs, recent=last)


def more_words(total: int, until: datetime, speech: Speech) -> str:
    """Say how many sessions there are until the last day that is looked at."""
    last = local_day(until - timedelta.resolution)
    return speech.tell_many(
        "%(n)s session up to %(day)s", "%(n)s sessions up to %(day)s", total, day=short_date(last)
    )


def person_of(reader: Reader) -> PersonId:
    """Return who reads, or raise PageNotFound for a program."""
    if reader.actor.person is None:
        raise PageNotFound
    return reader.actor.person


@routes.post("/sites/{id:[0-9]+}/favourite", allow=Permission.READ_SITES)
async def turn_site(request: web.Request) -> web.Response:
    """Put a hall among one's favourites, or take it away."""
    person, site = person_of(reader_of(request)), SiteId(number_in(request, "id"))
    async with transaction(request) as conn:
        try:
            await site_by_id(conn, site)
        except SitesNotFound as error:
            raise PageNotFound from error
        await turn_favourite(conn, person, "site", str(site))
    return redirect(f"/sites/{site}")


@routes.post("/groups/{code:[^/]{1,60}}/favourite", allow=Permission.READ_SITES)
async def turn_group(request: web.Request) -> web.Response:
    """Put a group among one's favourites, or take it away."""
    person, code = person_of(reader_of(request)), code_of(request)
    async with transaction(request) as conn:
        try:
            await get_group(conn, code)
        except GroupNotFound as error:
            raise PageNotFound from error
        await turn_favourite(conn, person, "group", code)
    return redirect(f"/groups/{code}")


async def marks_of(conn: Connection, reader: Reader, site: SiteId) -> dict[str, Any]:
    """Return how a hall is marked: by its tags, and as a favourite of the reader's."""
    person = reader.actor.person
    return {
        "tags": "; ".join(await list_tags(conn, site)),
        "favourite": person is not None and await is_favourite(conn, person, "site", str(site)),
    }
