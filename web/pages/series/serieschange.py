"""The form that changes a series: its words, its time, how it repeats, and from which date on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from secrets import token_urlsafe
from types import MappingProxyType
from typing import Any

from aiohttp import web

from meetings.approval.asking import steps_for
from meetings.approval.submissions import Submission
from meetings.directory.finding import sites_by_ids
from meetings.errors import IllegalMove, MeetingsError, NoSeats, SiteBusy, SitesNotFound, TooLate
from meetings.idempotency import Answer
from meetings.model import Conference, Urgency, Visibility
from meetings.office.days import StaleEntry
from meetings.scheduling.reasons import Rule
from meetings.series.edits import is_open
from meetings.series.errors import SeriesClash
from meetings.store import Connection
from meetings.store.occurrences import list_held
from web.answers import redirect
from web.errors import BadForm
from web.formats import long_date
from web.i18n import N_
from web.input.forms import parse_form
from web.input.once import once
from web.pages.booking.approvals_said import seen_waiting
from web.pages.booking.choosing import callable_among, summons_choices
from web.pages.booking.repeating import HOLIDAYS, REPEATS, beside_choices
from web.pages.booking.repeating import LABELS as REPEAT_LABELS
from web.pages.booking.wishing import LABELS as WISH_LABELS
from web.pages.booking.wishing import Typed, form_status, problems_of
from web.pages.conference.conferences import unit_name
from web.pages.people.people import units_to_choose
from web.pages.reading import Reader, Texts, form_of, key_in, number_in, reader_of, version_in
from web.pages.series.seriespreview import preview_page
from web.pages.series.seriestyped import (
    NAMES,
    TEXTS,
    ahead_of,
    scope_of,
    typed_changes,
    values_of,
)
from web.pages.series.seriesview import rule_words
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.scheduling.booking import desk_of
from web.series.changes import amend_series, changes_in
from web.series.forms import SeriesChangesBody
from web.series.outcomes import OtherOutcome
from web.series.seeing_series import see_series
from web.transactions import connection
from web.wording import approval_words, content_phrases
from web.wording.explaining import sentence
from web.wording.moves import say_fact
from web.wording.naming import read_names

routes = Routes()

PATH = "/series/{id:[0-9]+}/change"
MOST_REASONS = 4
LABELS: Mapping[str, str] = MappingProxyType(
    {
        **{name: WISH_LABELS[name] for name in (*TEXTS, "start", "end")},
        **REPEAT_LABELS,
        "since": N_("From which date on"),
        "first_day": N_("First day of the new rule"),
    }
)
BESIDE: Mapping[type[MeetingsError], str] = MappingProxyType(
    {
        SiteBusy: "start",
        TooLate: "start",
        NoSeats: "start",
        SitesNotFound: "since",
        SeriesClash: "repeat",
        IllegalMove: "since",
    }
)
"""Beside which field a fact is told."""


@routes.get(PATH, allow=Permission.BOOK)
async def ask(request: web.Request) -> web.Response:
    """Show the form with the series in it."""
    return await change_page(request, reader_of(request), None)


@routes.post(PATH, allow=Permission.BOOK)
async def amend(request: web.Request) -> web.StreamResponse:
    """Change what was typed differently; dates that move are looked at and agreed to before."""
    reader, form = reader_of(request), await form_of(request)
    typed = Typed(values={name: form.get(name)[:500] for name in NAMES})
    if "edit" in form:
        return await change_page(request, reader, typed, version=version_in(form))
    try:
        return await answered(request, reader, form)
    except StaleEntry:
        return await change_page(request, reader, typed, stale=True)
    except BadForm as error:
        wrong = errors_of(request, error, form)
    except tuple(BESIDE) as error:
        wrong = await told(request, reader, error)
    typed = Typed(values=typed.values, errors=wrong)
    return await change_page(request, reader, typed, version=version_in(form))


async def told(request: web.Request, reader: Reader, error: MeetingsError) -> dict[str, str]:
    """Return a fact beside its field, with who or what is in the way."""
    words, field = say_fact(request, error), BESIDE[type(error)]
    if not isinstance(error, SiteBusy):
        return {field: words}
    async with connection(request) as conn:
        names = await read_names(conn, reader.actor, error.reasons)
    if {one.rule for one in error.reasons} <= {Rule.QUOTA, Rule.HORIZON}:
        field, words = "host", ""
    sentences = [sentence(one, names, reader.speech) for one in error.reasons[:MOST_REASONS]]
    return {field: " ".join(filter(None, [words, *sentences]))}


async def answered(request: web.Request, reader: Reader, form: Texts) -> web.StreamResponse:
    """Show what would become of the dates, or change them once that was seen.

    What comes to something else by now is shown again.
    """
    if "confirm" not in form and (page := await preview_page(request, reader, form)):
        return page
    try:
        return await saved(request, reader, form)
    except OtherOutcome:
        page = await preview_page(request, reader, form, again=True)
        return page or redirect(request.path)


async def saved(request: web.Request, reader: Reader, form: Texts) -> web.StreamResponse:
    """Change the series once for this form and lead to it."""
    desk, number = desk_of(request, reader.actor), number_in(request, "id")

    async def work(conn: Connection) -> Answer:
        seen = await see_series(conn, reader.actor, number, Permission.BOOK)
        body = parse_form(SeriesChangesBody, typed_changes(form, seen))
        after = await amend_series(
            conn,
            desk,
            seen.series,
            await changes_in(conn, desk, body),
            scope=scope_of(form),
            version=version_in(form),
            seen=form.get("seen") or None,
        )
        if isinstance(after, Submission):
            return seen_waiting(after)
        place = f"/series/{after.id}?said=series-changed"
        return Answer(status=HTTPStatus.SEE_OTHER, headers={"Location": place}, body="")

    answer = await once(request, work, key=key_in(form))
    return redirect(answer.headers["Location"])


def errors_of(request: web.Request, error: BadForm, form: Texts) -> dict[str, str]:
    """Return the words for each field; a wrong length is told beside the end."""
    found = problems_of(request, beside_choices(error, form))
    pairs = {"starts_at": "start", "minutes": "end", "date": "since"}
    return {pairs.get(name, name): words for name, words in found.items()}


async def change_page(
    request: web.Request,
    reader: Reader,
    typed: Typed | None,
    *,
    version: int | None = None,
    stale: bool = False,
) -> web.Response:
    """Return the form, as the series is or as it was typed; `version` is what was looked at."""
    speech = reader.speech
    async with connection(request) as conn:
        seen = await see_series(conn, reader.actor, number_in(request, "id"), Permission.BOOK)
        held = await list_held(conn, seen.series.id)
        asks = bool(await steps_for(conn, seen.series.wish.host, seen.series.wish.kind))
        sites = await sites_by_ids(conn, seen.series.wish.sites)
        halls = await callable_among(conn, sites.values())
        offices = await units_to_choose(conn, reader, reader.units(Permission.BOOK))
    units = {unit.code: unit_name(unit, speech) for unit in (*offices, seen.host)}
    dates = [(day, one) for day, one in held.items() if is_open(one, reader.now)]
    form = typed or Typed(values=values_of(seen.series, seen.host.code) | ahead_of(dates))
    return render(
        request,
        "series-change.html",
        status=form_status(wrong=bool(form.errors), stale=stale),
        stale=stale,
        version=seen.series.version if version is None else version,
        series=seen.series,
        rule=rule_words(seen.series, reader),
        asks=asks,
        form=form,
        key=token_urlsafe(16),
        labels={name: speech.word(words) for name, words in LABELS.items()},
        **choices_of(dates, reader),
        **summons_choices(halls, speech),
        hosts=list(units.items()),
    )


def choices_of(dates: list[tuple[date, Conference]], reader: Reader) -> dict[str, Any]:
    """Return what can be chosen from."""
    speech = reader.speech
    return {
        "since": [
            ("", speech.tell("All coming dates of the series")),
            *((day.isoformat(), long_date(one.period.start, speech.locale)) for day, one in dates),
        ],
        "repeats": [
            ("", speech.tell("As it does now")),
            *((value, speech.word(words)) for value, words in REPEATS.items()),
        ],
        "holidays": [(one.value, speech.word(words)) for one, words in HOLIDAYS.items()],
        "visibilities": [
            (one.value, speech.word(content_phrases.VISIBILITIES[one])) for one in Visibility
        ],
        "urgencies": [(one.value, speech.word(approval_words.URGENCIES[one])) for one in Urgency],
    }
