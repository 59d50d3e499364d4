"""Finding one conference for a reader, and the facts about it that every page of it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from meetings.directory.finding import sites_by_ids
from meetings.model import Conference, ConferenceId, Role, Site, SiteId, State, Unit
from meetings.office.workdays import local_day
from meetings.store import Connection
from web.access.visibility import Seen, see, see_for
from web.pages.looks import STATE_LOOKS, Chip
from web.pages.reading import Reader, number_in
from web.permissions import Permission, may
from web.wording import phrases
from web.wording.speech import Speech

NEAR = timedelta(days=1)
OPEN = frozenset({State.CONFIRMED, State.LIVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Seen):
    """A conference that the reader may know, with those of its sites that are named to them."""

    sites: Mapping[SiteId, Site]

    @property
    def unnamed(self) -> int:
        """Return how many halls take part that are not named to the reader."""
        return len(self.hidden.intersection(self.conference.sites))

    def is_mine(self, reader: Reader, permission: Permission) -> bool:
        """Tell whether the reader holds the permission over the host."""
        return reader.may(permission, self.host)

    def sites_for(self, reader: Reader) -> Mapping[SiteId, Site]:
        """Return the sites whose attendance the reader may see: a hall sees its own only."""
        if any(grant.role is not Role.HALL for grant in reader.actor.grants):
            return self.sites
        return {site.id: site for site in self.sites.values() if reaches(reader, site)}


async def find(conn: Connection, request: web.Request, reader: Reader) -> Found:
    """Return the conference of the address, with its host and sites in Vietnamese order.

    Raises:
        ConferenceNotFound: there is none, or not for this reader.
    """
    return await with_sites(conn, await see(conn, reader.actor, id_in(request)))


async def find_mine(
    conn: Connection, request: web.Request, reader: Reader, permission: Permission
) -> Found:
    """Return the conference of the address to somebody who acts for its host.

    Raises:
        ConferenceNotFound: there is none for this reader.
        Forbidden: it may be known, and the permission does not reach its host.
    """
    return await with_sites(conn, await see_for(conn, reader.actor, id_in(request), permission))


def id_in(request: web.Request) -> ConferenceId:
    """Return the conference's id in the address."""
    return ConferenceId(number_in(request, "id"))


async def with_sites(conn: Connection, seen: Seen) -> Found:
    """Return the conference with its sites in Vietnamese order, named as on its day."""
    day = local_day(seen.conference.period.start)
    named = set(seen.conference.sites) - seen.hidden
    sites = await sites_by_ids(conn, named, on=day)
    return Found(conference=seen.conference, host=seen.host, sites=sites, hidden=seen.hidden)


def reaches(reader: Reader, site: Site) -> bool:
    """Tell whether the site lies in one of the reader's subtrees."""
    return may(reader.actor, Permission.READ_CONFERENCES, site.unit_path)


def unit_name(unit: Unit, speech: Speech) -> str:
    """Return the unit's name in the reader's language."""
    return unit.name_en if speech.locale == "en" and unit.name_en else unit.full_name


def chip_of(conference: Conference, reader: Reader) -> Chip:
    """Return the state; what is near says how near."""
    speech, start = reader.speech, conference.period.start
    until = start - reader.now
    if conference.state in OPEN and timedelta() < until < NEAR:
        return Chip(state="warn", words=speech.tell("In %(length)s", length=speech.length(until)))
    if conference.state is State.LIVE and until <= timedelta():
        text = speech.tell("In session for %(length)s", length=speech.length(-until))
        return Chip(state="live", words=text)
    return Chip(
        state=STATE_LOOKS[conference.state],
        words=speech.word(phrases.STATES[conference.state]),
    )


def when_of(conference: Conference, speech: Speech) -> str:
    """Return from when until when it was planned; one that was ended before says so."""
    period, ended = conference.period, conference.ended_at
    planned = speech.span(period)
    if ended is None or ended >= period.end:
        return planned
    at = speech.until(ended, since=period.start)
    return speech.tell("%(planned)s, ended at %(at)s", planned=planned, at=at)
