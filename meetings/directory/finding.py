"""The directory: finding units, sites and groups as they are valid on one day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from meetings.directory.importing import import_units, load_directory
from meetings.errors import GroupNotFound, SitesNotFound, UnitNotFound
from meetings.model import Group, Site, SiteId, Unit, UnitId, UnitKind
from meetings.names import fold
from meetings.store import Connection
from meetings.store import directory as store

__all__ = [
    "find_sites",
    "import_units",
    "is_below",
    "list_groups",
    "list_units",
    "load_directory",
    "predecessors",
    "resolve_groups",
    "site_by_id",
    "sites_by_ids",
    "unit_by_code",
    "unit_by_id",
    "units_by_codes",
    "units_by_ids",
]


def is_below(unit_path: Sequence[UnitId], unit_id: UnitId) -> bool:
    """Tell whether the unit of that path is the other unit or lies in its subtree."""
    return unit_id in unit_path


async def find_sites(
    conn: Connection,
    q: str = "",
    *,
    on: date,
    group: str | None = None,
    below: UnitId | None = None,
    after: SiteId | None = None,
    limit: int = 200,
) -> list[Site]:
    """Return sites in use on that day whose name matches, in Vietnamese order.

    Diacritics and case in `q` do not matter.  `after` is the last site of the page before.
    """
    return await store.list_sites(
        conn, on=on, folded=fold(q), group=group, below=below, after=after, limit=limit
    )


async def count_sites(conn: Connection, q: str = "", *, on: date, group: str | None = None) -> int:
    """Return how many sites the list has, on all its pages."""
    return await store.count_sites(conn, on=on, folded=fold(q), group=group)


async def resolve_groups(conn: Connection, codes: Collection[str], on: date) -> frozenset[SiteId]:
    """Return the sites of all these groups together.

    Raises:
        GroupNotFound: one of the codes names no group.
    """
    found = await store.list_group_sites(conn, sorted(set(codes)), on=on)
    for code in sorted(codes):
        if code not in found:
            raise GroupNotFound(code)
    return frozenset().union(*found.values())


async def site_by_id(conn: Connection, site: SiteId) -> Site:
    """Return the site, in use or retired.

    Raises:
        SitesNotFound: there is none of that id.
    """
    found = await store.list_sites_by_ids(conn, [site])
    if not found:
        raise SitesNotFound(frozenset({site}))
    return found[0]


async def sites_by_ids(
    conn: Connection, sites: Collection[SiteId], *, on: date | None = None
) -> dict[SiteId, Site]:
    """Return the sites of these ids in Vietnamese order; unknown ids are left out.

    With a day they bear the names that their units had then.
    """
    return {site.id: site for site in await store.list_sites_by_ids(conn, sites, on=on)}


async def unit_by_id(conn: Connection, unit: UnitId) -> Unit:
    """Return the unit, valid or retired, or raise UnitNotFound."""
    return await store.get_unit(conn, unit)


async def units_by_ids(conn: Connection, units: Collection[UnitId]) -> dict[UnitId, Unit]:
    """Return the units of these ids; unknown ids are left out."""
    return {unit.id: unit for unit in await store.list_units_by_ids(conn, units)}


async def names_by_code(conn: Connection, codes: Collection[str]) -> dict[str, str]:
    """Return how the units of these codes are called in full, retired ones too."""
    return await store.list_names_by_code(conn, codes) if codes else {}


async def unit_by_code(conn: Connection, code: str, on: date) -> Unit:
    """Return the unit that carries the code on that day, or raise UnitNotFound."""
    return await store.get_unit_by_code(conn, code, on=on)


async def units_by_codes(conn: Connection, codes: Sequence[str], on: date) -> list[Unit]:
    """Return the units that carry these codes on that day, in the same order, each once.

    Raises:
        UnitNotFound: nobody carries the first of them that is missing.
    """
    found = {unit.code: unit for unit in await store.list_units_by_codes(conn, codes, on=on)}
    for code in codes:
        if code not in found:
            raise UnitNotFound(code)
    return [found[code] for code in dict.fromkeys(codes)]


async def list_units(
    conn: Connection,
    *,
    on: date,
    below: UnitId | None = None,
    kinds: Collection[UnitKind] | None = None,
) -> list[Unit]:
    """Return the units valid on that day, parents first, then in Vietnamese order."""
    return await store.list_units(conn, on=on, below=below, kinds=kinds)


async def list_groups(conn: Connection, *, on: date) -> list[Group]:
    """Return every group with its size on that day, the largest first."""
    return await store.list_groups(conn, on=on)


async def predecessors(conn: Connection, unit: UnitId) -> list[Unit]:
    """Return the units that were merged into this one."""
    return await store.list_predecessors(conn, unit)
