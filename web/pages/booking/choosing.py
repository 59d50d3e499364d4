"""What the booking form offers: hosts, halls in Vietnamese order, groups, kinds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from meetings.directory.finding import find_sites, list_groups, list_units
from meetings.directory.gateways import is_sip
from meetings.model import COMMUNE_KINDS, Site, SiteId, Unit, UnitKind
from meetings.names import fold
from meetings.store import Connection
from meetings.store.directory import list_group_sites
from meetings.store.gateways import list_gateways
from web.pages.conference.conferences import unit_name
from web.pages.halls.sites import Choice, choice, second_line
from web.pages.reading import Reader
from web.permissions import Permission
from web.wording import approval_words, content_phrases, phrases
from web.wording.speech import Speech

MOST_SITES = 5000
MOST_NAMES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A hall with its box; `groups` are the codes of the groups it belongs to."""

    id: SiteId
    label: str
    second: str
    folded: str
    groups: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Halls of like kind."""

    words: str
    sites: Sequence[Option]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Everything that can be chosen on a day; `callable` halls have a SIP room system."""

    sites: Sequence[Site]
    hosts: Sequence[Unit]
    groups: Sequence[Choice]
    members: Mapping[str, frozenset[SiteId]]
    callable: Sequence[Site]


async def offer(conn: Connection, reader: Reader, *, on: date) -> Offer:
    """Return what the reader may choose from."""
    groups = await list_groups(conn, on=on)
    hosts = {
        unit.id: unit
        for root in sorted(reader.units(Permission.BOOK))
        for unit in await list_units(conn, on=on, below=root)
    }
    sites = await find_sites(conn, on=on, limit=MOST_SITES)
    return Offer(
        sites=sites,
        hosts=list(hosts.values()),
        groups=[choice(group, reader.speech) for group in groups if group.size],
        members=await list_group_sites(conn, [group.code for group in groups], on=on),
        callable=await callable_among(conn, sites),
    )


async def callable_among(conn: Connection, sites: Iterable[Site]) -> list[Site]:
    """Return the halls whose room system a bridge can call."""
    known = {site.id: site for site in sites}
    addresses = await list_gateways(conn, list(known))
    return [known[number] for number in known if is_sip(addresses.get(number, ""))]


def summons_choices(callable_halls: Sequence[Site], speech: Speech) -> dict[str, Any]:
    """Return what a form offers about calling at the start: nothing where no hall can be called."""
    return {
        "summoned": speech.listing((site.label for site in callable_halls), most=MOST_NAMES),
        "yes_or_no": [("no", speech.tell("No")), ("yes", speech.tell("Yes"))],
    }


def names(offered: Offer, reader: Reader) -> dict[str, Any]:
    """Return the names that the form's template wants for its choices."""
    speech = reader.speech
    urgencies = approval_words.URGENCIES.items()
    kinds, visibilities = phrases.KINDS.items(), content_phrases.VISIBILITIES.items()
    return {
        "kinds": [(kind.value, speech.word(words)) for kind, words in kinds],
        "visibilities": [(one.value, speech.word(words)) for one, words in visibilities],
        "urgencies": [(one.value, speech.word(words)) for one, words in urgencies],
        "hosts": [(unit.code, unit_name(unit, speech)) for unit in offered.hosts],
        "mains": [(site.id, main_words(site)) for site in mains_first(offered.sites)],
        "groups": offered.groups,
        **summons_choices(offered.callable, speech),
        "directory": parts(offered, reader),
    }


def mains_first(sites: Sequence[Site]) -> list[Site]:
    """Return the halls of the province's offices before those of the communes."""
    return sorted(sites, key=lambda site: site.unit_kind in COMMUNE_KINDS)


def main_words(site: Site) -> str:
    """Return how a hall is called in the list of main halls."""
    if site.unit_kind in COMMUNE_KINDS or site.unit_name in site.name:
        return site.label
    return f"{site.name} ({site.unit_name})"


def parts(offered: Offer, reader: Reader) -> list[Part]:
    """Return the halls in two lists: communes, then offices."""
    speech = reader.speech
    communes = [site for site in offered.sites if site.unit_kind in COMMUNE_KINDS]
    offices = [site for site in offered.sites if site.unit_kind not in COMMUNE_KINDS]
    found = [
        (speech.tell("Communes and wards"), communes),
        (speech.tell("Provincial offices"), offices),
    ]
    return [
        Part(words=words, sites=[option(site, offered, reader) for site in sites])
        for words, sites in found
        if sites
    ]


def option(site: Site, offered: Offer, reader: Reader) -> Option:
    """Return one hall with its box."""
    communal = site.unit_kind in COMMUNE_KINDS
    member = [code for code, members in offered.members.items() if site.id in members]
    return Option(
        id=site.id,
        label=site.label if communal else site.unit_name,
        second="" if communal else site.name,
        folded=fold(f"{second_line(site, reader.speech)} {site.label} {site.unit_name}"),
        groups=" ".join(sorted(member)),
    )


def default_main(offered: Offer, host: Unit | None) -> str:
    """Return the hall of the host, else of the office that was entered first."""
    own = [site for site in offered.sites if host is not None and site.unit_id == host.id]
    chosen = min(own or offered.sites, key=by_rank, default=None)
    return "" if chosen is None else str(chosen.id)


def by_rank(site: Site) -> tuple[bool, SiteId]:
    """Put the offices of the province before everybody else, in the order of the directory."""
    return site.unit_kind is not UnitKind.OFFICE, site.id
