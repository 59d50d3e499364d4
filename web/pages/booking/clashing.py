"""When halls are taken: who holds them until when, and three ways that would work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from secrets import token_urlsafe
from typing import Any

from aiohttp import web

from meetings.directory.finding import sites_by_ids, units_by_ids
from meetings.errors import SiteBusy
from meetings.model import ConferenceId, Period, Rival, Site, SiteId, Unit, UnitId
from meetings.names import sort_key
from meetings.scheduling.reasons import digest_of
from meetings.scheduling.ways import Alternative, WayKind
from meetings.store import Connection
from web.access.visibility import known_among
from web.formats import local_day, long_date
from web.input.moments import read_date, read_time
from web.input.typed import NEXT_DAY
from web.pages.booking.warned import ACCEPTED
from web.pages.booking.wishing import Sheet, fields_of, typed_at
from web.pages.conference.conferences import unit_name
from web.pages.reading import Reader
from web.render import render
from web.wording.explaining import sentence, span
from web.wording.naming import Names, read_names
from web.wording.sentences import say
from web.wording.speech import Speech

MOST_NAMES = 4
MOST_LEFT = 20
"""So many halls that fall away are named on a card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds which halls until when; the title only where the reader may see it."""

    halls: list[str]
    counted: str
    host: str
    title: str
    when: str
    kept: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Something else that would work, as a form that books it."""

    kind: str
    time: str
    day: str
    halls: str
    changes: list[str]
    warnings: list[str]
    verb: str
    fields: list[tuple[str, str]]
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Everything the page tells, read from the directory."""

    busy: SiteBusy
    sites: Mapping[SiteId, Site]
    units: Mapping[UnitId, Unit]
    known: frozenset[ConferenceId]
    names: Names


async def read_clash(conn: Connection, reader: Reader, busy: SiteBusy) -> Clash:
    """Return the names behind the ids of a refusal, and what the reader may know of them."""
    ways = busy.alternatives
    said = [*busy.reasons, *(one for way in ways for one in way.warnings)]
    meant = {rival.site for rival in busy.rivals}
    meant = meant.union(*(way.left_out | way.added for way in ways))
    return Clash(
        busy=busy,
        sites=await sites_by_ids(conn, meant),
        units=await units_by_ids(conn, {rival.host for rival in busy.rivals}),
        known=await known_among(conn, reader.actor, busy.rivals),
        names=await read_names(conn, reader.actor, said),
    )


def clash_page(
    request: web.Request, reader: Reader, clash: Clash, typed: Mapping[str, Any], *, sheet: Sheet
) -> web.Response:
    """Return the page that says who holds which hall and offers what would work."""
    speech = reader.speech
    return render(
        request,
        "clash.html",
        status=HTTPStatus.CONFLICT,
        sentence=heading(request, clash, speech),
        reasons=[sentence(one, clash.names, speech) for one in clash.busy.reasons],
        title=typed.get("title", ""),
        when=asked_for(typed, reader.speech),
        rivals=[holder(held, clash, reader) for held in by_holder(clash.busy.rivals)],
        most_names=MOST_NAMES,
        alternatives=[way(one, clash, typed, reader) for one in clash.busy.alternatives],
        typed=fields_of(typed),
        key=token_urlsafe(16),
        sheet=sheet,
    )


def asked_for(typed: Mapping[str, Any], speech: Speech) -> str:
    """Write the time that was asked for as the page writes times, however it was typed."""
    day, start, end = typed.get("date", ""), typed.get("start", ""), typed.get("end", "")
    read, times = read_date(day), (read_time(start), read_time(end))
    shown = [f"{at:%H:%M}" if at else raw for at, raw in zip(times, (start, end), strict=True)]
    until = speech.tell("%(at)s the next day", at=shown[1]) if typed.get(NEXT_DAY) else shown[1]
    return f"{f'{read:%d/%m/%Y}' if read else day} · {shown[0]} – {until}"


def heading(request: web.Request, clash: Clash, speech: Speech) -> str:
    """Say in one line what is in the way: the halls that are taken, else what else it is."""
    taken = list(dict.fromkeys(rival.site for rival in clash.busy.rivals))
    if not taken:
        return say(request, clash.busy.code)
    return speech.tell_many(
        "%(n)s hall is taken: %(names)s",
        "%(n)s halls are taken: %(names)s",
        len(taken),
        names=speech.listing((clash.sites[site].label for site in taken), most=MOST_NAMES),
    )


def by_holder(rivals: Iterable[Rival]) -> list[list[Rival]]:
    """Return what each conference holds at the same time together, in the order given."""
    found: dict[tuple[ConferenceId, Period, Period | None], list[Rival]] = {}
    for rival in rivals:
        found.setdefault((rival.conference, rival.period, rival.kept), []).append(rival)
    return list(found.values())


def holder(held: Sequence[Rival], clash: Clash, reader: Reader) -> Holder:
    """Return one line of who holds which halls."""
    rival, speech = held[0], reader.speech
    return Holder(
        halls=[clash.sites[one.site].label for one in held],
        counted=speech.tell_many("%(n)s hall", "%(n)s halls", len(held)),
        host=unit_name(clash.units[rival.host], speech),
        title=rival.title if rival.conference in clash.known else "",
        when=span(rival.period),
        kept=speech.tell("with set-up and clearing away %(when)s", when=span(rival.kept))
        if rival.kept
        else "",
    )


def way(one: Alternative, clash: Clash, typed: Mapping[str, Any], reader: Reader) -> Way:
    """Return one thing that would work, ready to be sent; what it says against it is then read."""
    speech, start, end = reader.speech, one.period.start, one.period.end
    values = dict(typed_at(typed, start, end))
    values |= {
        "main_site": str(one.main_site),
        "sites": frozenset(str(site) for site in one.sites),
        "groups": frozenset(),
    }
    read = [(ACCEPTED, digest_of(one.warnings))] if one.warnings else []
    return Way(
        kind=kind_of(one, typed, speech),
        time=speech.hours(one.period),
        day=long_date(start, speech.locale),
        halls=speech.tell_many("%(n)s hall", "%(n)s halls", len(one.sites)),
        changes=changes_of(one, clash.sites, speech),
        warnings=[sentence(warning, clash.names, speech) for warning in one.warnings],
        verb=speech.tell("Book this"),
        fields=[*fields_of(values), *read],
        key=token_urlsafe(16),
    )


def kind_of(one: Alternative, typed: Mapping[str, Any], speech: Speech) -> str:
    """Say in which way this differs from what was asked for."""
    if one.kind is WayKind.OTHER_HALLS:
        return speech.tell("Other halls at the same time")
    if one.kind is WayKind.FEWER_SITES:
        return speech.tell("Fewer halls at the same time")
    if read_date(typed.get("date", "")) != local_day(one.period.start):
        return speech.tell("Another day")
    return speech.tell("Another time on that day")


def changes_of(one: Alternative, names: Mapping[SiteId, Site], speech: Speech) -> list[str]:
    """Name the halls that fall away, those that come in, and the main one if it is another."""

    def named(sites: Iterable[SiteId]) -> str:
        labels = sorted((names[site].label for site in sites), key=sort_key)
        return speech.listing(labels, most=MOST_LEFT)

    said = []
    if one.left_out:
        said.append(speech.tell("Left out: %(names)s", names=named(one.left_out)))
    if one.added:
        said.append(speech.tell("In their place: %(names)s", names=named(one.added)))
    if one.main_site in one.added:
        said.append(speech.tell("Main hall: %(name)s", name=named([one.main_site])))
    return said
