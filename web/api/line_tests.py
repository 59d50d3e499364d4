"""The line test of a conference."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from meetings.content.line_test_errors import LineTestNotFound
from meetings.content.line_test_rules import Outcome
from meetings.content.line_tests import LineTest, find_line_test
from meetings.directory.finding import sites_by_ids
from meetings.idempotency import Answer
from meetings.model import ConferenceId, State
from meetings.store import Connection
from web.access.visibility import Seen, see, see_for
from web.api.answering import change, done, shown
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_body, read_optional_body
from web.api.views import View
from web.content.line_testing import LineTestBody, ResultBody, note, plan
from web.input.addressed import id_of
from web.input.moments import Moment
from web.permissions import Permission, require
from web.scheduling.booking import desk_of
from web.transactions import connection

routes = Endpoints("line-tests")
PLACE = f"/conferences/{ID}/line-test"


class ResultView(View):
    """What is known of one hall; `outcome` is null while it was not tested."""

    site: int
    label: str
    outcome: Outcome | None
    remark: str
    noted_by: str
    noted_at: Moment | None


class LineTestView(View):
    """The rehearsal, a conference of its own, and its results."""

    conference: int
    state: State
    start: Moment
    end: Moment
    sites: int
    tested: int
    ok: int
    results: list[ResultView]


async def line_test_view(conn: Connection, seen: Seen, test: LineTest) -> LineTestView:
    """Return the line test with the names of its halls, as far as they are named to the reader."""
    rehearsal, told = test.rehearsal, test.summary
    sites = await sites_by_ids(conn, set(rehearsal.sites) - seen.hidden)
    results = []
    for site in sites.values():
        known = test.results.get(site.id)
        results.append(
            ResultView(
                site=site.id,
                label=site.label,
                outcome=known.outcome if known else None,
                remark=known.remark if known else "",
                noted_by=known.noted_by if known else "",
                noted_at=known.noted_at if known else None,
            )
        )
    return LineTestView(
        conference=rehearsal.id,
        state=rehearsal.state,
        start=rehearsal.period.start,
        end=rehearsal.period.end,
        sites=told.sites,
        tested=told.tested,
        ok=told.ok,
        results=results,
    )


@routes.endpoint("GET", PLACE, allow=Permission.READ_CONFERENCES, tells=Tells(answer=LineTestView))
async def show(request: web.Request) -> web.Response:
    """Show the line test of a conference, hall by hall."""
    async with connection(request) as conn:
        seen = await see(conn, require(request), ConferenceId(id_of(request)))
        test = await find_line_test(conn, seen.conference.id)
        if test is None:
            raise LineTestNotFound
        return shown(await line_test_view(conn, seen, test))


@routes.endpoint(
    "POST",
    PLACE,
    allow=Permission.BOOK,
    tells=Tells(
        answer=LineTestView,
        status=HTTPStatus.CREATED,
        body=LineTestBody,
        body_needed=False,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def create(request: web.Request) -> web.Response:
    """Book the line test: at 14:00 of the working day before, unless another time is given."""
    desk = desk_of(request, require(request))
    body = await read_optional_body(request, LineTestBody)

    async def work(conn: Connection) -> Answer:
        seen = await see_for(conn, desk.actor, ConferenceId(id_of(request)), Permission.BOOK)
        test = await plan(conn, desk, seen.conference, body)
        return done(await line_test_view(conn, seen, test), status=HTTPStatus.CREATED)

    return await change(request, work)


@routes.endpoint(
    "POST",
    f"{PLACE}/results",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=LineTestView, body=ResultBody, keyed=True),
)
async def put_result(request: web.Request) -> web.Response:
    """Note what the test of a hall said; the last word counts."""
    desk = desk_of(request, require(request))
    body = await read_body(request, ResultBody)

    async def work(conn: Connection) -> Answer:
        seen = await see(conn, desk.actor, ConferenceId(id_of(request)))
        return done(await line_test_view(conn, seen, await note(conn, desk, seen, body)))

    return await change(request, work)
