"""The form of a change: who must agree first, and which dates of a series are meant."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from meetings.approval.asking import steps_for
from meetings.approval.submissions import Submission
from meetings.errors import IllegalMove
from meetings.model import Conference, State
from meetings.rules import UNPROMISED, amended
from meetings.series.edits import Scope, changes_between
from meetings.store import Connection
from meetings.store.occurrences import Belonging, find_belonging, lock_gate
from meetings.store.series import lock_series
from meetings.store.seriesedits import lock_dates
from web.errors import BadForm
from web.input.forms import ChangesBody, parse_form
from web.pages.booking.wishing import Sheet, Typed, fixed_of
from web.pages.conference.conferences import OPEN, Found
from web.pages.reading import Reader, Texts
from web.scheduling.amending import amend_conference, cancel_conference, carry_change, changes_of
from web.scheduling.booking import Desk
from web.series.changes import First, cancel_series, carry_dates, submit_dates
from web.series.forms import ScopeQuery
from web.series.outcomes import OtherOutcome
from web.series.turns import preview_dates
from web.wording.moves import WAYS_OUT


async def change_sheet(conn: Connection, found: Found, reader: Reader) -> Sheet:
    """Return the form of a change; `asks` where a chain would have to agree to a large one."""
    conference, page = found.conference, f"/conferences/{found.conference.id}"
    belonging = await find_belonging(conn, conference.id)
    promised, live = (conference.state is one for one in (State.CONFIRMED, State.LIVE))
    return Sheet(
        heading=reader.speech.tell("Change %(title)s", title=conference.title),
        verb=reader.speech.tell("Save the change"),
        action=f"{page}/change",
        back=page,
        said="changed",
        conference=conference.id,
        version=conference.version,
        series=belonging.series if belonging else 0,
        remark=reader.speech.word(WAYS_OUT[State.LIVE]) if live else "",
        fixed=fixed_of(conference) if live else {},
        asks=promised and bool(await steps_for(conn, conference.host, conference.kind)),
    )


SEEN = "seen"
"""The field that says what of the other dates was looked at."""


def require_changeable(conference: Conference) -> None:
    """Raise IllegalMove, with the way out, before a form is filled that nothing can come of."""
    if conference.state not in OPEN | UNPROMISED:
        raise IllegalMove(conference.id, conference.state, conference.state)


def scope_in(form: Texts, belonging: Belonging | None) -> ScopeQuery:
    """Return which dates the form means; without a series it is this conference.

    Raises:
        BadForm: there is no such choice.
    """
    if belonging is None or not form.get("scope"):
        return ScopeQuery(scope=Scope.ONE)
    day = belonging.day.isoformat()
    return parse_form(
        ScopeQuery, {"scope": form.get("scope"), "date": day, "reason": form.get("reason")}
    )


def with_scope(typed: Typed, form: Texts) -> Typed:
    """Return what was typed with the dates that were chosen, and what was seen of them."""
    if "scope" not in form:
        return typed
    chosen = {"scope": form.get("scope"), SEEN: form.get(SEEN)}
    return replace(typed, values=dict(typed.values) | chosen)


async def amend_dates(
    conn: Connection,
    desk: Desk,
    before: Conference,
    body: ChangesBody,
    *,
    form: Texts,
    version: int | None,
) -> Conference | Submission:
    """Change a conference, and with it the dates of its series that the form means.

    The series is locked before its date, as everywhere; what became different on this date becomes
    different on the others, where nobody had changed it by hand.

    Raises:
        BadForm: several dates were to be moved to one day.
        OtherOutcome: what becomes of the others is to be looked at first, or again.
    """
    belonging = await find_belonging(conn, before.id)
    scope = scope_in(form, belonging)
    if belonging is None or scope.scope is Scope.ONE:
        return await amend_conference(conn, desk, before, body, version=version)
    series = await lock_series(conn, belonging.series)
    what = await changes_of(conn, before, body)
    after, zone = amended(before, what), ZoneInfo(series.schedule.zone)
    if after.period.start.astimezone(zone).date() != before.period.start.astimezone(zone).date():
        raise BadForm({"date": "series-moves-one"})
    changes = replace(changes_between(before, after, zone), whole=True)
    first, seen = First(conference=before.id, changes=what), form.get(SEEN)
    if not seen:
        outcome = await preview_dates(conn, desk, series, changes, scope=scope, besides=before.id)
        if outcome.shows:
            raise OtherOutcome(outcome, (before, after))
    submitted = await submit_dates(conn, desk, series, changes, scope=scope, first=first)
    if submitted:
        return submitted
    await lock_dates(conn, series.id)
    await lock_gate(conn)
    done = await carry_change(conn, desk, before, what, version=version)
    try:
        await carry_dates(conn, desk, series, changes, scope=scope, seen=seen)
    except OtherOutcome as other:
        raise OtherOutcome(other.outcome, (before, done)) from other
    return done


async def cancel_dates(
    conn: Connection, desk: Desk, found: Conference, form: Texts, *, reason: str, version: int
) -> None:
    """Call a conference off, and with it the dates of its series that the form means."""
    belonging = await find_belonging(conn, found.id)
    scope = scope_in(form, belonging)
    if belonging is None or scope.scope is Scope.ONE:
        await cancel_conference(conn, desk, found.id, reason=reason, version=version)
        return
    series = await lock_series(conn, belonging.series)
    await cancel_series(conn, desk, series, scope=scope, version=None)
