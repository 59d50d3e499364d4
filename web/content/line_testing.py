"""Planning a line test and noting its results, for pages and API alike."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from meetings.content.line_test_errors import LineTestNotFound
from meetings.content.line_test_rules import Outcome, proposed, usual_period
from meetings.content.line_tests import LineTest, find_line_test, note_result, rehearsal_wish, tie
from meetings.model import Conference, Period, SiteId
from meetings.office.keeping import load_calendar
from meetings.scheduling.defaults import usual_test_of
from meetings.store import Connection
from web.access.actors import Actor
from web.access.visibility import Seen
from web.errors import Forbidden
from web.input.forms import Body, End, Id
from web.input.moments import Moment
from web.input.words import LINES, NO_SECRETS
from web.permissions import Permission, may
from web.scheduling.booking import Desk, book_wish


class LineTestBody(Body):
    """When the line is tested; by default as the host has it, else at 14:00 the day before."""

    start: Moment | None = None
    end: End | None = None


Remark = Annotated[str, Field(strict=True, max_length=500), LINES, NO_SECRETS]


class ResultBody(Body):
    """What the test of one hall said."""

    site: Id
    outcome: Outcome
    remark: Remark = ""


async def plan(conn: Connection, desk: Desk, main: Conference, body: LineTestBody) -> LineTest:
    """Book the line test of a conference, with the same halls and links of its own.

    Raises:
        LineTestExists, LineTestOfATest, SiteBusy and all that a booking raises.
    """
    start, usual = main.period.start, await usual_test_of(conn, main.host)
    period = usual_period(start, await load_calendar(conn), usual)
    if body.start:
        period = Period(body.start, body.end or body.start + usual.length)
    else:
        period = proposed(start, period, desk.now) or period
    wish = await rehearsal_wish(conn, main.id, period)
    rehearsal = await book_wish(conn, desk, wish, bridge=None)
    await tie(conn, main, rehearsal, by=desk.actor.name)
    return LineTest(rehearsal=rehearsal, results={})


async def note(conn: Connection, desk: Desk, seen: Seen, body: ResultBody) -> LineTest:
    """Note the result of a hall for a technician or secretary of the host.

    Raises:
        Forbidden: the actor is neither.
        LineTestNotFound: the conference has no line test.
    """
    require_tester(desk.actor, seen)
    test = await find_line_test(conn, seen.conference.id)
    if test is None:
        raise LineTestNotFound
    await note_result(
        conn,
        test.rehearsal.id,
        SiteId(body.site),
        body.outcome,
        remark=body.remark,
        by=desk.actor.name,
        now=desk.now,
    )
    found = await find_line_test(conn, seen.conference.id)
    return found or test


def require_tester(actor: Actor, seen: Seen) -> None:
    """Raise Forbidden unless the actor is a technician or books for the host."""
    if not is_tester(actor, seen):
        raise Forbidden(Permission.MANAGE_DEVICES.value)


def is_tester(actor: Actor, seen: Seen) -> bool:
    """Tell whether the actor may note results."""
    wanted = (Permission.MANAGE_DEVICES, Permission.BOOK)
    return any(may(actor, permission, seen.host.path) for permission in wanted)
