"""When halls are taken: who holds them until when, and three ways that would work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from secrets import token_urlsafe
from typing import Any

from aiohttp import web

from meetings.directory import sites_by_ids, units_by_ids
from meetings.errors import SiteBusy
from meetings.model import Alternative, ConferenceId, Rival, Site, SiteId, Unit, UnitId
from meetings.store import Connection
from web.explaining import sentence, span
from web.formats import ZONE, clock_time, local_day, long_date
from web.moments import read_date, read_time
from web.naming import Names, read_names
from web.pages.conferences import unit_name
from web.pages.reading import Reader
from web.pages.speech import Speech
from web.pages.wishing import Sheet, fields_of, typed_at
from web.render import render
from web.sentences import say
from web.visibility import known_among

MOST_NAMES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a hall until when; the title only where the reader may see it."""

    label: str
    host: str
    title: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Something else that would work, as a form that books it."""

    kind: str
    time: str
    day: str
    halls: str
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
    return Clash(
        busy=busy,
        sites=await sites_by_ids(conn, {rival.site for rival in busy.rivals}),
        units=await units_by_ids(conn, {rival.host for rival in busy.rivals}),
        known=await known_among(conn, reader.actor, busy.rivals),
        names=await read_names(conn, reader.actor, busy.reasons),
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
        when=f"{typed.get('date', '')} · {typed.get('start', '')} – {typed.get('end', '')}",
        rivals=[holder(rival, clash, reader) for rival in clash.busy.rivals],
        alternatives=[way(one, clash.busy, typed, reader) for one in clash.busy.alternatives],
        typed=fields_of(typed),
        key=token_urlsafe(16),
        sheet=sheet,
    )


def heading(request: web.Request, clash: Clash, speech: Speech) -> str:
    """Say in one line what is in the way: the halls that are taken, else what else it is."""
    if not clash.sites:
        return say(request, clash.busy.code)
    return speech.tell_many(
        "%(n)s hall is taken: %(names)s",
        "%(n)s halls are taken: %(names)s",
        len(clash.sites),
        names=speech.listing((site.label for site in clash.sites.values()), most=MOST_NAMES),
    )


def holder(rival: Rival, clash: Clash, reader: Reader) -> Holder:
    """Return one line of who holds what."""
    host, site = clash.units[rival.host], clash.sites[rival.site]
    return Holder(
        label=site.label,
        host=unit_name(host, reader.speech),
        title=rival.title if rival.conference in clash.known else "",
        when=span(rival.period),
    )


def way(one: Alternative, busy: SiteBusy, typed: Mapping[str, Any], reader: Reader) -> Way:
    """Return one thing that would work, ready to be sent."""
    speech, start, end = reader.speech, one.period.start, one.period.end
    values = dict(typed_at(typed, start, end))
    values |= {
        "main_site": str(one.main_site),
        "sites": frozenset(str(site) for site in one.sites),
        "groups": frozenset(),
    }
    return Way(
        kind=kind_of(one, busy, typed, reader),
        time=f"{clock_time(start)} – {clock_time(end)}",
        day=long_date(start, speech.locale),
        halls=speech.tell_many("%(n)s hall", "%(n)s halls", len(one.sites)),
        verb=speech.tell("Book this"),
        fields=fields_of(values),
        key=token_urlsafe(16),
    )


def kind_of(one: Alternative, busy: SiteBusy, typed: Mapping[str, Any], reader: Reader) -> str:
    """Say in which way this differs from what was asked for; other times are for all its halls."""
    tell = reader.speech.tell
    if read_date(typed.get("date", "")) != local_day(one.period.start):
        return tell("Another day")
    if read_time(typed.get("start", "")) != one.period.start.astimezone(ZONE).time():
        return tell("Another time on that day")
    every = {len(way.sites) for way in busy.alternatives if way.period != one.period}
    if len(one.sites) in every:
        return tell("Other halls at the same time")
    return tell("Without the halls that are taken")
