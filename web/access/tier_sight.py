"""What is held, told without the halls of a conference that are not named to who reads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from meetings.directory.finding import is_below, sites_by_ids
from meetings.model import Site, SiteId, UnitId
from meetings.store import Connection
from meetings.store.overview import Overview
from meetings.store.schedule import Entry
from web.access.actors import Actor
from web.access.visibility import hidden_in


async def told_of(
    conn: Connection,
    actor: Actor,
    entries: Collection[Entry],
    *,
    by_hall: bool = False,
    unit: UnitId | None = None,
    site: SiteId | None = None,
) -> list[Entry]:
    """Return the entries with the halls that are named to the actor.

    With `by_hall` the other halls are held by somebody, as in others' conferences.  Where only one
    `unit` or `site` was asked for, what is held there stays.
    """
    hidden = await hidden_in(conn, actor, [one.id for one in entries])
    if not hidden:
        return list(entries)
    sites = await asked_of(conn, [one for one in entries if one.id in hidden], unit, site)
    found = []
    for one in entries:
        if one.id not in hidden:
            found.append(one)
            continue
        parts = list(apart(one, hidden[one.id])) if by_hall else [named(one, hidden[one.id])]
        found += [part for part in parts if is_at(part, unit, site, sites)]
    return found


def apart(entry: Entry, hidden: Collection[SiteId]) -> Iterator[Entry]:
    """Yield an entry with the halls that are named, then its other halls, which tell less."""
    yield named(entry, hidden)
    if others := tuple(one for one in entry.sites if one in hidden):
        yield replace(
            entry,
            sites=others,
            visible=False,
            told=False,
            title="",
            chair="",
            chair_id=None,
            delegates=(),
            note="",
        )


def named(entry: Entry, hidden: Collection[SiteId]) -> Entry:
    """Return an entry with those of its halls that are named."""
    return replace(entry, sites=tuple(one for one in entry.sites if one not in hidden))


async def asked_of(
    conn: Connection, entries: Iterable[Entry], unit: UnitId | None, site: SiteId | None
) -> Mapping[SiteId, Site]:
    """Return the halls of the entries where it matters in which unit they lie."""
    if unit is None or site is not None:
        return {}
    return await sites_by_ids(conn, {one for entry in entries for one in entry.sites})


def is_at(
    entry: Entry, unit: UnitId | None, site: SiteId | None, sites: Mapping[SiteId, Site]
) -> bool:
    """Tell whether an entry is hosted in, or names a hall of, what was asked for."""
    if site is not None:
        return site in entry.sites
    if unit is None or is_below(entry.host_path, unit):
        return True
    return any(is_below(sites[one].unit_path, unit) for one in entry.sites if one in sites)


async def untold_at(
    conn: Connection, actor: Actor, site: SiteId, found: Iterable[Overview]
) -> list[Overview]:
    """Return what a hall is promised to; where it is not named, only holder and period are told."""
    held = list(found)
    hidden = await hidden_in(conn, actor, [one.id for one in held])
    return [
        replace(one, visible=False, open=False) if site in hidden.get(one.id, ()) else one
        for one in held
    ]
