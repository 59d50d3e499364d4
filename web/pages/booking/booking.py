"""Booking: the form, what is wrong with it, who holds the halls, and what would work instead."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from secrets import token_urlsafe
from types import MappingProxyType

from aiohttp import web

from meetings.approval.submissions import Submission
from meetings.errors import (
    IllegalMove,
    MeetingsError,
    NoSeats,
    OfficialsNotFound,
    SiteBusy,
    SitesNotFound,
    StaleVersion,
    TooLate,
)
from meetings.idempotency import Answer
from meetings.model import Conference
from meetings.store import Connection
from web.answers import redirect
from web.errors import BadForm
from web.input.once import once
from web.input.typed import parse_changes_page, parse_wish_page
from web.pages.booking.approvals_said import said_of, seen_waiting
from web.pages.booking.belonging import amend_dates, change_sheet, require_changeable, with_scope
from web.pages.booking.chairing import field_of, offer_officials, words_of_chair
from web.pages.booking.choosing import default_main, names, offer
from web.pages.booking.clashing import clash_page, read_clash
from web.pages.booking.freegrid import free_of
from web.pages.booking.freetimes import Free
from web.pages.booking.repeating import lead_to_series
from web.pages.booking.warned import ACCEPTED, Question, Warned, question_of, require_read
from web.pages.booking.wishing import (
    Sheet,
    Typed,
    first_values,
    form_status,
    labels,
    problems_of,
    typed_in,
    typed_of,
    with_fixed,
)
from web.pages.conference.conferences import find_mine
from web.pages.reading import Reader, form_of, key_in, reader_of, version_in
from web.pages.series.seriespreview import date_page
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.scheduling.booking import book_conference, desk_of
from web.scheduling.remembering import office_calendar
from web.series.outcomes import OtherOutcome
from web.transactions import connection
from web.wording.moves import say_fact

routes = Routes()

Work = Callable[[Connection], Awaitable[Conference | Submission]]

Stop = Warned | OtherOutcome | SiteBusy | StaleVersion

NEW = "/conferences/new"
STOPS = (Warned, OtherOutcome, SiteBusy, StaleVersion)
"""What is looked at before anything is done, on a page of its own or in the form."""
FIELDS: Mapping[type[MeetingsError], str] = MappingProxyType(
    {NoSeats: "sites", SitesNotFound: "sites", TooLate: "start", IllegalMove: "start"}
)
"""Beside which field a fact is told."""
TOLD: tuple[type[MeetingsError], ...] = (*FIELDS, OfficialsNotFound)


@routes.get(NEW, allow=Permission.BOOK)
async def ask(request: web.Request) -> web.Response:
    """Show an empty form with sensible values."""
    reader = reader_of(request)
    return await form_page(request, reader, new_sheet(reader), None)


@routes.post(NEW, allow=Permission.BOOK)
async def create(request: web.Request) -> web.StreamResponse:
    """Book what was typed, or say what is in the way; what repeats is a series, seen first."""
    reader, form = reader_of(request), await form_of(request)
    lead_to_series(form)
    desk = desk_of(request, reader.actor)

    async def work(conn: Connection) -> Conference:
        return await book_conference(conn, desk, parse_wish_page(form))

    return await settle(request, reader, new_sheet(reader), work)


@routes.get("/conferences/{id:[0-9]+}/change", allow=Permission.BOOK)
async def ask_change(request: web.Request) -> web.Response:
    """Show the form with the conference in it."""
    reader = reader_of(request)
    async with connection(request) as conn:
        found = await find_mine(conn, request, reader, Permission.BOOK)
        require_changeable(found.conference)
        sheet = await change_sheet(conn, found, reader)
        words = await words_of_chair(conn, found.conference)
    typed = Typed(values=typed_of(found.conference, found.host.code, chair=words))
    return await form_page(request, reader, sheet, typed)


@routes.post("/conferences/{id:[0-9]+}/change", allow=Permission.BOOK)
async def change(request: web.Request) -> web.StreamResponse:
    """Change the conference as typed, or say what is in the way."""
    reader, form = reader_of(request), await form_of(request)
    desk = desk_of(request, reader.actor)
    async with connection(request) as conn:
        found = await find_mine(conn, request, reader, Permission.BOOK)
        # Drawn again, it stays the form of what was looked at: another's change is not overlooked.
        sheet = replace(await change_sheet(conn, found, reader), version=version_in(form))

    async def work(conn: Connection) -> Conference | Submission:
        body = parse_changes_page(form)
        version = version_in(form)
        return await amend_dates(conn, desk, found.conference, body, form=form, version=version)

    return await settle(request, reader, sheet, work)


def new_sheet(reader: Reader) -> Sheet:
    """Return the form of a new booking."""
    text = reader.speech.tell("Book a conference")
    return Sheet(heading=text, verb=text, action=NEW, back="/conferences", said="booked")


async def settle(
    request: web.Request, reader: Reader, sheet: Sheet, work: Work
) -> web.StreamResponse:
    """Do the work once for this form and lead to the conference, or show what is in the way."""
    form = await form_of(request)
    typed = with_scope(Typed(values=typed_in(form)), form)
    if "edit" in form:
        free = await free_of(request, reader, form) if form.get("edit") == "grid" else None
        return await form_page(request, reader, sheet, typed, free=free)
    try:
        done = answering(work, sheet, form.get(ACCEPTED))
        answer = await once(request, done, key=key_in(form))
    except STOPS as stop:
        return await stopped(request, reader, sheet, typed, stop)
    except BadForm as error:
        wrong = problems_of(request, error)
    except TOLD as error:
        wrong = {beside(error, typed): say_fact(request, error)}
    else:
        return redirect(answer.headers["Location"])
    return await form_page(request, reader, sheet, replace(typed, errors=wrong))


async def stopped(
    request: web.Request, reader: Reader, sheet: Sheet, typed: Typed, stop: Stop
) -> web.Response:
    """Show what has to be looked at before anything is booked or changed."""
    if isinstance(stop, OtherOutcome):
        return await date_page(request, sheet, typed, await form_of(request), stop)
    if isinstance(stop, StaleVersion):
        now = replace(sheet, version=stop.version)
        return await form_page(request, reader, now, typed, stale=True)
    async with connection(request) as conn:
        if isinstance(stop, SiteBusy):
            clash = await read_clash(conn, reader, stop)
            return clash_page(request, reader, clash, typed.values, sheet=sheet)
        question = await question_of(conn, reader, stop)
    return await form_page(request, reader, sheet, typed, question=question)


def beside(error: MeetingsError, typed: Typed) -> str:
    """Return beside which field a fact is told."""
    if isinstance(error, OfficialsNotFound):
        return field_of(error, typed.values)
    return FIELDS[type(error)]


def answering(work: Work, sheet: Sheet, accepted: str) -> Callable[[Connection], Awaitable[Answer]]:
    """Return the work with the answer that is kept under the form's key."""

    async def answered(conn: Connection) -> Answer:
        conference = await work(conn)
        if isinstance(conference, Submission):
            return seen_waiting(conference)
        require_read(conference, accepted)
        said = said_of(conference) if sheet.said == "booked" else sheet.said
        place = f"/conferences/{conference.id}?said={said}"
        return Answer(status=HTTPStatus.SEE_OTHER, headers={"Location": place}, body="")

    return answered


async def form_page(
    request: web.Request,
    reader: Reader,
    sheet: Sheet,
    typed: Typed | None,
    *,
    free: Free | None = None,
    question: Question | None = None,
    stale: bool = False,
) -> web.Response:
    """Return the form with what was typed in it, and what is wrong beside each field."""
    async with connection(request) as conn:
        offered = await offer(conn, reader, on=reader.day)
        values = typed.values if typed else {}
        officials = await offer_officials(conn, reader, values, on=reader.day)
    if typed is None:
        host = offered.hosts[0] if offered.hosts else None
        code = host.code if host else ""
        day = office_calendar(request).next_working_day(reader.day)
        typed = Typed(values=first_values(day, code, default_main(offered, host)))
    return render(
        request,
        "new.html",
        status=form_status(wrong=bool(typed.errors or question), stale=stale),
        form=with_fixed(typed, sheet.fixed),
        labels=labels(reader.speech),
        key=token_urlsafe(16),
        sheet=sheet,
        officials=officials,
        free=free,
        question=question,
        stale=stale,
        **names(offered, reader),
    )
