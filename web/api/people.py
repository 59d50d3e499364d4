"""People, and what everybody did."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import Field

from meetings.audit import list_audit
from meetings.directory import units_by_ids
from meetings.model import PersonId
from meetings.people import list_people
from web.api import views
from web.api.answering import shown
from web.api.cursors import PageQuery, next_of
from web.api.endpoints import Endpoints, Tells
from web.api.officials import SearchText
from web.api.presenting import audit_view, person_view
from web.api.reading import read_query
from web.permissions import Permission, require, units_of
from web.transactions import connection
from web.words import LINE

routes = Endpoints("people")

Subject = Annotated[str, Field(strict=True, min_length=1, max_length=200), LINE]


class AuditQuery(PageQuery):
    """Which changes: of one `subject` such as `conference:12`; the newest come first."""

    subject: Subject | None = None


class PeopleQuery(PageQuery):
    """Which people: `q` is found in names and login names, without diacritics."""

    q: SearchText = ""


@routes.endpoint(
    "GET",
    "/people",
    allow=Permission.MANAGE_PEOPLE,
    tells=Tells(answer=views.Page[views.PersonView], query=PeopleQuery),
)
async def show_people(request: web.Request) -> web.Response:
    """List the people of one's units and what they may do."""
    query = read_query(request, PeopleQuery)
    async with connection(request) as conn:
        found = await list_people(
            conn,
            units=units_of(require(request), Permission.MANAGE_PEOPLE),
            q=query.q,
            after=None if query.next is None else PersonId(query.next),
            limit=query.limit + 1,
        )
        named = {person.unit_id for person in found}
        named |= {grant.unit for person in found for grant in person.grants}
        units = await units_by_ids(conn, named)
    ids = [int(person.id) for person in found]
    items = [person_view(person, units) for person in found[: query.limit]]
    return shown(views.Page[views.PersonView](items=items, next=next_of(ids, query.limit)))


@routes.endpoint(
    "GET",
    "/audit",
    allow=Permission.READ_AUDIT,
    tells=Tells(answer=views.Page[views.AuditView], query=AuditQuery),
)
async def show_audit(request: web.Request) -> web.Response:
    """List the changes in one's units, the newest first."""
    query = read_query(request, AuditQuery)
    async with connection(request) as conn:
        found = await list_audit(
            conn,
            units=units_of(require(request), Permission.READ_AUDIT),
            subject=query.subject,
            before=query.next,
            limit=query.limit + 1,
        )
    ids = [entry.id for entry in found]
    items = [audit_view(entry) for entry in found[: query.limit]]
    return shown(views.Page[views.AuditView](items=items, next=next_of(ids, query.limit)))
