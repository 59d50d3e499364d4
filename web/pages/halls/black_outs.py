"""Blacking a time out on the page of what it is about, a hall, an official or a line; ending it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from aiohttp import web

from meetings.ids import BlackOutId
from meetings.scheduling.black_outs import count_touched, find_black_out, list_black_outs
from meetings.scheduling.resources import BlackOut, Subject
from meetings.store import Connection
from web.answers import redirect
from web.errors import BadForm, PageNotFound, Problem
from web.i18n import N_
from web.input.forms import parse_form
from web.input.moments import date_problem, on_the_clock, read_date, read_time
from web.pages.reading import Reader, Texts, number_in, reader_of
from web.pages.sending import send_once
from web.scheduling import black_outs
from web.scheduling.black_outs import BlackOutBody
from web.transactions import transaction

TYPED = ("from_day", "from_time", "until_day", "until_time", "reason")
LONGEST_TYPED = 500
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "from_day": N_("From the day"),
        "from_time": N_("From what time"),
        "until_day": N_("To the day"),
        "until_time": N_("Until what time"),
        "reason": N_("Reason"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlackLine:
    """A stretch in which something cannot be had."""

    id: int
    when: str
    reason: str
    kept: str
    begun: bool


async def black_out(
    request: web.Request, form: Texts, subject: Subject, place: str
) -> web.Response:
    """Say when something cannot be had, once for a form, and lead back to its page.

    Raises:
        BadForm: with every field that was wrong.
        Forbidden: somebody else looks after it.
    """

    async def work(conn: Connection) -> str:
        await black_outs.add(conn, request, typed(form, subject))
        return f"{place}?said={subject.kind.value}-blacked-out"

    return await send_once(request, form, work)


async def give_back(request: web.Request, subject: Subject, place: str) -> web.Response:
    """Let it be had again from now on; twice is once."""
    reader = reader_of(request)
    async with transaction(request) as conn:
        found = await find_black_out(conn, BlackOutId(number_in(request, "black")))
        if found is not None and found.subject != subject:
            raise PageNotFound
        if found is not None:
            await black_outs.end(conn, request, found, reader.now)
    return redirect(f"{place}?said={subject.kind.value}-given-back")


def typed(form: Texts, subject: Subject) -> BlackOutBody:
    """Return the black-out that was typed, or raise BadForm."""
    values = values_of(form, subject)
    try:
        return parse_form(BlackOutBody, values)
    except BadForm as error:
        raise beside(error.problems) from None


def texts_in(form: Texts) -> dict[str, str]:
    """Return the form as it was typed."""
    return {name: form.get(name)[:LONGEST_TYPED] for name in TYPED}


async def black_lines(conn: Connection, subject: Subject, reader: Reader) -> list[BlackLine]:
    """Return the black-outs of something that are not over, the earliest first."""
    found = await list_black_outs(conn, since=reader.now, subject=subject)
    touched = await count_touched(conn, found)
    return [
        black_line(one, touched.get(one.id, 0), reader)
        for one in sorted(found, key=lambda one: one.period.start)
    ]


def black_line(black_out: BlackOut, kept: int, reader: Reader) -> BlackLine:
    """Return one black-out."""
    text = reader.speech.tell_many(
        "%(n)s conference was booked before and stays",
        "%(n)s conferences were booked before and stay",
        kept,
    )
    return BlackLine(
        id=black_out.id,
        when=reader.speech.span(black_out.period),
        reason=black_out.reason,
        kept=text if kept else "",
        begun=black_out.period.start <= reader.now,
    )


def values_of(form: Texts, subject: Subject) -> dict[str, Any]:
    """Return the black-out as programs send one; without times it is of whole days.

    Raises:
        BadForm: with each day and time that cannot be read.
    """
    first, last = form.get("from_day"), form.get("until_day") or form.get("from_day")
    start, end = read_date(first), read_date(last)
    opens, closes = (clock(form.get(name)) for name in ("from_time", "until_time"))
    problems: dict[str, str | Problem] = {}
    if start is None:
        problems["from_day"] = date_problem(first)
    elif end is None:
        problems["until_day"] = date_problem(last)
    for name, at in (("from_time", opens), ("until_time", closes)):
        if form.get(name) and at is None:
            problems[name] = "bad-clock-time"
    if problems or start is None or end is None:
        raise BadForm(problems)
    whole = not form.get("until_time")
    return {
        subject.kind.value: subject.id,
        "start": moment(start, opens),
        "end": moment(end, closes) + timedelta(days=1) * whole,
        "reason": form.get("reason").strip(),
    }


def clock(text: str) -> time | None:
    """Return the typed time, if it is one."""
    return read_time(text) if text else None


def moment(day: date, at: time | None) -> datetime:
    """Return a day at a time, else as it begins."""
    return on_the_clock(day, at or time())


def beside(problems: Mapping[str, Problem]) -> BadForm:
    """Return the problems of a black-out beside the fields of the page."""
    places = {"start": "from_day", "end": "until_day"}
    return BadForm({places.get(name, name): one for name, one in problems.items()})
