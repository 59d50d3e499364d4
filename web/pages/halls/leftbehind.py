"""Coming conferences for which halls are not held as they need it now, as pages name them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from meetings.directory.finding import sites_by_ids, units_by_ids
from meetings.model import ConferenceId, Rival, Site, SiteId, Unit, UnitId
from meetings.names import sort_key
from meetings.scheduling.reaches import left_behind
from meetings.store import Connection
from web.access.visibility import known_among
from web.pages.conference.conferences import unit_name
from web.pages.reading import Reader
from web.wording.explaining import span


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """For whose conference and when halls are held as before, and which halls."""

    words: str
    halls: Sequence[Site]
    counted: str


async def left_of(
    conn: Connection, sites: Collection[SiteId], reader: Reader, *, most: int
) -> tuple[Sequence[Left], int]:
    """Return for what these halls are not held as they need it, and how many more there are.

    Something else stands in the way; titles are told of conferences that the reader may know.
    """
    found: dict[ConferenceId, list[Rival]] = {}
    for one in await left_behind(conn, sites, now=reader.now):
        found.setdefault(one.conference, []).append(one)
    shown = list(found.values())[:most]
    known = await known_among(conn, reader.actor, [held[0] for held in shown])
    hosts = await units_by_ids(conn, {held[0].host for held in shown})
    halls = await sites_by_ids(conn, {one.site for held in shown for one in held})
    return [left(held, known, hosts, halls, reader) for held in shown], len(found) - len(shown)


def left(
    held: Sequence[Rival],
    known: Collection[ConferenceId],
    hosts: Mapping[UnitId, Unit],
    halls: Mapping[SiteId, Site],
    reader: Reader,
) -> Left:
    """Return what is told of one conference."""
    one = held[0]
    host = unit_name(hosts[one.host], reader.speech)
    title = f" ({one.title})" if one.conference in known else ""
    return Left(
        words=f"{host}{title}, {span(one.period)}",
        halls=sorted((halls[each.site] for each in held), key=lambda hall: sort_key(hall.label)),
        counted=reader.speech.tell_many("%(n)s hall", "%(n)s halls", len(held)),
    )
