"""The history of a conference in words: what changed, by whom, and who was told which version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from aiohttp import web

from meetings.approval.versions import Difference, Telling, Told, Version, differences, without
from meetings.directory.finding import sites_by_ids, units_by_ids
from meetings.directory.officials import officials_by_ids
from meetings.letters.inviting import history_of
from meetings.model import (
    OfficialId,
    Period,
    Person,
    PersonId,
    Site,
    SiteId,
    Unit,
    UnitId,
)
from meetings.names import sort_key
from meetings.people.grants import people_by_ids
from meetings.rules import owner_in
from meetings.scheduling.resources import Official
from meetings.store import Connection
from web.i18n import N_
from web.pages.acting import actor_words
from web.pages.conference.conferences import find, unit_name
from web.pages.looks import STATE_LOOKS
from web.pages.reading import Reader, reader_of
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.transactions import connection
from web.wording import approval_words, content_phrases, phrases

routes = Routes()

MOST_NAMES = 6
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "title": N_("Title"),
        "kind": N_("Kind"),
        "chair": N_("Chaired by"),
        "secretary": N_("Minutes kept by"),
        "note": N_("Note"),
        "urgency": N_("Urgency"),
        "waiver": N_("Reason for short notice"),
        "call_systems": N_("Call the room systems at the start"),
        "visibility": N_("Who sees the title"),
        "host": N_("Host"),
        "owner": N_("Looked after by"),
        "main_site": N_("Main hall"),
        "state": N_("State"),
        "period": N_("Time"),
    }
)
CHOICES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "state": {one.value: words for one, words in phrases.STATES.items()},
        "kind": {one.value: words for one, words in phrases.KINDS.items()},
        "urgency": {one.value: words for one, words in approval_words.URGENCIES.items()},
        "call_systems": phrases.YES_OR_NO,
        "visibility": {one.value: words for one, words in content_phrases.VISIBILITIES.items()},
    }
)
"""How the values of fields that are chosen are called."""
CAME: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "sites": (N_("Added"), N_("Left out")),
        "delegates": (N_("Delegates added"), N_("Delegates left out")),
    }
)
"""Of what is many: what is said of those that came, and of those that went."""
TELLINGS: Mapping[Telling, str] = MappingProxyType(
    {
        Telling.INVITATION: N_("Invited"),
        Telling.UPDATE: N_("Told of the change"),
        Telling.CANCEL: N_("Told that it is off"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One version."""

    number: int
    at: str
    by: str
    state: str
    words: str
    changes: Sequence[str]
    told: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names behind the ids of a history."""

    sites: Mapping[SiteId, Site]
    units: Mapping[UnitId, Unit]
    people: Mapping[PersonId, Person]
    officials: Mapping[OfficialId, Official]


@routes.get("/conferences/{id:[0-9]+}/history", allow=Permission.READ_CONFERENCES)
async def show(request: web.Request) -> web.Response:
    """Show every version, the newest first."""
    reader = reader_of(request)
    async with connection(request) as conn:
        found = await find(conn, request, reader)
        versions, told = await history_of(conn, found.conference.id)
        versions = [without(one, found.hidden) for one in versions]
        names = await names_of(conn, versions)
    mine = found.is_mine(reader, Permission.BOOK)
    return render(
        request,
        "history.html",
        title=found.conference.title,
        back=f"/conferences/{found.conference.id}",
        lines=lines(versions, told if mine else [], names, reader=reader),
    )


def lines(
    versions: Sequence[Version], told: Sequence[Told], names: Names, *, reader: Reader
) -> list[Line]:
    """Return every version with what it changed, the newest first."""
    older = [None, *versions[:-1]]
    drawn = [
        line(before, after, told, names, reader=reader)
        for before, after in zip(older, versions, strict=False)
    ]
    return drawn[::-1]


def line(
    before: Version | None, after: Version, told: Sequence[Told], names: Names, *, reader: Reader
) -> Line:
    """Return one version in words."""
    speech = reader.speech
    changes = differences(before, after) if before else ()
    return Line(
        number=after.version,
        at=speech.moment(after.at, today=reader.now),
        by=actor_words(after.by, names.people, reader),
        state=STATE_LOOKS[after.state],
        words=speech.word(phrases.STATES[after.state]),
        changes=[text for one in changes for text in change_words(one, names, reader)],
        told=told_words([one for one in told if one.version == after.version], reader),
    )


def change_words(one: Difference, names: Names, reader: Reader) -> list[str]:
    """Say what changed."""
    speech = reader.speech
    if one.field in CAME:
        of_these = sites_words if one.field == "sites" else official_words
        pairs = zip(CAME[one.field], (one.after, one.before), strict=True)
        return [
            f"{speech.word(word)}: {of_these(ids, names, reader)}" for word, ids in pairs if ids
        ]
    before, after = (
        value_words(one.field, text, names, reader) for text in (one.before, one.after)
    )
    return [f"{speech.word(FIELDS[one.field])}: {before or '–'} → {after or '–'}"]


def sites_words(ids: str, names: Names, reader: Reader) -> str:
    """Name halls."""
    labels = [names.sites[SiteId(int(one))].label for one in ids.split() if int(one) in names.sites]
    return reader.speech.listing(sorted(labels, key=sort_key), most=MOST_NAMES)


def official_words(ids: str, names: Names, reader: Reader) -> str:
    """Name officials, in order of precedence."""
    wanted = set(map(int, ids.split()))
    labels = [one.label for one in names.officials.values() if one.id in wanted]
    return reader.speech.listing(labels, most=MOST_NAMES)


def value_words(field: str, text: str, names: Names, reader: Reader) -> str:
    """Write a value as people read it."""
    speech = reader.speech
    if field in CHOICES:
        return speech.word(CHOICES[field][text])
    if field == "host":
        return unit_name(names.units[UnitId(int(text))], speech)
    if field in {"main_site", "owner"}:
        return (owner_words if field == "owner" else sites_words)(text, names, reader)
    return speech.span(period_in(text)) if field == "period" else text


def owner_words(text: str, names: Names, reader: Reader) -> str:
    """Name who looks after a conference; without anybody it is the host's secretaries."""
    known = names.people.get(PersonId(int(text))) if text else None
    return known.name if known else reader.speech.tell("The secretaries of the host")


