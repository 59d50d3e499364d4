"""What is typed in the form that changes a series, and what it means."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from multidict import MultiDict

from meetings.model import Conference
from meetings.series.plan import Series
from web.errors import BadForm
from web.formats import short_date
from web.input.forms import parse_form, period_problem
from web.input.moments import date_problem, read_date
from web.input.typed import NEXT_DAY, read_text, read_times
from web.pages.booking.repeating import typed_rule
from web.pages.booking.wishing import chosen
from web.pages.reading import Texts
from web.series.forms import ScopeQuery
from web.series.seeing_series import SeenSeries

TEXTS = ("title", "chair", "secretary", "visibility", "urgency", "call_systems", "host")
TIMES = ("start", "end", NEXT_DAY)
REPEATING = ("repeat", "first_day", "repeat_count", "repeat_until", "on_holidays", "rrule")
NAMES = ("since", *TEXTS, *TIMES, *REPEATING)


def scope_of(form: Texts) -> ScopeQuery:
    """Return which dates are meant: all that are coming, or those from one on."""
    since = form.get("since")
    return parse_form(ScopeQuery, {"scope": "following", "date": since} if since else {})


def typed_changes(form: Texts, seen: SeenSeries) -> dict[str, Any]:
    """Return what was typed differently from what the series says.

    Raises:
        BadForm: a time or a day cannot be read.
    """
    before = values_of(seen.series, seen.host.code)
    given: dict[str, Any] = {
        name: read_text(name, form.get(name)) for name in TEXTS if form.get(name) != before[name]
    }
    given |= typed_times(form, seen.series)
    if form.get("repeat"):
        first = read_date(form.get("first_day"))
        if first is None:
            raise BadForm({"first_day": date_problem(form.get("first_day"))})
        given["rrule"] = typed_rule(form, first)
        given["first_day"] = first.isoformat()
        given["on_holidays"] = form.get("on_holidays")
    return given


def typed_times(form: Texts, series: Series) -> dict[str, Any]:
    """Return another beginning or length, where they are others.

    Raises:
        BadForm: a time cannot be read, or both together are no length of a conference.
    """
    day = f"{series.schedule.first_day:%d/%m/%Y}"
    times, problems = read_times(MultiDict({name: form.get(name) for name in TIMES}, date=day))
    if problems:
        raise BadForm(problems)
    start, end = times["start"], times["end"]
    if problem := period_problem(start, end):
        raise BadForm({"end": problem})
    minutes = (end - start) // timedelta(minutes=1)
    given: dict[str, Any] = {}
    if start.time() != series.schedule.starts_at:
        given["starts_at"] = f"{start:%H:%M}"
    if minutes != series.schedule.minutes:
        given["minutes"] = minutes
    return given


def values_of(series: Series, host: str) -> dict[str, str]:
    """Return a series as its form shows it."""
    wish, schedule = series.wish, series.schedule
    start = datetime.combine(schedule.first_day, schedule.starts_at)
    end = start + timedelta(minutes=schedule.minutes)
    return dict.fromkeys(NAMES, "") | {
        "title": wish.title,
        "chair": wish.chair,
        "secretary": wish.secretary,
        "visibility": wish.visibility.value,
        "urgency": wish.urgency.value,
        "call_systems": chosen(said=wish.call_systems),
        "host": host,
        "start": f"{start:%H:%M}",
        "end": f"{end:%H:%M}",
        NEXT_DAY: "1" if start.date() != end.date() else "",
        "on_holidays": schedule.on_holidays.value,
    }


def ahead_of(dates: list[tuple[date, Conference]]) -> dict[str, str]:
    """Return when a new rule would begin and how often it would come: as the dates left."""
    if not dates:
        return {}
    return {"first_day": short_date(dates[0][1].period.start), "repeat_count": str(len(dates))}
