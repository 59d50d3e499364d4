"""Templates of conferences, and conferences booked like others."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from meetings.content.templates import Template, remove_template, save_template, templates_of
from meetings.directory.finding import unit_by_id, units_by_ids
from meetings.idempotency import Answer
from meetings.kinds import Kind
from meetings.model import ConferenceId, Unit
from meetings.store import Connection
from web.access.visibility import see_for
from web.api.answering import change, done, shown
from web.api.booked import BookedView, booked_answer
from web.api.cursors import PageQuery, next_of
from web.api.endpoints import ID, Endpoints, Tells
from web.api.presenting import unit_name
from web.api.reading import read_body, read_query
from web.api.views import Page, UnitName, View
from web.input.addressed import id_of
from web.permissions import Permission, require, units_of
from web.scheduling.booking import desk_of
from web.scheduling.copying import CopyBody, TemplateBody, book_template, clone, template_for
from web.transactions import connection

routes = Endpoints("templates")


class TemplateView(View):
    """A conference to be booked again; `sites` may hold halls that are retired meanwhile."""

    id: int
    name: str
    unit: UnitName
    title: str
    kind: Kind
    main_site: int
    sites: list[int]
    start_clock: str
    minutes: int


def template_view(template: Template, unit: Unit) -> TemplateView:
    """Return a template."""
    pattern = template.pattern
    return TemplateView(
        id=template.id,
        name=template.name,
        unit=unit_name(unit),
        title=pattern.title,
        kind=pattern.kind,
        main_site=pattern.main_site,
        sites=sorted(pattern.sites),
        start_clock=pattern.start_clock,
        minutes=pattern.minutes,
    )


@routes.endpoint(
    "GET",
    "/templates",
    allow=Permission.BOOK,
    tells=Tells(answer=Page[TemplateView], query=PageQuery),
)
async def list_them(request: web.Request) -> web.Response:
    """List the templates of the units one books for, by name."""
    query, books = read_query(request, PageQuery), units_of(require(request), Permission.BOOK)
    async with connection(request) as conn:
        found = await templates_of(conn, books, after=query.next, limit=query.limit + 1)
        units = await units_by_ids(conn, {one.unit for one in found})
    items = [template_view(one, units[one.unit]) for one in found[: query.limit]]
    following = next_of([one.id for one in found], query.limit)
    return shown(Page[TemplateView](items=items, next=following))


@routes.endpoint(
    "POST",
    "/templates",
    allow=Permission.BOOK,
    tells=Tells(
        answer=TemplateView,
        status=HTTPStatus.CREATED,
        body=TemplateBody,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND),
    ),
)
async def save(request: web.Request) -> web.Response:
    """Keep a conference as a template of its host."""
    desk = desk_of(request, require(request))
    body = await read_body(request, TemplateBody)

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(body.conference), Permission.BOOK)
        saved = await save_template(
            conn, seen.conference, body.name, by=desk.actor.name, now=desk.now
        )
        return done(template_view(saved, seen.host), status=HTTPStatus.CREATED)

    return await change(request, work)


@routes.endpoint(
    "DELETE",
    f"/templates/{ID}",
    allow=Permission.BOOK,
    tells=Tells(status=HTTPStatus.NO_CONTENT, keyed=True),
)
async def remove(request: web.Request) -> web.Response:
    """Take a template away."""
    desk = desk_of(request, require(request))

    async def work(conn: Connection) -> Answer:
        found = await template_for(conn, desk, id_of(request))
        await remove_template(conn, found, by=desk.actor.name)
        return Answer(status=HTTPStatus.NO_CONTENT, headers={}, body="")

    return await change(request, work)


@routes.endpoint(
    "POST",
    f"/templates/{ID}/book",
    allow=Permission.BOOK,
    tells=Tells(
        answer=BookedView,
        status=HTTPStatus.CREATED,
        body=CopyBody,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def book(request: web.Request) -> web.Response:
    """Book from a template; retired halls are named, and left out only when told so."""
    desk = desk_of(request, require(request))
    body = await read_body(request, CopyBody)

    async def work(conn: Connection) -> Answer:
        template = await template_for(conn, desk, id_of(request))
        booked = await book_template(conn, desk, template, body)
        host = await unit_by_id(conn, booked.host)
        return await booked_answer(conn, request, booked, host, status=HTTPStatus.CREATED)

    return await change(request, work)


@routes.endpoint(
    "POST",
    f"/conferences/{ID}/clone",
    allow=Permission.BOOK,
    tells=Tells(
        answer=BookedView,
        status=HTTPStatus.CREATED,
        body=CopyBody,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def clone_it(request: web.Request) -> web.Response:
    """Book a conference again on another day, with its agenda and halls."""
    desk = desk_of(request, require(request))
    body = await read_body(request, CopyBody)

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.BOOK)
        booked = await clone(conn, desk, seen.conference, body)
        host = await unit_by_id(conn, booked.host)
        return await booked_answer(conn, request, booked, host, status=HTTPStatus.CREATED)

    return await change(request, work)
