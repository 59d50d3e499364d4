"""How a conference repeats, as plain choices on the booking form, and the rule that they mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from aiohttp import web

from meetings.series.edits import Scope
from meetings.series.plan import OnHolidays, SkipReason
from meetings.series.rrules import WEEKDAYS
from web.errors import BadForm, Problem
from web.i18n import N_
from web.input.moments import date_problem, read_date
from web.pages.reading import Texts

FIELDS = ("repeat", "repeat_count", "repeat_until", "on_holidays", "rrule")
TELLING = ("repeat_count", "repeat_until", "rrule")
"""Fields that nobody fills in who wants a single date; the others have a choice of their own."""
CUSTOM = "custom"
LAST = 5

REPEATS: Mapping[str, str] = MappingProxyType(
    {
        "weekly": N_("Every week"),
        "biweekly": N_("Every two weeks"),
        "monthly-day": N_("Every month on the same day"),
        "monthly-weekday": N_("Every month on the same weekday"),
        "yearly": N_("Every year"),
        CUSTOM: N_("By a rule (RRULE)"),
    }
)
HOLIDAYS: Mapping[OnHolidays, str] = MappingProxyType(
    {
        OnHolidays.SKIP: N_("Leave the date out"),
        OnHolidays.NEXT_WORKING_DAY: N_("Hold it on the next working day"),
        OnHolidays.KEEP: N_("Hold it all the same"),
    }
)
REASONS: Mapping[SkipReason, str] = MappingProxyType(
    {
        SkipReason.HOLIDAY: N_("Offices have a holiday on that day"),
        SkipReason.DAY_OFF: N_("Offices do not work on that day"),
        SkipReason.CLASH: N_("Halls are taken then"),
        SkipReason.NOT_FREE: N_("An official, a line or a hall cannot be had then"),
        SkipReason.NO_SEATS: N_("No bridge has enough places then"),
        SkipReason.PAST: N_("The time lies in the past"),
        SkipReason.NO_SITES: N_("The host, a hall or an official is not there then"),
        SkipReason.HORIZON: N_("That is further ahead than the host may book"),
        SkipReason.QUOTA: N_("The host would have more conferences than it may"),
    }
)
SCOPES: Mapping[Scope, str] = MappingProxyType(
    {
        Scope.ONE: N_("Only this date"),
        Scope.FOLLOWING: N_("This date and those after it"),
        Scope.ALL: N_("All coming dates of the series"),
    }
)
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "repeat": N_("How it repeats"),
        "repeat_count": N_("How many times"),
        "repeat_until": N_("Until which day"),
        "on_holidays": N_("When offices do not work"),
        "rrule": N_("Rule (RRULE)"),
    }
)


def typed_rule(form: Texts, first: date) -> str:
    """Return the rule that the choices mean for a first day.

    Raises:
        BadForm: neither how often nor until when was said, or it cannot be read.
    """
    repeat = form.get("repeat")
    if repeat not in REPEATS:
        raise BadForm({"repeat": "not-a-choice"})
    if repeat == CUSTOM:
        return form.get("rrule")
    return f"{_parts(repeat, first)};{_end(form)}"


def _parts(repeat: str, first: date) -> str:
    place = (first.day - 1) // 7 + 1
    return {
        "weekly": "FREQ=WEEKLY",
        "biweekly": "FREQ=WEEKLY;INTERVAL=2",
        "monthly-day": f"FREQ=MONTHLY;BYMONTHDAY={first.day}",
        "monthly-weekday": "FREQ=MONTHLY;BYDAY="
        f"{-1 if place == LAST else place}{WEEKDAYS[first.weekday()]}",
        "yearly": "FREQ=YEARLY",
    }[repeat]


def _end(form: Texts) -> str:
    count, until = form.get("repeat_count").strip(), form.get("repeat_until").strip()
    if until:
        day = read_date(until)
        if day is None:
            raise BadForm({"repeat_until": date_problem(until)})
        return f"UNTIL={day:%Y%m%d}"
    if not count:
        raise BadForm({"repeat_count": "rule-without-end"})
    if not (count.isascii() and count.isdigit() and len(count) < 4):  # noqa: PLR2004 - three digits
        raise BadForm({"repeat_count": "not-a-number"})
    return f"COUNT={count}"


def beside_choices(error: BadForm, form: Texts) -> BadForm:
    """Return the same problems beside the fields that people see."""
    problems: dict[str, str | Problem] = dict(error.problems)
    if form.get("repeat") != CUSTOM and "rrule" in problems:
        field = "repeat_until" if form.get("repeat_until").strip() else "repeat_count"
        problems[field] = problems.pop("rrule")
    return BadForm(problems)


def lead_to_series(form: Texts) -> None:
    """Send a form in which somebody typed how often it repeats to where all dates are seen first.

    Raises:
        HTTPTemporaryRedirect: with the same form; a single date would leave out what was typed.
    """
    if "edit" not in form and any(form.get(name).strip() for name in TELLING):
        raise web.HTTPTemporaryRedirect("/series/new")


def typed_choices(form: Texts) -> dict[str, Any]:
    """Return the choices as they were made."""
    return {name: form.get(name)[:500] for name in FIELDS}
