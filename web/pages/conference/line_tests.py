"""The line test's page: planned here, noted hall by hall, also by the halls themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from meetings.content.line_test_rules import proposed, usual_period
from meetings.content.line_tests import LineTest, find_line_test, note_result
from meetings.directory.finding import sites_by_ids
from meetings.errors import MeetingsError
from meetings.kinds import Kind
from meetings.model import Period, Site, SiteId
from meetings.office.keeping import load_calendar
from meetings.scheduling.defaults import usual_test_of
from meetings.store import Connection
from web.answers import redirect
from web.content.line_testing import LineTestBody, ResultBody, is_tester, note, plan
from web.errors import BadForm, PageNotFound
from web.input.forms import parse_form
from web.input.typed import NEXT_DAY, number_or_text, read_times
from web.pages.booking.wishing import Typed, problems_of, typed_times
from web.pages.conference.conferences import Found, find, find_mine
from web.pages.door.doors import door_of
from web.pages.reading import Reader, Texts, form_of, reader_of
from web.pages.sending import send_once
from web.permissions import LINK, Permission
from web.render import render
from web.routes import Routes
from web.scheduling.booking import desk_of
from web.transactions import connection, transaction
from web.wording import content_phrases
from web.wording.moves import say_fact

routes = Routes()
PAGE = "/conferences/{id:[0-9]+}/line-test"
TIMES = ("date", "start", "end", NEXT_DAY)
HALL = "/j/{secret:[A-Za-z0-9_-]{1,64}}/line-test"
LOOKS = {"ok": "ok", "picture": "warn", "sound": "warn", "no-show": "bad"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One hall's result."""

    site: SiteId
    label: str
    outcome: str
    words: str
    state: str
    remark: str


@routes.get(PAGE, allow=Permission.READ_CONFERENCES)
async def show(request: web.Request) -> web.Response:
    """Show the line test, or the form that plans one."""
    return await page(request, Typed(values={}))


@routes.post(PAGE, allow=Permission.BOOK)
async def create(request: web.Request) -> web.StreamResponse:
    """Book the line test at the typed time."""
    reader, form = reader_of(request), await form_of(request)
    values = {name: form.get(name)[:40] for name in TIMES}

    async def work(conn: Connection) -> str:
        body, found = body_in(form), await find_mine(conn, request, reader, Permission.BOOK)
        await plan(conn, desk_of(request, reader.actor), found.conference, body)
        return f"/conferences/{found.conference.id}/line-test?said=line-test-planned"

    try:
        return await send_once(request, form, work)
    except BadForm as error:
        return await page(request, Typed(values=values, errors=problems_of(request, error)))
    except MeetingsError as error:
        return await page(request, Typed(values=values, errors={"start": say_fact(request, error)}))


def body_in(form: Texts) -> LineTestBody:
    """Return the time that was typed.

    Raises:
        BadForm: with every field that is no day or time.
    """
    times, problems = read_times(form)
    if problems:
        raise BadForm(problems)
    return parse_form(LineTestBody, times)


@routes.post(f"{PAGE}/results", allow=Permission.READ_CONFERENCES)
async def put_result(request: web.Request) -> web.StreamResponse:
    """Note one hall's result."""
    reader, form = reader_of(request), await form_of(request)
    site = number_or_text(form.get("site"))
    values = {"site": site, "outcome": form.get("outcome"), "remark": form.get("remark")}
    body = parse_form(ResultBody, values)
    async with transaction(request) as conn:
        found = await find(conn, request, reader)
        await note(conn, desk_of(request, reader.actor), found, body)
    place = f"/conferences/{found.conference.id}/line-test"
    return redirect(f"{place}?said=line-test-noted#s-{body.site}")


@routes.post(HALL, allow=LINK)
async def put_own_result(request: web.Request) -> web.StreamResponse:
    """Note what a hall says of its own test.

    Raises:
        PageNotFound: the link opens nothing, or no line test.
    """
    door, form = await door_of(request), await form_of(request)
    if door.found is None or door.found.occasion.kind is not Kind.REHEARSAL:
        raise PageNotFound
    conference, site = door.found.occasion.conference, door.found.site
    values = {"site": int(site), "outcome": form.get("outcome"), "remark": form.get("remark")}
    body = parse_form(ResultBody, values)
    async with transaction(request) as conn:
        await note_result(
            conn,
            conference,
            site,
            body.outcome,
            remark=body.remark,
            by=f"link:{conference}/{site}",
            now=door.now,
        )
    return redirect(f"{door.base}?tested={body.outcome.value}")


async def line_test_words(conn: Connection, found: Found, reader: Reader) -> str:
    """Return how many halls were tested, for the conference's page."""
    test = await find_line_test(conn, found.conference.id)
    if test is None:
        return ""
    told = test.summary
    return reader.speech.tell_many(
        "%(tested)s of %(n)s hall tested",
        "%(tested)s of %(n)s halls tested",
        told.sites,
        tested=told.tested,
    )


async def page(request: web.Request, typed: Typed) -> web.Response:
    """Return the page with what was typed, or with the usual time."""
    reader = reader_of(request)
    async with connection(request) as conn:
        found = await find(conn, request, reader)
        test = await find_line_test(conn, found.conference.id)
        sites = await sites_by_ids(conn, test.rehearsal.sites) if test else {}
        usual = usual_period(
            found.conference.period.start,
            await load_calendar(conn),
            await usual_test_of(conn, found.host.id),
        )
    first = times_of(proposed(found.conference.period.start, usual, reader.now))
    shown = found.sites_for(reader)
    return render(
        request,
        "line-test.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if typed.errors else HTTPStatus.OK,
        c=found.conference,
        test=test,
        when=reader.speech.span(test.rehearsal.period) if test else "",
        summary=answer_words(test, reader),
        rows=rows(test, {k: v for k, v in sites.items() if k in shown}, reader) if test else [],
        outcomes=[
            (one.value, reader.speech.word(words))
            for one, words in content_phrases.OUTCOMES.items()
        ],
        may_plan=found.is_mine(reader, Permission.BOOK),
        may_note=is_tester(reader.actor, found),
        form=Typed(values=first | dict(typed.values), errors=typed.errors),
    )


def times_of(period: Period | None) -> dict[str, str]:
    """Return a time as the form shows it, empty fields for none."""
    if period is None:
        return dict.fromkeys(TIMES, "")
    return typed_times(period.start, period.end)


def answer_words(test: LineTest | None, reader: Reader) -> str:
    """Return the answer above the halls."""
    if test is None:
        return ""
    told = test.summary
    return reader.speech.tell_many(
        "%(tested)s of %(n)s hall tested, %(ok)s well.",
        "%(tested)s of %(n)s halls tested, %(ok)s well.",
        told.sites,
        tested=told.tested,
        ok=told.ok,
    )


def rows(test: LineTest, sites: Mapping[SiteId, Site], reader: Reader) -> list[Row]:
    """Return the halls, those in trouble and those not tested first."""
    found = [row(test, site, reader) for site in sites.values()]
    return sorted(found, key=lambda one: ("bad", "warn", "dim", "ok").index(one.state))


def row(test: LineTest, site: Site, reader: Reader) -> Row:
    """Return one hall."""
    known = test.results.get(site.id)
    words = content_phrases.OUTCOMES[known.outcome] if known else ""
    return Row(
        site=site.id,
        label=site.label,
        outcome=known.outcome.value if known else "",
        words=reader.speech.word(words) if words else reader.speech.tell("Not tested yet"),
        state=LOOKS[known.outcome.value] if known else "dim",
        remark=known.remark if known else "",
    )
