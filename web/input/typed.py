"""What is typed, all of it text, turned into what the JSON of the API would say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import BeforeValidator, Field

from web.errors import BadForm, Problem
from web.input.forms import LARGEST_ID, Body, ChangesBody, WishBody, parse_form
from web.input.moments import date_problem, on_the_clock, read_date, read_time, typed_day

LONGEST_DIGITS = 18
NEXT_DAY = "next_day"
"""The field that is ticked where a conference ends on the day after it began."""
TEXTS = (
    "title",
    "kind",
    "chair",
    "secretary",
    "visibility",
    "secrecy",
    "urgency",
    "waiver",
    "call_systems",
    "note",
    "host",
    "bridge",
)
OPTIONAL = frozenset({"host", "bridge", "visibility", "secrecy", "urgency", "call_systems"})
YES_OR_NO = frozenset({"call_systems"})
"""Texts that are a choice of the two."""

Form = TypeVar("Form", bound=Body)


class Fields(Protocol):
    """What a posted form offers: texts, and files that are no texts."""

    def get(self, key: str, default: Any, /) -> Any:
        """Return the first value of a name."""

    def getall(self, key: str, default: Any, /) -> Any:
        """Return every value of a name."""


def parse_wish_page(fields: Fields) -> WishBody:
    """Return the wish typed on the booking page.

    Raises:
        BadForm: with every field that was wrong; `date`, `start` and `end` as they were typed.
    """
    return parse_page(WishBody, fields)


def parse_changes_page(fields: Fields) -> ChangesBody:
    """Return the changes typed on the booking page; it sends every field each time."""
    return parse_page(ChangesBody, fields)


def parse_page(
    model: type[Form], fields: Fields, more: Mapping[str, Any] = MappingProxyType({})
) -> Form:
    """Read the times as people write them and everything else as the API does; `more` is added."""
    times, problems = read_times(fields)
    if not fields.get("secrecy", ""):
        problems["secrecy"] = Problem("secrecy-unconfirmed")
    try:
        form = parse_form(model, typed_values(model, fields) | times | dict(more))
    except BadForm as error:
        found = {name: problem for name, problem in error.problems.items() if name not in problems}
        hidden = {"start", "end"} if problems.keys() - {"secrecy"} else set()
        raise BadForm(problems | {n: p for n, p in found.items() if n not in hidden}) from None
    if problems:
        raise BadForm(problems)
    return form


def typed_values(model: type[Body], fields: Fields) -> dict[str, Any]:
    """Return every field of the form but its times; an empty optional one is left out."""
    values: dict[str, Any] = {
        name: read_text(name, fields.get(name, ""))
        for name in TEXTS
        if name in model.model_fields and (name not in OPTIONAL or fields.get(name, ""))
    }
    values["sites"] = [number_or_text(value) for value in fields.getall("sites", [])]
    values["groups"] = list(fields.getall("groups", []))
    values |= typed_officials(fields)
    if "as_" in model.model_fields and (kept := fields.get("as", "")):
        values["as"] = kept
    if main := fields.get("main_site", ""):
        values["main_site"] = number_or_text(main)
    return values


def typed_officials(fields: Fields) -> dict[str, Any]:
    """Return who chairs and attends; a form that does not ask for them says nothing of them."""
    chair = fields.get("chair_id", None)
    if chair is None:
        return {}
    delegates = [number_or_text(value) for value in fields.getall("delegates", [])]
    return {"chair_id": number_or_text(chair) if chair else None, "delegates": delegates}


def read_text(name: str, typed: Any) -> Any:
    """Return what a text says; of a choice that is not offered nothing.

    What is none of the choices stays and is told as a wrong field.
    """
    said = {"yes": True, "no": False, "": None}
    return said.get(typed, typed) if name in YES_OR_NO else typed


def number_or_text(value: Any) -> Any:
    """Return the number a text shows; anything else stays and is told as a wrong field."""
    good = (
        isinstance(value, str)
        and value.isascii()
        and value.isdigit()
        and len(value) <= LONGEST_DIGITS
    )
    return int(value) if good else value


Number = Annotated[int, BeforeValidator(number_or_text), Field(strict=True)]
"""A number as a query or a file writes it."""

TypedId = Annotated[Number, Field(ge=1, le=LARGEST_ID)]


def day_or_text(typed: str) -> str:
    """Return a typed day as programs write one; anything else stays and is told as wrong."""
    day = typed_day(typed)
    return day.isoformat() if day else typed.strip()


def read_times(fields: Fields) -> tuple[dict[str, datetime], dict[str, str | Problem]]:
    """Return start and end, and what is wrong with the typed day and times.

    An end is on the day of the start, or where that is ticked on the next one; who did not tick
    it and ends before the start is told so.
    """
    day = read_date(str(fields.get("date", "")))
    times, problems = {}, {}
    if day is None:
        problems["date"] = Problem(date_problem(str(fields.get("date", ""))))
    for name in ("start", "end"):
        typed = str(fields.get(name, ""))
        at = read_time(typed)
        if at is None:
            problems[name] = Problem("bad-clock-time" if typed else "required")
        elif day is not None:
            later = timedelta(days=name == "end" and bool(fields.get(NEXT_DAY, "")))
            times[name] = on_the_clock(day + later, at)
    if not problems and times["end"] <= times["start"]:
        problems["end"] = Problem("next-day-not-ticked")
    return times, dict(problems)
