"""How a hall is booked, as its page shows it: time around a conference, line, black-outs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from meetings.directory.finding import sites_by_ids, units_by_ids
from meetings.directory.officials import lines_by_ids, list_lines
from meetings.model import Site, SiteId
from meetings.scheduling.halls import SAID, terms_of
from meetings.scheduling.policies import Standing, policy_of
from meetings.scheduling.resources import HallTerms, Line, Subject, SubjectKind
from meetings.store import Connection
from web.i18n import N_
from web.input.typed import number_or_text
from web.pages.conference.conferences import unit_name
from web.pages.halls.black_outs import LABELS as BLACK_OUT_LABELS
from web.pages.halls.black_outs import TYPED as BLACK_OUT
from web.pages.halls.black_outs import BlackLine, black_lines
from web.pages.halls.leftbehind import left_of
from web.pages.reading import Reader, Texts
from web.permissions import Permission, may
from web.wording.policy_phrases import TERMS

MOST_LINES = 1000
MOST_NAMES = 6
MOST_LEFT = 1000
TYPED = (*SAID, *BLACK_OUT)
EMPTY: Mapping[str, str] = MappingProxyType(dict.fromkeys(TYPED, ""))
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "line": N_("Shared line"),
        "set_up_minutes": TERMS["set_up_minutes"],
        "tear_down_minutes": TERMS["tear_down_minutes"],
        **BLACK_OUT_LABELS,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """How the hall is booked, and what the form for it offers."""

    facts: Sequence[tuple[str, str]]
    values: Mapping[str, str]
    hints: Mapping[str, str]
    lines: Sequence[tuple[str, str]]
    version: int
    black_outs: Sequence[BlackLine]
    left: Sequence[str]
    may: bool


async def booked_of(conn: Connection, site: Site, reader: Reader) -> Booked:
    """Return how a hall is booked."""
    terms, policy = await terms_of(conn, site.id), await policy_of(conn, site.unit_id)
    manages = Permission.MANAGE_RESOURCES
    mine = (await lines_by_ids(conn, [terms.line])).get(terms.line) if terms.line else None
    lines = await list_lines(conn, units=reader.units(manages), limit=MOST_LINES + 1)
    others = await sites_by_ids(conn, mine.sites - {site.id} if mine else ())
    units = await units_by_ids(conn, set(policy.said_by.values()))
    said_by = {name: unit_name(units[who], reader.speech) for name, who in policy.said_by.items()}
    left, _ = await left_of(conn, [site.id], reader, most=MOST_LEFT)
    return Booked(
        facts=facts(terms, policy, said_by, (mine, others), reader),
        values={name: written(getattr(terms, name)) for name in SAID},
        hints={
            "line": line_hint(reader, cut=len(lines) > MOST_LINES),
            **{name: hint(name, policy, said_by, reader) for name in SAID[1:]},
        },
        lines=[("", reader.speech.tell("None")), *line_choices(lines[:MOST_LINES], mine)],
        version=terms.version,
        black_outs=await black_lines(conn, Subject(SubjectKind.SITE, site.id), reader),
        left=[one.words for one in left],
        may=may(reader.actor, manages, site.unit_path),
    )


def line_choices(lines: Sequence[Line], mine: Line | None) -> list[tuple[str, str]]:
    """Return the lines to choose from; the one that the hall is on is among them."""
    kept = [] if mine is None or mine.id in {one.id for one in lines} else [mine]
    return [(str(one.id), one.name) for one in [*kept, *lines]]


def line_hint(reader: Reader, *, cut: bool) -> str:
    """Say what a line is, and where a hall joins one that the form does not list."""
    rule = reader.speech.tell("Halls on one line cannot be in two conferences at once")
    if not cut:
        return rule
    more = reader.speech.tell(
        "Only the first %(number)s lines stand here; a hall joins the others on the line's page.",
        number=reader.speech.number(MOST_LINES),
    )
    return f"{rule}. {more}"


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


def typed_terms(form: Texts) -> dict[str, Any]:
    """Return how the hall is to be booked; an empty field is left to the policy."""
    typed = {name: form.get(name).strip() for name in SAID}
    return {name: number_or_text(text) if text else None for name, text in typed.items()}
