"""The booking form: what stands in it, what was typed, and the words for what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from aiohttp import web

from meetings.model import Conference, ConferenceId, Secrecy
from web.errors import BadForm
from web.formats import clock_time, local_day, short_date
from web.i18n import N_
from web.input.typed import NEXT_DAY
from web.pages.reading import Texts
from web.wording.sentences import say
from web.wording.speech import Speech

TEXTS = (
    "title",
    "kind",
    "chair_id",
    "chair",
    "secretary",
    "host",
    "main_site",
    "date",
    "start",
    "end",
    NEXT_DAY,
    "note",
    "visibility",
    "secrecy",
    "urgency",
    "waiver",
    "call_systems",
)
LISTS = ("sites", "groups", "delegates")
MOST_TYPED = 4000

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "title": N_("Title"),
        "kind": N_("Kind"),
        "chair_id": N_("Chaired by"),
        "chair": N_("Chair in words"),
        "delegates": N_("Delegates"),
        "secretary": N_("Minutes kept by"),
        "host": N_("Host"),
        "main_site": N_("Main hall"),
        "date": N_("Date"),
        "start": N_("Begins at"),
        "end": N_("Ends at"),
        "note": N_("Note"),
        "visibility": N_("Who sees the title"),
        "secrecy": N_("No state secrets"),
        "urgency": N_("Urgency"),
        "waiver": N_("Reason for short notice"),
        "call_systems": N_("Call the room systems at the start"),
        "groups": N_("Whole groups"),
        "sites": N_("Halls one by one"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A form as it was typed, with the words for what is wrong.

    Drawn again, it stays of the `version` that was looked at; None is the newest one.
    """

    values: Mapping[str, Any]
    errors: Mapping[str, str] = field(default_factory=dict)
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The form on the table: a new booking, or the change of one.

    `fixed` are the fields that can change no more, with what is kept of them; where `action` is
    empty, who reads it may not send it.
    """

    heading: str
    verb: str
    action: str
    back: str
    said: str
    conference: ConferenceId | str = ""
    version: int | str = ""
    series: int = 0
    asks: bool = False
    remark: str = ""
    fixed: Mapping[str, Any] = field(default_factory=dict)


def form_status(*, wrong: bool, stale: bool) -> HTTPStatus:
    """Return what a form is answered with."""
    if stale:
        return HTTPStatus.PRECONDITION_FAILED
    return HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK


def labels(speech: Speech) -> Mapping[str, str]:
    """Return the label of each field in the reader's language."""
    return {name: speech.word(words) for name, words in LABELS.items()}


def typed_in(form: Texts) -> dict[str, Any]:
    """Return every field as it was typed; strange fields are left out."""
    values: dict[str, Any] = {name: form.get(name)[:MOST_TYPED] for name in TEXTS}
    return values | {name: frozenset(form.getall(name)) for name in LISTS}


def typed_of(conference: Conference, host: str, *, chair: str) -> dict[str, Any]:
    """Return a conference as its form shows it; `chair` are the words beside the official."""
    start, end = conference.period.start, conference.period.end
    return {
        "title": conference.title,
        "kind": conference.kind.value,
        "chair_id": "" if conference.chair_id is None else str(conference.chair_id),
        "chair": chair,
        "secretary": conference.secretary,
        "host": host,
        "main_site": str(conference.main_site),
        **typed_times(start, end),
        "note": conference.note,
        "visibility": conference.visibility.value,
        "secrecy": Secrecy.NONE.value,
        "urgency": conference.urgency.value,
        "waiver": conference.waiver,
        "call_systems": chosen(said=conference.call_systems),
        "sites": frozenset(str(site) for site in conference.sites),
        "groups": frozenset(),
        "delegates": frozenset(map(str, conference.delegates)),
    }


def chosen(*, said: bool) -> str:
    """Return a yes or no as its choice is called."""
    return "yes" if said else "no"


def fixed_of(conference: Conference) -> dict[str, Any]:
    """Return what cannot change of a live conference: when it began, and the halls it has."""
    values = typed_of(conference, "", chair="")
    return {name: values[name] for name in ("date", "start", "sites")}


def with_fixed(typed: Typed, fixed: Mapping[str, Any]) -> Typed:
    """Return the form with what is fixed as it is kept; halls that join stay chosen."""
    if not fixed:
        return typed
    sites = fixed["sites"] | typed.values["sites"]
    return replace(typed, values={**typed.values, **fixed, "sites": sites})


def typed_at(values: Mapping[str, Any], start: datetime, end: datetime) -> dict[str, Any]:
    """Return the same form at another time."""
    return {**values, **typed_times(start, end)}


def typed_times(start: datetime, end: datetime) -> dict[str, str]:
    """Return a time as forms show it; an end on another day is on the next one."""
    return {
        "date": short_date(start),
        "start": clock_time(start),
        "end": clock_time(end),
        NEXT_DAY: "1" if local_day(start) != local_day(end) else "",
    }


def fields_of(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the form as hidden fields."""
    texts = [(name, str(values.get(name, ""))) for name in TEXTS]
    texts += [("scope", str(values["scope"]))] if "scope" in values else []
    return texts + [(name, value) for name in LISTS for value in sorted(values.get(name, ()))]


def words_of(request: web.Request, error: BadForm) -> dict[str, str]:
    """Return the words for each place of the form, such as `items.0.title`."""
    return {
        place: say(request, problem.code, **dict(problem.values))
        for place, problem in error.problems.items()
    }


def problems_of(request: web.Request, error: BadForm) -> dict[str, str]:
    """Return the words for each field of the form; a wrong site is told beside the sites."""
    words: dict[str, str] = {}
    for place, told in words_of(request, error).items():
        words.setdefault(place.split(".")[0], told)
    return words


def first_values(day: date, host: str, main_site: str) -> dict[str, Any]:
    """Return what an empty form shows: the next working day at eight."""
    return {
        "title": "",
        "kind": "briefing",
        "chair_id": "",
        "chair": "",
        "secretary": "",
        "host": host,
        "main_site": main_site,
        "date": f"{day:%d/%m/%Y}",
        "start": "08:00",
        "end": "10:00",
        NEXT_DAY: "",
        "note": "",
        "visibility": "",
        "secrecy": "",
        "urgency": "normal",
        "waiver": "",
        "call_systems": "no",
        **dict.fromkeys(LISTS, frozenset()),
    }