def period_in(text: str) -> Period:
    """Return the period that a difference holds."""
    start, end = (datetime.fromisoformat(part) for part in text.split("/"))
    return Period(start, end)


def told_words(told: Sequence[Told], reader: Reader) -> list[str]:
    """Say who was told, in one line for each kind of letter."""
    speech, found = reader.speech, []
    for what, words in TELLINGS.items():
        people = [one for one in told if one.what is what]
        if people:
            left = sum(one.sent_at is not None for one in people)
            names = speech.listing((one.name for one in people), most=MOST_NAMES)
            sent = speech.tell("%(sent)s of %(all)s letters have left", sent=left, all=len(people))
            found.append(f"{speech.word(words)}: {names} ({sent})")
    return found


async def names_of(conn: Connection, versions: Sequence[Version]) -> Names:
    """Return the names behind the ids of every version."""
    sites = {site for one in versions for site in one.sites}
    sites |= {one.main_site for one in versions if one.main_site is not None}
    people = {person for one in versions if (person := owner_in(one.by.partition(" ")[0]))}
    people |= {one.owner for one in versions if one.owner is not None}
    officials = {official for one in versions for official in one.delegates or ()}
    return Names(
        sites=await sites_by_ids(conn, sites),
        units=await units_by_ids(conn, {one.host for one in versions}),
        people=await people_by_ids(conn, people),
        officials=await officials_by_ids(conn, officials),
    )
