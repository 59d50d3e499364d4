"""What a submission comes to, in words: what would change, or the dates that would be booked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from meetings.model import Conference, ConferenceId, State
from meetings.rrules import BadRule
from meetings.rules import amended, booked
from meetings.seriesedits import changed
from meetings.seriesplan import Series
from meetings.store import Connection
from meetings.store.conferences import get_conference
from meetings.store.series import get_series
from meetings.submissions import Submission, What
from meetings.versions import differences, version_of
from meetings.workdays import OfficeCalendar
from web.errors import BadForm
from web.pages.history import change_words, names_of
from web.pages.reading import Reader
from web.pages.repeating import SCOPES
from web.pages.seriesview import DateLine, SkippedLine, planned_lines, rule_text, skipped_lines
from web.series import plan_wish
from web.seriesforms import ScopeQuery, SeriesBody
from web.submitting import CHANGES, series_changes_in, wish_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would change, or which dates would be booked and which left out."""

    scope: str = ""
    rule: str = ""
    changes: Sequence[str] = ()
    dates: Sequence[DateLine] = ()
    skipped: Sequence[SkippedLine] = ()


async def preview_of(
    conn: Connection, found: Submission, reader: Reader, calendar: OfficeCalendar
) -> Preview:
    """Return what carrying a submission out would come to now."""
    if found.subject.what is What.SERIES:
        return await series_preview(conn, found, reader, calendar)
    if found.subject.what is What.SERIES_CHANGE and found.subject.series is not None:
        return await dates_preview(
            conn, found, await get_series(conn, found.subject.series), reader
        )
    if found.subject.conference is None:
        return Preview()
    before = await get_conference(conn, found.subject.conference)
    if before.state is not State.CONFIRMED:
        return Preview()
    payload = found.subject.payload
    if found.subject.what is What.HOST:
        after = replace(before, host=found.subject.host, owner=payload["owner"] or None)
    else:
        after = amended(before, CHANGES.validate_python(payload["changes"]))
    return Preview(changes=await words_between(conn, before, after, reader))


async def dates_preview(
    conn: Connection, found: Submission, series: Series, reader: Reader
) -> Preview:
    """Return what would be different about the dates of a series."""
    after = changed(series, series_changes_in(found.subject))
    now, by = reader.now, series.created_by
    pair = [booked(one.wish, ConferenceId(0), by=by, now=now) for one in (series, after)]
    words = await words_between(conn, pair[0], pair[1], reader)
    scope = ScopeQuery.model_validate(found.subject.payload["scope"])
    told = reader.speech.word(SCOPES[scope.scope])
    return Preview(scope=told, changes=words)


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
    )


async def words_between(
    conn: Connection, before: Conference, after: Conference, reader: Reader
) -> list[str]:
    """Say what is different between two states of a conference."""
    versions = [version_of(before), version_of(after)]
    names = await names_of(conn, versions)
    found = differences(*versions)
    return [text for one in found for text in change_words(one, names, reader)]
