"""What the audit keeps, in words: a subject by its name, a detail by its label."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from meetings.audit import AuditEntry
from meetings.directory.finding import sites_by_ids, units_by_ids
from meetings.model import Period, Person, PersonId, Role, Site, SiteId, Unit, UnitId
from meetings.people.grants import people_by_ids
from meetings.rules import owner_in
from meetings.scheduling.reasons import Rule
from meetings.store import Connection
from web.formats import day_and_time
from web.i18n import N_
from web.pages.conference.conferences import unit_name
from web.pages.speech import Speech
from web.wording import phrases
from web.wording.explaining import span

GRANT = re.compile(r"([a-z]+)/([0-9]{1,18})")

MOMENT = re.compile(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)")
ENDS = ("start", "end")
CHANGES = frozenset({"name", "title", "chair", "period"})
"""Details that tell what was before and what is now."""

SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "conference": N_("Conference"),
        "site": N_("Hall"),
        "unit": N_("Unit"),
        "person": N_("User"),
        "device": N_("Device"),
        "bridge": N_("Bridge"),
        "group": N_("Group"),
        "series": N_("Series"),
        "line": N_("Shared line"),
        "contact": N_("Contact"),
    }
)
"""Kinds of subjects that people have a word for."""

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "grants": N_("Roles"),
        "role": N_("Role"),
        "login": N_("Login name"),
        "reason": N_("Reason"),
        "site": N_("Hall"),
        "sites": N_("Halls"),
        "name": N_("Called"),
        "targets": N_("Looked at by"),
        "conferences": N_("Conferences"),
        "overridden": N_("Booked in spite of"),
        "period": N_("Time"),
        "title": N_("Title"),
        "at": N_("When"),
        "links": N_("Links"),
    }
)
"""Details that people have a word for; others keep the program's."""

WARNINGS: Mapping[str, str] = MappingProxyType(
    {
        Rule.FAR_AHEAD: N_("far ahead"),
        Rule.DAY_OFF: N_("day off"),
        Rule.OUT_OF_HOURS: N_("out of working hours"),
        Rule.LUNCH: N_("over lunch"),
        Rule.SHORT_NOTICE: N_("short notice"),
        Rule.TIGHT: N_("tight turn-round"),
        Rule.LONG: N_("unusually long"),
    }
)
"""What is said against a booking and can be overridden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Who and what a page of the audit speaks of."""

    people: Mapping[PersonId, Person]
    sites: Mapping[SiteId, Site]
    units: Mapping[UnitId, Unit]


async def names_in(conn: Connection, entries: Sequence[AuditEntry]) -> Names:
    """Load the names of those who did it, for whom, to whom, and over what."""
    did = {one.actor.partition(" ")[0] for one in entries} | {one.subject for one in entries}
    people = {person for word in did if (person := owner_in(word))}
    granted = {unit for one in entries for _, unit in grants_in(one.detail.get("grants"))}
    return Names(
        people=await people_by_ids(conn, people.union(*(one.on_behalf for one in entries))),
        sites=await sites_by_ids(conn, set(halls_in(entries))),
        units=await units_by_ids(conn, granted),
    )


def halls_in(entries: Sequence[AuditEntry]) -> Iterator[SiteId]:
    """Yield the halls that entries are about, or name one by one."""
    for one in entries:
        kind, _, number = one.subject.partition(":")
        if kind == "site" and number.isdecimal():
            yield SiteId(int(number))
        if isinstance(hall := one.detail.get("site"), int):
            yield SiteId(hall)


def grants_in(value: object) -> list[tuple[Role, UnitId]]:
    """Return the roles and units that a detail tells."""
    told = [GRANT.fullmatch(str(one)) for one in value] if isinstance(value, list) else []
    known = {role.value for role in Role}
    return [(Role(one[1]), UnitId(int(one[2]))) for one in told if one and one[1] in known]


def subject_words(subject: str, names: Names, speech: Speech) -> str:
    """Return what was changed, by its kind and its name where there is one."""
    kind, _, number = subject.partition(":")
    if kind not in SUBJECTS or not number:
        return subject
    name = number
    if person := owner_in(subject):
        name = names.people[person].name if person in names.people else number
    elif kind == "site" and number.isdecimal():
        name = hall_name(int(number), names)
    return f"{speech.word(SUBJECTS[kind])} {name}"


def detail_words(detail: Mapping[str, object], names: Names, speech: Speech) -> str:
    """Return details in words, one after another."""
    return "; ".join(
        f"{speech.word(LABELS[key]) if key in LABELS else key}: "
        f"{value_words(key, value, names, speech)}"
        for key, value in detail.items()
    )


def value_words(key: str, value: object, names: Names, speech: Speech) -> str:
    """Return what a detail says."""
    if key == "grants" and (grants := grants_in(value)):
        return ", ".join(
            f"{speech.word(phrases.ROLES[role])} · {place(unit, names, speech)}"
            for role, unit in grants
        )
    if key == "role" and value in phrases.ROLES:
        return speech.word(phrases.ROLES[Role(str(value))])
    if key == "site" and isinstance(value, int):
        return hall_name(value, names)
    if key == "overridden" and isinstance(value, list):
        return ", ".join(speech.word(WARNINGS.get(one, one)) for one in value)
    if key in CHANGES and isinstance(value, list):
        return " → ".join(map(plain, value))
    return plain(value)


def plain(value: object) -> str:
    """Return a value by itself: a moment by the clock of the province, a period, some of them."""
    if moment := moment_in(value):
        return day_and_time(moment)
    if not isinstance(value, list):
        return str(value)
    moments = [moment for one in value if (moment := moment_in(one))]
    if len(moments) == len(value) == len(ENDS) and moments[0] < moments[1]:
        return span(Period(*moments))
    return ", ".join(map(plain, value))


def moment_in(value: object) -> datetime | None:
    """Return the moment that a detail tells; what somebody typed may only look like one."""
    try:
        return datetime.fromisoformat(str(value)) if MOMENT.fullmatch(str(value)) else None
    except ValueError:
        return None


def place(unit: UnitId, names: Names, speech: Speech) -> str:
    """Return a unit by its name."""
    return unit_name(names.units[unit], speech) if unit in names.units else str(unit)


def hall_name(number: int, names: Names) -> str:
    """Return a hall by its name."""
    site = SiteId(number)
    return names.sites[site].name if site in names.sites else str(number)
