"""Names for what entries of the audit speak of by numbers, loaded in a few questions for a page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from meetings.audit import AuditEntry
from meetings.directory.finding import names_by_code, sites_by_ids, units_by_ids
from meetings.directory.officials import lines_by_ids, officials_by_ids
from meetings.model import (
    ConferenceId,
    LineId,
    OfficialId,
    Person,
    PersonId,
    Role,
    Site,
    SiteId,
    Unit,
    UnitId,
)
from meetings.people.grants import people_by_ids
from meetings.scheduling.resources import Line, Official
from meetings.store import Connection
from meetings.store.listing import list_titles
from web.pages.conference.conferences import unit_name
from web.wording.audit_words import Of, tell_of
from web.wording.speech import Speech

GRANT = re.compile(r"([a-z]+)/([0-9]{1,18})")
NUMBER = re.compile(r"[0-9]{1,18}")
KINDS: Mapping[str, Of] = MappingProxyType(
    {
        "site": Of.HALL,
        "unit": Of.CODE,
        "policy": Of.UNIT,
        "defaults": Of.UNIT,
        "person": Of.PERSON,
        "official": Of.OFFICIAL,
        "line": Of.LINE,
        "conference": Of.CONFERENCE,
    }
)
"""Kinds of subjects that have a name besides their number."""

Wanted = defaultdict[Of, set[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Who and what a page of the audit speaks of."""

    people: Mapping[PersonId, Person]
    sites: Mapping[SiteId, Site]
    units: Mapping[UnitId, Unit]
    codes: Mapping[str, str]
    officials: Mapping[OfficialId, Official]
    lines: Mapping[LineId, Line]
    titles: Mapping[ConferenceId, str]


async def names_in(conn: Connection, entries: Sequence[AuditEntry]) -> Names:
    """Load the names of those who did it, for whom, to whom, and over what."""
    wanted: Wanted = defaultdict(set)
    people = {person for one in entries for person in one.on_behalf}
    for entry in entries:
        for of, text in (*spoken_of(entry), *named(entry.actor.partition(" ")[0])):
            wanted[of].add(text)
    return Names(
        people=await people_by_ids(
            conn, people | {PersonId(one) for one in ids(wanted, Of.PERSON)}
        ),
        sites=await sites_by_ids(conn, [SiteId(one) for one in ids(wanted, Of.HALL)]),
        units=await units_by_ids(conn, [UnitId(one) for one in ids(wanted, Of.UNIT)]),
        codes=await names_by_code(conn, wanted[Of.CODE]),
        officials=await officials_by_ids(conn, [OfficialId(n) for n in ids(wanted, Of.OFFICIAL)]),
        lines=await lines_by_ids(conn, [LineId(one) for one in ids(wanted, Of.LINE)]),
        titles=await list_titles(conn, [ConferenceId(n) for n in ids(wanted, Of.CONFERENCE)]),
    )


def ids(wanted: Wanted, of: Of) -> list[int]:
    """Return the numbers of those that are wanted."""
    return sorted(int(text) for text in wanted[of] if NUMBER.fullmatch(text) and int(text))


def spoken_of(entry: AuditEntry) -> Iterator[tuple[Of, str]]:
    """Yield what an entry names by number or code, each with what it is."""
    yield from named(entry.subject)
    for key, value in entry.detail.items():
        tell = tell_of(entry.action, key)
        if tell is None or (tell.many and isinstance(value, int)):
            continue
        if tell.of is Of.RECORD:
            yield from named(f"{entry.detail.get('kind')}:{value}")
        for one in flat(value):
            if tell.of in {Of.SUBJECT, Of.ACTOR}:
                yield from named(one.partition(" ")[0])
            elif tell.of is Of.GRANT and (given := granted(one)):
                yield Of.UNIT, str(given[1])
            else:
                yield tell.of, one


def named(subject: str) -> Iterator[tuple[Of, str]]:
    """Yield what a subject names."""
    kind, _, number = subject.partition(":")
    if kind in KINDS and number:
        yield KINDS[kind], number


def flat(value: object) -> Iterator[str]:
    """Yield every single value of a detail as text."""
    if isinstance(value, list):
        for one in value:
            yield from flat(one)
    else:
        yield str(value)


def granted(text: str) -> tuple[Role, UnitId] | None:
    """Return the role and the unit that a detail tells."""
    told = GRANT.fullmatch(text)
    known = {role.value for role in Role}
    return (Role(told[1]), UnitId(int(told[2]))) if told and told[1] in known else None


def name_of(of: Of, text: str, names: Names, speech: Speech) -> str:
    """Return something by its name; what is gone, or was none, by its number."""
    if of is Of.CODE:
        return names.codes.get(text, text)
    if not NUMBER.fullmatch(text):
        return text
    number = int(text)
    if not number and of is Of.PERSON:
        return speech.tell("nobody")
    found = {
        Of.HALL: lambda: names.sites[SiteId(number)].name,
        Of.UNIT: lambda: unit_name(names.units[UnitId(number)], speech),
        Of.PERSON: lambda: names.people[PersonId(number)].name,
        Of.OFFICIAL: lambda: names.officials[OfficialId(number)].label,
        Of.LINE: lambda: names.lines[LineId(number)].name,
        Of.CONFERENCE: lambda: names.titles[ConferenceId(number)],
    }
    try:
        return found[of]() if of in found else text
    except KeyError:
        return text
