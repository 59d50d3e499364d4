"""Conferences: booked, looked at, changed and called off."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from aiohttp import web
from pydantic import Field

from meetings.approval.submissions import Submission
from meetings.content.cascading import find_upstream
from meetings.directory.finding import sites_by_ids, unit_by_id, units_by_ids
from meetings.exporting.calendars import conference_calendar
from meetings.idempotency import Answer
from meetings.model import Conference, ConferenceId, Period, SiteId, State
from meetings.scheduling.conferences import list_conferences
from meetings.store import Connection
from web.access.actors import Actor
from web.access.visibility import hidden_in, see, see_for
from web.answers import download
from web.api import views
from web.api.answering import change, etag, shown
from web.api.booked import BookedView, answer, booked_answer
from web.api.cursors import PageQuery, next_of
from web.api.endpoints import ID, Endpoints, Tells
from web.api.presenting import conference_view
from web.api.reading import read_body, read_optional_body, read_query, read_version
from web.api.submission_views import SubmissionView, submitted_answer
from web.content.tiering import seen_plan
from web.input.addressed import id_of
from web.input.forms import CancelBody, ChangesBody, WishBody
from web.input.moments import Moment
from web.input.typed import TypedId
from web.input.words import LINE, Reason
from web.permissions import Permission, require, units_of
from web.scheduling.amending import amend_conference, cancel_conference
from web.scheduling.booking import desk_of, find_wish_and_terms
from web.scheduling.displacing import ask
from web.scheduling.queueing import Place, places_of
from web.transactions import connection

routes = Endpoints("conferences")

SearchText = Annotated[str, Field(strict=True, max_length=200), LINE]
CALENDAR = "text/calendar"


class ConferencesQuery(PageQuery):
    """Which conferences: those that touch `[from, to)`, of a state, with a site, by words."""

    after: Annotated[Moment | None, Field(alias="from")] = None
    before: Annotated[Moment | None, Field(alias="to")] = None
    state: State | None = None
    site: TypedId | None = None
    q: SearchText = ""


class ReasonQuery(CancelBody):
    """Why, for clients that cannot send a body with DELETE."""

    reason: Reason = ""


@routes.endpoint(
    "GET",
    "/conferences",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=views.Page[views.ConferenceView], query=ConferencesQuery),
)
async def list_them(request: web.Request) -> web.Response:
    """List the conferences of one's units or with halls of theirs, by their start."""
    query = read_query(request, ConferencesQuery)
    async with connection(request) as conn:
        found = await list_conferences(
            conn,
            after_moment=query.after,
            before_moment=query.before,
            units=units_of(require(request), Permission.READ_CONFERENCES),
            states=None if query.state is None else [query.state],
            q=query.q,
            site=None if query.site is None else SiteId(query.site),
            after=None if query.next is None else ConferenceId(query.next),
            limit=query.limit + 1,
        )
        items = await present_all(conn, require(request), found[: query.limit], site=query.site)
    ids = [int(conference.id) for conference in found]
    return shown(views.Page[views.ConferenceView](items=items, next=next_of(ids, query.limit)))


async def present_all(
    conn: Connection, actor: Actor, found: list[Conference], *, site: int | None = None
) -> list[views.ConferenceView]:
    """Return the conferences with the names of their hosts; those of a hall if it is named."""
    hosts = await units_by_ids(conn, {conference.host for conference in found})
    hidden = await hidden_in(conn, actor, {conference.id for conference in found})
    return [
        conference_view(one, hosts[one.host], hidden=hidden.get(one.id, ()))
        for one in found
        if site not in hidden.get(one.id, ())
    ]


@routes.endpoint(
    "POST",
    "/conferences",
    allow=Permission.BOOK,
    tells=Tells(
        answer=BookedView,
        status=HTTPStatus.CREATED,
        body=WishBody,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def create(request: web.Request) -> web.Response:
    """Book a conference, or keep it as a draft or request; booked halls are held from now on."""
    desk = desk_of(request, require(request))
    body = await read_body(request, WishBody)

    async def work(conn: Connection) -> Answer:
        wish, terms = await find_wish_and_terms(conn, desk, body)
        conference = await ask(conn, desk, wish, body, steps=terms.steps)
        return await booked_answer(conn, request, conference, terms.host, status=HTTPStatus.CREATED)

    places = places_of([body.main_site, *body.sites], Period(body.start, body.end))
    return await change(request, work, places=places)


@routes.endpoint(
    "GET",
    f"/conferences/{ID}",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=views.ConferenceView),
)
async def show(request: web.Request) -> web.Response:
    """Show one conference; its ETag is what a change must name."""
    async with connection(request) as conn:
        seen = await see(conn, require(request), ConferenceId(id_of(request)))
    view = conference_view(seen.conference, seen.host, hidden=seen.hidden)
    return shown(view, headers={"ETag": etag(seen.conference.version)})


@routes.endpoint(
    "PATCH",
    f"/conferences/{ID}",
    allow=Permission.BOOK,
    tells=Tells(
        answer=BookedView,
        accepted=SubmissionView,
        body=ChangesBody,
        keyed=True,
        versioned=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def amend(request: web.Request) -> web.Response:
    """Change a conference, or answer 202 where a chain must agree; it keeps what it holds."""
    desk = desk_of(request, require(request))
    version, body = read_version(request), await read_body(request, ChangesBody)

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.BOOK)
        after = await amend_conference(conn, desk, seen.conference, body, version=version)
        if isinstance(after, Submission):
            return await submitted_answer(conn, desk.actor, after)
        host = await unit_by_id(conn, after.host)
        return await booked_answer(conn, request, after, host)

    return await change(request, work, places=places_wanted(body))


def places_wanted(body: ChangesBody) -> list[Place]:
    """Return where a change meets others, as far as its body alone says it."""
    if not body.sites or not body.start or not body.end:
        return []
    return places_of(body.sites, Period(body.start, body.end))


@routes.endpoint(
    "DELETE",
    f"/conferences/{ID}",
    allow=Permission.BOOK,
    tells=Tells(
        answer=views.ConferenceView,
        body=CancelBody,
        body_needed=False,
        query=ReasonQuery,
        keyed=True,
        versioned=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def cancel(request: web.Request) -> web.Response:
    """Call a conference off; its halls are free at once and its record stays."""
    desk = desk_of(request, require(request))
    version, body = read_version(request), await read_optional_body(request, CancelBody)
    reason = body.reason or read_query(request, ReasonQuery).reason

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.BOOK)
        after = await cancel_conference(
            conn, desk, seen.conference.id, reason=reason, version=version
        )
        return answer(after, seen.host)

    return await change(request, work)


@routes.endpoint(
    "GET",
    f"/conferences/{ID}.ics",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(media=(CALENDAR,)),
)
async def show_calendar(request: web.Request) -> web.Response:
    """Give one conference as a calendar file."""
    async with connection(request) as conn:
        seen = await see(conn, require(request), ConferenceId(id_of(request)))
        sites = await sites_by_ids(conn, set(seen.conference.sites) - seen.hidden)
        plan = await seen_plan(conn, require(request), seen)
        upstream = await find_upstream(conn, seen.conference.id)
    content = conference_calendar(seen.conference, sites, plan=plan, upstream=upstream)
    return download(content, CALENDAR, f"conference-{seen.conference.id}.ics")
