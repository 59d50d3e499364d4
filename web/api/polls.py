"""Polls about days: proposed, answered by each unit, decided by one booking."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from aiohttp import web
from pydantic import Field

from meetings.content.polls import Answer, answer, open_poll, poll_by_id
from meetings.directory.finding import unit_by_code, unit_by_id, units_by_codes
from meetings.idempotency import Answer as Kept
from meetings.model import Period, UnitId
from meetings.office.workdays import local_day
from meetings.store import Connection
from meetings.store.polls import list_polls
from web.api.answering import change, change_secretly, done, shown
from web.api.booked import BookedView, booked_answer
from web.api.cursors import PageQuery, next_of
from web.api.endpoints import ID, Endpoints, Tells
from web.api.poll_views import PollView, poll_view, poll_views
from web.api.presenting import unit_name
from web.api.reading import read_body, read_query
from web.api.views import Page, UnitName, View
from web.content.polling import PeriodBody, book_winner, close_without_winner, readable_poll
from web.errors import BadForm, Forbidden
from web.input.addressed import id_of
from web.input.forms import Body, Id
from web.input.words import UnitCode
from web.keys import SETTINGS
from web.permissions import Permission, may, require, units_of
from web.scheduling.booking import desk_of
from web.scheduling.copying import template_for
from web.transactions import connection

routes = Endpoints("polls")
Answers = Annotated[list[Answer], Field(min_length=1, max_length=20)]


class PollBody(Body):
    """Which template is to be held, when it might be, and who is asked."""

    template: Id
    periods: Annotated[list[PeriodBody], Field(min_length=1, max_length=20)]
    units: Annotated[list[UnitCode], Field(min_length=1, max_length=200)]


class AnswersBody(Body):
    """What a unit says of each period, in order."""

    unit: UnitCode
    answers: Answers


class WinnerBody(Body):
    """Which period is booked, counted from 1."""

    period: Annotated[int, Field(strict=True, ge=1, le=20)]
    without_retired: bool = False


class AskedView(View):
    """The link by which a unit answers; it is told this once."""

    unit: UnitName
    url: str


class OpenedView(View):
    """A poll that was opened, with the links to give out."""

    poll: PollView
    links: list[AskedView]


@routes.endpoint(
    "GET",
    "/polls",
    allow=Permission.BOOK,
    tells=Tells(answer=Page[PollView], query=PageQuery),
)
async def list_them(request: web.Request) -> web.Response:
    """List the polls of the units one books for, and those that ask them, the newest first."""
    query, units = read_query(request, PageQuery), units_of(require(request), Permission.BOOK)
    async with connection(request) as conn:
        found = await list_polls(conn, units, after=query.next, limit=query.limit + 1)
        items = await poll_views(conn, found[: query.limit])
    following = next_of([one.id for one in found], query.limit)
    return shown(Page[PollView](items=items, next=following))


@routes.endpoint(
    "POST",
    "/polls",
    allow=Permission.BOOK,
    tells=Tells(
        answer=OpenedView,
        status=HTTPStatus.CREATED,
        body=PollBody,
        keyed=True,
        refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    ),
)
async def create(request: web.Request) -> web.Response:
    """Ask units which of several periods suits them; each gets a link of its own."""
    desk = desk_of(request, require(request))
    body = await read_body(request, PollBody)
    base = request.config_dict[SETTINGS].base_url

    async def work(conn: Connection) -> Kept:
        template = await template_for(conn, desk, body.template)
        named = await units_by_codes(conn, body.units, local_day(desk.now))
        units = {unit.id: unit for unit in named}
        periods = [Period(one.start, one.end) for one in body.periods]
        poll, secrets = await open_poll(
            conn, template, periods, set(units), by=desk.actor.name, now=desk.now
        )
        links = [
            AskedView(unit=unit_name(units[unit]), url=f"{base}/j/poll/{secret}")
            for unit, secret in secrets.items()
        ]
        view = OpenedView(poll=await poll_view(conn, poll), links=links)
        return done(view, status=HTTPStatus.CREATED)

    return await change_secretly(request, work)


@routes.endpoint("GET", f"/polls/{ID}", allow=Permission.BOOK, tells=Tells(answer=PollView))
async def show(request: web.Request) -> web.Response:
    """Show a poll to its owner and to those who are asked."""
    async with connection(request) as conn:
        poll = await readable_poll(conn, require(request), id_of(request))
        return shown(await poll_view(conn, poll))


@routes.endpoint(
    "POST",
    f"/polls/{ID}/answers",
    allow=Permission.BOOK,
    tells=Tells(answer=PollView, body=AnswersBody, keyed=True, refusals=(HTTPStatus.CONFLICT,)),
)
async def put_answers(request: web.Request) -> web.Response:
    """Say for a unit which periods suit it."""
    desk = desk_of(request, require(request))
    body = await read_body(request, AnswersBody)

    async def work(conn: Connection) -> Kept:
        unit = await unit_by_code(conn, body.unit, local_day(desk.now))
        poll = await poll_by_id(conn, id_of(request))
        if not may(desk.actor, Permission.BOOK, unit.path):
            raise Forbidden(Permission.BOOK.value)
        if unit.id not in poll.answers:
            raise BadForm({"unit": "not-a-choice"})
        if len(body.answers) != len(poll.periods):
            raise BadForm({"answers": "wrong"})
        after = await answer(conn, poll.id, UnitId(unit.id), body.answers, by=desk.actor.name)
        return done(await poll_view(conn, after))

    return await change(request, work)


@routes.endpoint(
    "POST",
    f"/polls/{ID}/book",
    allow=Permission.BOOK,
    tells=Tells(
        answer=BookedView,
        status=HTTPStatus.CREATED,
        body=WinnerBody,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def book(request: web.Request) -> web.Response:
    """Book the winner; whatever is in the way refuses it as any booking."""
    desk = desk_of(request, require(request))
    body = await read_body(request, WinnerBody)

    async def work(conn: Connection) -> Kept:
        booked = await book_winner(
            conn, desk, id_of(request), body.period, without_retired=body.without_retired
        )
        host = await unit_by_id(conn, booked.host)
        return await booked_answer(conn, request, booked, host, status=HTTPStatus.CREATED)

    return await change(request, work)


@routes.endpoint(
    "POST",
    f"/polls/{ID}/close",
    allow=Permission.BOOK,
    tells=Tells(answer=PollView, keyed=True, refusals=(HTTPStatus.CONFLICT,)),
)
async def close(request: web.Request) -> web.Response:
    """End a poll without a winner."""
    desk = desk_of(request, require(request))

    async def work(conn: Connection) -> Kept:
        await close_without_winner(conn, desk, id_of(request))
        return done(await poll_view(conn, await poll_by_id(conn, id_of(request))))

    return await change(request, work)
