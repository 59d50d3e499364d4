"""Coming conferences for which halls are not held as they need it now, as pages name them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from meetings.directory import sites_by_ids, units_by_ids
from meetings.model import SiteId
from meetings.reaches import left_behind
from meetings.store import Connection
from web.explaining import span
from web.pages.conferences import unit_name
from web.pages.reading import Reader
from web.visibility import known_among


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A hall, and for whose conference and when it is held as before."""

    site: SiteId
    label: str
    words: str


async def left_of(
    conn: Connection, sites: Collection[SiteId], reader: Reader, *, most: int
) -> tuple[Sequence[Left], int]:
    """Return for what these halls are not held as they need it, and how many more there are.

    Something else stands in the way; titles are told of conferences that the reader may know.
    """
    found = await left_behind(conn, sites, now=reader.now)
    shown = found[:most]
    known = await known_among(conn, reader.actor, shown)
    hosts = await units_by_ids(conn, {one.host for one in shown})
    halls = await sites_by_ids(conn, {one.site for one in shown})
    lines = []
    for one in shown:
        host = unit_name(hosts[one.host], reader.speech)
        title = f" ({one.title})" if one.conference in known else ""
        words = f"{host}{title}, {span(one.period)}"
        lines.append(Left(site=one.site, label=halls[one.site].label, words=words))
    return lines, len(found) - len(shown)
