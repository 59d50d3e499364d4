"""Polls about days as their owner sees them: opened, tallied, decided by one booking, or closed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from secrets import token_urlsafe

from aiohttp import web

from meetings.content.polls import Poll, best_first, open_poll
from meetings.content.template_errors import RetiredSites
from meetings.content.templates import Template, template_by_id, templates_by_ids
from meetings.directory.finding import sites_by_ids, units_by_ids
from meetings.errors import MeetingsError
from meetings.idempotency import Answer as Kept
from meetings.model import Unit, UnitId
from meetings.names import sort_key
from meetings.store import Connection
from meetings.store.polls import list_polls
from web.answers import redirect
from web.content.polling import book_winner, close_without_winner, readable_poll
from web.errors import BadForm
from web.input.once import SecretKeeper, once
from web.keys import KEYRING, SETTINGS
from web.pages.booking.copying import told
from web.pages.booking.warned import ACCEPTED, Warned, ask_first, require_read
from web.pages.booking.wishing import words_of
from web.pages.conference.poll_looks import choice, look, state_of
from web.pages.conference.poll_rows import DAYS, Row, clocks_of, periods_in, rows_in
from web.pages.reading import Reader, after_in, form_of, key_in, number_in, reader_of
from web.pages.sending import send_once
from web.permissions import Permission
from web.render import render, same_page
from web.routes import Routes
from web.scheduling.booking import desk_of
from web.scheduling.copying import template_for
from web.transactions import connection, transaction

routes = Routes()
NEW = "/templates/{id:[0-9]+}/poll"
POLL = "/polls/{id:[0-9]+}"
PAGE = 50


@routes.get("/polls", allow=Permission.BOOK)
async def index(request: web.Request) -> web.Response:
    """Show the polls of the units one books for, and those that ask them."""
    reader, after = reader_of(request), after_in(request, int)
    async with connection(request) as conn:
        books = reader.units(Permission.BOOK)
        polls = await list_polls(conn, books, after=after, limit=PAGE + 1)
        templates = await templates_by_ids(conn, {one.template for one in polls})
    rows = [
        (
            one,
            templates[one.template].pattern.title,
            state_of(one, reader.speech),
            sum(map(bool, one.answers.values())),
        )
        for one in polls[:PAGE]
    ]
    more = same_page(request, after=polls[PAGE - 1].id) if len(polls) > PAGE else ""
    return render(request, "polls.html", rows=rows, next_page=more)


@routes.get(NEW, allow=Permission.BOOK)
async def ask(request: web.Request) -> web.Response:
    """Show the form with the units of the template's halls ticked."""
    desk = desk_of(request, reader_of(request).actor)
    async with connection(request) as conn:
        template = await template_for(conn, desk, number_in(request, "id"))
        units = await units_asked(conn, template)
    rows = [clocks_of(template) for _ in range(DAYS)]
    return new_page(request, template, units, rows=rows, chosen=frozenset(units), wrong={})


@routes.post(NEW, allow=Permission.BOOK)
async def put(request: web.Request) -> web.StreamResponse:
    """Open the poll, once for this form, and show its links; they are kept only sealed."""
    reader, form = reader_of(request), await form_of(request)
    desk = desk_of(request, reader.actor)
    async with connection(request) as conn:
        template = await template_for(conn, desk, number_in(request, "id"))
        units = await units_asked(conn, template)
    chosen = frozenset(unit for unit in units if str(unit) in form.getall("units"))
    try:
        periods = periods_in(form, some=bool(chosen))
    except BadForm as error:
        rows, wrong = rows_in(form), words_of(request, error)
        return new_page(request, template, units, rows=rows, chosen=chosen, wrong=wrong)

    async def work(conn: Connection) -> Kept:
        poll, secrets = await open_poll(
            conn, template, periods, chosen, by=reader.actor.name, now=reader.now
        )
        return Kept(status=HTTPStatus.OK, headers={}, body=json.dumps([poll.id, secrets]))

    keeper = SecretKeeper(request.config_dict[KEYRING])
    kept = await once(request, work, key=key_in(form), keeper=keeper)
    number, secrets = json.loads(kept.body)
    base = request.config_dict[SETTINGS].base_url
    links = [(UnitId(int(unit)), f"{base}/j/poll/{told}") for unit, told in secrets.items()]
    return await shown(request, number, links=links)


