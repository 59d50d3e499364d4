"""How a hall is booked, as its page shows it: time around a conference, line, black-outs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from meetings.black_outs import count_touched, list_black_outs
from meetings.directory import sites_by_ids, units_by_ids
from meetings.halls import SAID, terms_of
from meetings.model import Site, SiteId
from meetings.officials import list_lines
from meetings.policies import Standing, policy_of
from meetings.resources import BlackOut, HallTerms, Line, Subject, SubjectKind
from meetings.store import Connection
from web.errors import BadForm, Problem
from web.i18n import N_
from web.moments import on_the_clock, read_date, read_time
from web.pages.conferences import unit_name
from web.pages.reading import Reader, Texts
from web.permissions import Permission, may
from web.policy_phrases import TERMS
from web.typed import number_or_text

MOST_NAMES = 6
MOST_LINES = 1000
TYPED = (*SAID, "from_day", "from_time", "until_day", "until_time", "reason")
LONGEST_TYPED = 500
EMPTY: Mapping[str, str] = MappingProxyType(dict.fromkeys(TYPED, ""))
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "line": N_("Shared line"),
        "set_up_minutes": TERMS["set_up_minutes"],
        "tear_down_minutes": TERMS["tear_down_minutes"],
        "from_day": N_("From the day"),
        "from_time": N_("From what time"),
        "until_day": N_("To the day"),
        "until_time": N_("Until what time"),
        "reason": N_("Reason"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlackLine:
    """A stretch in which the hall cannot be had."""

    id: int
    when: str
    reason: str
    kept: str
    begun: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """How the hall is booked, and what the form for it offers."""

    facts: Sequence[tuple[str, str]]
    values: Mapping[str, str]
    hints: Mapping[str, str]
    lines: Sequence[tuple[str, str]]
    version: int
    black_outs: Sequence[BlackLine]
    may: bool


async def booked_of(conn: Connection, site: Site, reader: Reader) -> Booked:
    """Return how a hall is booked."""
    terms, policy = await terms_of(conn, site.id), await policy_of(conn, site.unit_id)
    lines = await list_lines(conn, limit=MOST_LINES)
    mine = next((one for one in lines if one.id == terms.line), None)
    others = await sites_by_ids(conn, mine.sites - {site.id} if mine else ())
    units = await units_by_ids(conn, set(policy.said_by.values()))
    said_by = {name: unit_name(units[who], reader.speech) for name, who in policy.said_by.items()}
    manages = Permission.MANAGE_RESOURCES
    return Booked(
        facts=facts(terms, policy, said_by, (mine, others), reader),
        values={name: written(getattr(terms, name)) for name in SAID},
        hints={name: hint(name, policy, said_by, reader) for name in SAID[1:]},
        lines=[
            ("", reader.speech.tell("None")),
            *(
                (str(one.id), one.name)
                for one in lines
                if one is mine or may(reader.actor, manages, one.unit_path)
            ),
        ],
        version=terms.version,
        black_outs=await black_lines(conn, site.id, reader),
        may=may(reader.actor, manages, site.unit_path),
    )


def written(value: int | None) -> str:
    """Write a number, or nothing."""
    return "" if value is None else str(value)


def facts(
    terms: HallTerms,
    policy: Standing,
    said_by: Mapping[str, str],
    shared: tuple[Line | None, Mapping[SiteId, Site]],
    reader: Reader,
) -> list[tuple[str, str]]:
    """Return what is so, each with its label."""
    speech, (line, others) = reader.speech, shared
    found = []
    for name in SAID[1:]:
        own = getattr(terms, name)
        minutes = speech.number(getattr(policy.in_force, name) if own is None else own)
        who = said_by.get(name) if own is None else None
        text = speech.tell("%(number)s, as %(unit)s says", number=minutes, unit=who)
        found.append((speech.word(LABELS[name]), text if who else minutes))
    if line is not None:
        names = speech.listing((one.label for one in others.values()), most=MOST_NAMES)
        text = speech.tell("%(line)s, with %(halls)s", line=line.name, halls=names)
        found.append((speech.word(LABELS["line"]), text if names else line.name))
    return found


def hint(name: str, policy: Standing, said_by: Mapping[str, str], reader: Reader) -> str:
    """Say what is in force while the field is empty, and who says so."""
    number = reader.speech.number(getattr(policy.in_force, name))
    if name not in said_by:
        return reader.speech.tell("Empty: %(number)s, as everywhere", number=number)
    return reader.speech.tell(
        "Empty: %(number)s, as %(unit)s says", number=number, unit=said_by[name]
    )


async def black_lines(conn: Connection, site: SiteId, reader: Reader) -> list[BlackLine]:
    """Return the hall's black-outs that are not over, the earliest first."""
    subject = Subject(SubjectKind.SITE, site)
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


def typed_terms(form: Texts) -> dict[str, Any]:
    """Return how the hall is to be booked; an empty field is left to the policy."""
    typed = {name: form.get(name).strip() for name in SAID}
    return {name: number_or_text(text) if text else None for name, text in typed.items()}


def typed_black_out(form: Texts, site: SiteId) -> dict[str, Any]:
    """Return the black-out as programs send one; without times it is of whole days.

    Raises:
        BadForm: with each day and time that cannot be read.
    """
    first, last = form.get("from_day"), form.get("until_day") or form.get("from_day")
    start, end = read_date(first), read_date(last)
    opens, closes = (clock(form.get(name)) for name in ("from_time", "until_time"))
    problems: dict[str, str | Problem] = {}
    if start is None:
        problems["from_day"] = "bad-date" if first else "required"
    elif end is None:
        problems["until_day"] = "bad-date"
    for name, at in (("from_time", opens), ("until_time", closes)):
        if form.get(name) and at is None:
            problems[name] = "bad-clock-time"
    if problems or start is None or end is None:
        raise BadForm(problems)
    whole = not form.get("until_time")
    return {
        "site": site,
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
