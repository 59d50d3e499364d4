"""What a submission comes to, in words: what would change, or the dates that would be booked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from meetings.approval.submissions import Submission, What
from meetings.errors import MeetingsError, SiteBusy
from meetings.model import Conference, ConferenceId, State
from meetings.office.workdays import OfficeCalendar
from meetings.rules import amended, booked, holds_differ
from meetings.scheduling.reasons import Reason
from meetings.series.edits import changed
from meetings.series.plan import Series, wish_on
from meetings.series.rrules import BadRule
from meetings.store import Connection
from meetings.store.conferences import get_conference
from meetings.store.holds import NOBODY
from meetings.store.series import get_series
from web.approval.approving import spoken_against
from web.approval.submitting import CHANGES, series_changes_in, wish_in
from web.errors import BadForm
from web.pages.booking.repeating import SCOPES
from web.pages.reading import Reader
from web.pages.series.becoming import Shown, shown_of, words_between
from web.pages.series.seriesview import (
    DateLine,
    SkippedLine,
    planned_lines,
    rule_text,
    skipped_lines,
)
from web.scheduling.booking import Desk
from web.series.forms import ScopeQuery, SeriesBody
from web.series.series import plan_wish
from web.series.turns import preview_dates
from web.wording.explaining import sentence
from web.wording.naming import read_names

MOST_REASONS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would change, or which dates would be booked and which left out."""

    scope: str = ""
    rule: str = ""
    changes: Sequence[str] = ()
    dates: Sequence[DateLine] = ()
    skipped: Sequence[SkippedLine] = ()
    first: str = ""
    first_changes: Sequence[str] = ()
    lines: Shown | None = None
    against: Sequence[Reason] = ()
    problem: Sequence[str] = ()


async def preview_of(
    conn: Connection, found: Submission, reader: Reader, desk: Desk, calendar: OfficeCalendar
) -> Preview:
    """Return what carrying a submission out would come to now."""
    subject = found.subject
    if subject.what is What.SERIES:
        return await series_preview(conn, found, reader, calendar)
    if subject.series is not None:
        series = await get_series(conn, subject.series)
        if subject.what is What.SERIES_DATE:
            return await date_preview(conn, found, series, reader)
        return await dates_preview(conn, found, series, reader, desk)
    if subject.conference is None:
        return Preview()
    return await change_preview(conn, found, await get_conference(conn, subject.conference), reader)


async def change_preview(
    conn: Connection, found: Submission, before: Conference, reader: Reader
) -> Preview:
    """Return what would be different about a conference that is still confirmed."""
    if before.state is not State.CONFIRMED:
        return Preview()
    payload = found.subject.payload
    if found.subject.what is What.HOST:
        after = replace(before, host=found.subject.host, owner=payload["owner"] or None)
        return Preview(changes=await words_between(conn, before, after, reader))
    after = amended(before, CHANGES.validate_python(payload["changes"]))
    return Preview(
        changes=await words_between(conn, before, after, reader),
        against=await said_against(conn, before, after, reader),
    )


async def date_preview(
    conn: Connection, found: Submission, series: Series, reader: Reader
) -> Preview:
    """Return what would speak against a date that is put back."""
    day = date.fromisoformat(found.subject.payload["date"])
    wish = wish_on(series.wish, series.schedule.period_on(day))
    made = booked(wish, NOBODY, by=found.asked_by, now=reader.now)
    return Preview(against=await spoken_against(conn, made, now=reader.now))


async def said_against(
    conn: Connection, before: Conference, after: Conference, reader: Reader
) -> Sequence[Reason]:
    """Return what would speak against a change; other words alone are not judged again."""
    holds = holds_differ(before, after)
    return await spoken_against(conn, after, now=reader.now) if holds else ()


async def dates_preview(
    conn: Connection, found: Submission, series: Series, reader: Reader, desk: Desk
) -> Preview:
    """Return what would be different about a series, and what would become of its dates."""
    after = changed(series, series_changes_in(found.subject))
    now, by = reader.now, series.created_by
    pair = [booked(one.wish, ConferenceId(0), by=by, now=now) for one in (series, after)]
    words = await words_between(conn, pair[0], pair[1], reader)
    scope = ScopeQuery.model_validate(found.subject.payload["scope"])
    told = reader.speech.word(SCOPES[scope.scope])
    first = found.subject.payload.get("first")
    seen = Preview(scope=told, changes=words)
    if first:
        seen = await with_first(conn, seen, first, reader)
    try:
        outcome = await preview_dates(
            conn,
            desk,
            series,
            series_changes_in(found.subject),
            scope=scope,
            besides=ConferenceId(first["conference"]) if first else None,
        )
        against = [*seen.against, *outcome.against]
        return replace(seen, lines=await shown_of(conn, outcome, reader), against=against)
    except SiteBusy as busy:
        return replace(seen, problem=await reasons_of(conn, busy, reader))
    except (MeetingsError, BadForm):
        # Dates, halls or people are there no more: the approval itself says which.
        return seen


async def with_first(
    conn: Connection, preview: Preview, first: Mapping[str, Any], reader: Reader
) -> Preview:
    """Return the same with what becomes different about the date on which it was typed."""
    before = await get_conference(conn, ConferenceId(first["conference"]))
    if before.state is not State.CONFIRMED:
        return preview
    after = amended(before, CHANGES.validate_python(first["changes"]))
    words = await words_between(conn, before, after, reader)
    return replace(
        preview,
        first=reader.speech.span(before.period),
        first_changes=words,
        against=await said_against(conn, before, after, reader),
    )


async def reasons_of(conn: Connection, busy: SiteBusy, reader: Reader) -> list[str]:
    """Say what is in the way now."""
    names = await read_names(conn, reader.actor, busy.reasons)
    return [sentence(one, names, reader.speech) for one in busy.reasons[:MOST_REASONS]]


async def series_preview(
    conn: Connection, found: Submission, reader: Reader, calendar: OfficeCalendar
) -> Preview:
    """Return the dates that would be booked now."""
    body = SeriesBody.model_validate(found.subject.payload["body"])
    try:
        draft = await plan_wish(conn, wish_in(found.subject), body, calendar, now=reader.now)
    except (BadForm, BadRule):
        return Preview()
    return Preview(
        rule=rule_text(draft.schedule, reader),
        dates=await planned_lines(conn, draft, reader),
        skipped=await skipped_lines(conn, draft.plan.skipped, reader),
        against=draft.against,
    )