@routes.get(POLL, allow=Permission.BOOK)
async def show(request: web.Request) -> web.Response:
    """Show what each unit said of each day, the best day first."""
    return await shown(request, number_in(request, "id"))


@routes.post(f"{POLL}/book", allow=Permission.BOOK)
async def book(request: web.Request) -> web.StreamResponse:
    """Book the winner, once for this form, and go to the conference."""
    form, number = await form_of(request), number_in(request, "id")
    desk = desk_of(request, reader_of(request).actor)
    period = form.get("period")

    async def work(conn: Connection) -> str:
        at = int(period) if period in map(str, range(1, 21)) else 0
        without = bool(form.get("without_retired"))
        booked = await book_winner(conn, desk, number, at, without_retired=without)
        require_read(booked, form.get(ACCEPTED))
        return f"/conferences/{booked.id}?said=booked"

    try:
        return await send_once(request, form, work)
    except Warned as warned:
        return await ask_first(request, warned, back=f"/polls/{number}")
    except (BadForm, MeetingsError) as error:
        return await shown(request, number, error=error)


@routes.post(f"{POLL}/close", allow=Permission.BOOK)
async def close(request: web.Request) -> web.StreamResponse:
    """End the poll without a winner."""
    number = number_in(request, "id")
    async with transaction(request) as conn:
        await close_without_winner(conn, desk_of(request, reader_of(request).actor), number)
    return redirect(f"/polls/{number}?said=poll-closed")


async def units_asked(conn: Connection, template: Template) -> dict[UnitId, Unit]:
    """Return the units of the template's halls."""
    sites = await sites_by_ids(conn, template.pattern.sites)
    return await units_by_ids(conn, {site.unit_id for site in sites.values()})


async def shown(
    request: web.Request,
    number: int,
    *,
    links: Sequence[tuple[UnitId, str]] = (),
    error: BadForm | MeetingsError | None = None,
) -> web.Response:
    """Return the poll's page to who may read it, with what was in the way of booking."""
    reader = reader_of(request)
    async with connection(request) as conn:
        poll = await readable_poll(conn, reader.actor, number)
        template = await template_by_id(conn, poll.template)
        units = await units_by_ids(conn, {template.unit, *poll.answers})
    told = dict(links)
    named = [(units[unit].name, told[unit]) for unit in in_order(units, told)]
    return poll_page(request, reader, poll, template, units, links=named, error=error)


def in_order(units: Mapping[UnitId, Unit], asked: Iterable[UnitId]) -> list[UnitId]:
    """Return the units that are asked in Vietnamese order."""
    return sorted(asked, key=lambda unit: sort_key(units[unit].name))


def poll_page(
    request: web.Request,
    reader: Reader,
    poll: Poll,
    template: Template,
    units: dict[UnitId, Unit],
    *,
    links: list[tuple[str, str]] | None = None,
    error: BadForm | MeetingsError | None = None,
) -> web.Response:
    """Return the page of a poll."""
    speech, order = reader.speech, best_first(poll)
    rows = [
        (units[unit].name, [look(said[at] if said else "", speech) for at in order])
        for unit in in_order(units, poll.answers)
        for said in (poll.answers[unit],)
    ]
    return render(
        request,
        "poll-tally.html",
        status=HTTPStatus.CONFLICT if error else HTTPStatus.OK,
        poll=poll,
        title=template.pattern.title,
        state=state_of(poll, speech),
        choices=[choice(poll, at, speech) for at in order],
        rows=rows,
        links=links or [],
        wrong="; ".join(told(request, error).values()) if error else "",
        retired=isinstance(error, RetiredSites),
        mine=template.unit in units and reader.may(Permission.BOOK, units[template.unit]),
        key=token_urlsafe(16),
    )


def new_page(
    request: web.Request,
    template: Template,
    units: dict[UnitId, Unit],
    *,
    rows: list[Row],
    chosen: frozenset[UnitId],
    wrong: dict[str, str],
) -> web.Response:
    """Return the form for a new poll."""
    return render(
        request,
        "poll-new.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        template=template,
        units=sorted(units.values(), key=lambda unit: sort_key(unit.name)),
        rows=rows,
        chosen=chosen,
        wrong=wrong,
        key=token_urlsafe(16),
    )
