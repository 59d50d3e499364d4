"""Reading units, sites and groups as they are valid on one day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import asyncpg

from meetings.errors import UnitNotFound
from meetings.model import Group, Site, SiteId, Unit, UnitId, UnitKind
from meetings.store import Connection

# What `unit_from_row` reads of a unit `u`.
UNIT = """u.id, u.code, u.name, u.full_name, u.name_en, u.kind, u.parent_id, u.path,
           lower(u.valid) AS valid_from, upper(u.valid) AS valid_to"""
# What `site_from_row` reads of a site `s` and its unit `u`.
SITE = """s.id, s.name, s.phone, u.id AS unit_id, u.code AS unit_code, u.name AS unit_name,
           u.kind AS unit_kind, u.path AS unit_path"""
GET_UNIT = f"""
    SELECT {UNIT}
      FROM units u WHERE id = $1
"""  # noqa: S608 - no value is spliced
GET_UNIT_BY_CODE = f"""
    SELECT {UNIT}
      FROM units u WHERE code = $1 AND valid @> $2::date
"""  # noqa: S608 - no value is spliced
LIST_UNITS_BY_CODES = f"""
    SELECT {UNIT}
      FROM units u WHERE code = ANY ($1::text[]) AND valid @> $2::date
"""  # noqa: S608 - no value is spliced
LIST_NAMES_BY_CODE = """
    SELECT DISTINCT ON (code) code, full_name FROM units
     WHERE code = ANY ($1::text[]) ORDER BY code, lower(valid) DESC
"""
LIST_UNITS = f"""
    SELECT {UNIT}
      FROM units u
     WHERE valid @> $1::date
       AND ($2::bigint IS NULL OR path @> ARRAY[$2::bigint])
       AND ($3::text[] IS NULL OR kind = ANY ($3))
     ORDER BY cardinality(path), name_key, id
"""  # noqa: S608 - no value is spliced
LIST_UNITS_BY_IDS = f"""
    SELECT {UNIT}
      FROM units u WHERE id = ANY ($1::bigint[])
"""  # noqa: S608 - no value is spliced
LOCK_UNIT = """
    SELECT id FROM units WHERE id = $1 FOR NO KEY UPDATE
"""
# In use are both, hall and unit; a group is below the unit that stands on that day in place of its.
SITES_IN_USE = """FROM sites s
      JOIN units u ON u.id = s.unit_id
      LEFT JOIN (SELECT code, kinds, tags, unit_on(below_id, $1::date) AS below_id
                   FROM site_groups WHERE code = $3 OFFSET 0) g ON TRUE
     WHERE s.valid @> $1::date AND u.valid @> $1::date
       AND position($2 IN s.folded) > 0
       AND ($3::text IS NULL
            OR group_takes(g.kinds, g.below_id, g.tags, u.kind, u.path, s.tags) OR EXISTS (
            SELECT FROM site_group_members m WHERE m.group_code = g.code AND m.site_id = s.id))"""
LIST_SITES = f"""
    SELECT {SITE}
      {SITES_IN_USE}
       AND ($4::bigint IS NULL OR u.path @> ARRAY[$4::bigint])
       AND ($5::bigint IS NULL OR (s.name_key, s.id) >
            (SELECT a.name_key, a.id FROM sites a WHERE a.id = $5))
     ORDER BY s.name_key, s.id
     LIMIT $6
"""  # noqa: S608 - no value is spliced
COUNT_SITES = f"SELECT count(*) {SITES_IN_USE}"
# A renamed unit takes its halls along: on an earlier day they bear the name it had then, and those
# that are ordered by their unit's name stand where it had them.
LIST_SITES_BY_IDS = """
    SELECT s.id, s.name, s.phone, u.id AS unit_id, u.code AS unit_code,
           coalesce(v.name, u.name) AS unit_name, u.kind AS unit_kind, u.path AS unit_path
      FROM sites s
      JOIN units u ON u.id = s.unit_id
      LEFT JOIN units v ON v.code = u.code AND v.valid @> $2::date AND s.valid @> $2::date
     WHERE s.id = ANY ($1::bigint[])
     ORDER BY CASE WHEN s.name_key = u.name_key THEN coalesce(v.name_key, s.name_key)
                   ELSE s.name_key END, s.id
"""
LIST_GROUPS = """
    SELECT g.code, g.name, g.name_en, (
           SELECT count(*) FROM sites s JOIN units u ON u.id = s.unit_id
            WHERE s.valid @> $1::date AND u.valid @> $1::date
              AND (group_takes(g.kinds, g.below_id, g.tags, u.kind, u.path, s.tags) OR EXISTS (
                   SELECT FROM site_group_members m
                    WHERE m.group_code = g.code AND m.site_id = s.id))) AS size
      FROM (SELECT code, name, name_en, kinds, tags, unit_on(below_id, $1::date) AS below_id
              FROM site_groups OFFSET 0) g
     ORDER BY size DESC, g.code
"""
LIST_GROUP_SITES = """
    SELECT g.code, s.id AS site_id
      FROM (SELECT code, kinds, tags, unit_on(below_id, $2::date) AS below_id
              FROM site_groups WHERE code = ANY ($1::text[]) OFFSET 0) g
      LEFT JOIN (sites s JOIN units u ON u.id = s.unit_id)
        ON s.valid @> $2::date AND u.valid @> $2::date
       AND (group_takes(g.kinds, g.below_id, g.tags, u.kind, u.path, s.tags) OR EXISTS (
            SELECT FROM site_group_members m WHERE m.group_code = g.code AND m.site_id = s.id))
"""
LIST_PREDECESSORS = f"""
    SELECT {UNIT}
      FROM unit_successions x
      JOIN units u ON u.id = x.old_id
     WHERE x.new_id = $1
     ORDER BY u.name_key, u.id
"""  # noqa: S608 - no value is spliced


def unit_from_row(row: asyncpg.Record) -> Unit:
    """Return the unit of a row that has the columns of `UNIT`."""
    return Unit(
        id=row["id"],
        code=row["code"],
        name=row["name"],
        full_name=row["full_name"],
        name_en=row["name_en"],
        kind=UnitKind(row["kind"]),
        parent_id=row["parent_id"],
        path=tuple(row["path"]),
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
    )


def site_from_row(row: asyncpg.Record) -> Site:
    """Return the site of a row that has the columns of `SITE`."""
    return Site(
        id=row["id"],
        unit_id=row["unit_id"],
        unit_code=row["unit_code"],
        unit_name=row["unit_name"],
        unit_kind=UnitKind(row["unit_kind"]),
        unit_path=tuple(row["unit_path"]),
        name=row["name"],
        phone=row["phone"],
    )


async def lock_unit(conn: Connection, unit: UnitId) -> None:
    """Let nobody else change what a unit says until the transaction ends; bookings go on."""
    await conn.execute(LOCK_UNIT, unit)


async def get_unit(conn: Connection, unit: UnitId) -> Unit:
    """Return the unit, valid or retired."""
    row = await conn.fetchrow(GET_UNIT, unit)
    if row is None:
        raise UnitNotFound(str(unit))
    return unit_from_row(row)


async def get_unit_by_code(conn: Connection, code: str, *, on: date) -> Unit:
    """Return the unit that carries the code on that day."""
    row = await conn.fetchrow(GET_UNIT_BY_CODE, code, on)
    if row is None:
        raise UnitNotFound(code)
    return unit_from_row(row)


async def list_units_by_codes(conn: Connection, codes: Collection[str], *, on: date) -> list[Unit]:
    """Return the units that carry these codes on that day; unknown codes are left out."""
    return [unit_from_row(row) for row in await conn.fetch(LIST_UNITS_BY_CODES, list(codes), on)]


async def list_units(
    conn: Connection,
    *,
    on: date,
    below: UnitId | None = None,
    kinds: Collection[UnitKind] | None = None,
) -> list[Unit]:
    """Return the units valid on that day, parents first, then in Vietnamese order."""
    wanted = None if kinds is None else [kind.value for kind in kinds]
    return [unit_from_row(row) for row in await conn.fetch(LIST_UNITS, on, below, wanted)]


async def list_units_by_ids(conn: Connection, units: Collection[UnitId]) -> list[Unit]:
    """Return the units of these ids, valid or retired."""
    return [unit_from_row(row) for row in await conn.fetch(LIST_UNITS_BY_IDS, list(units))]


async def list_names_by_code(conn: Connection, codes: Collection[str]) -> dict[str, str]:
    """Return the newest full name of each code."""
    rows = await conn.fetch(LIST_NAMES_BY_CODE, list(codes))
    return {row["code"]: row["full_name"] for row in rows}


async def list_predecessors(conn: Connection, unit: UnitId) -> list[Unit]:
    """Return the units that were merged into this one."""
    return [unit_from_row(row) for row in await conn.fetch(LIST_PREDECESSORS, unit)]


async def list_sites(
    conn: Connection,
    *,
    on: date,
    folded: str,
    group: str | None,
    below: UnitId | None,
    after: SiteId | None,
    limit: int,
) -> list[Site]:
    """Return sites valid on that day in Vietnamese order; `folded` must be folded already."""
    rows = await conn.fetch(LIST_SITES, on, folded, group, below, after, limit)
    return [site_from_row(row) for row in rows]


async def count_sites(conn: Connection, *, on: date, folded: str, group: str | None) -> int:
    """Return how many sites are valid on that day."""
    found: int = await conn.fetchval(COUNT_SITES, on, folded, group)
    return found


async def list_sites_by_ids(
    conn: Connection, sites: Collection[SiteId], *, on: date | None = None
) -> list[Site]:
    """Return the sites of these ids, in use or retired, in Vietnamese order; named as on a day."""
    return [site_from_row(row) for row in await conn.fetch(LIST_SITES_BY_IDS, list(sites), on)]


async def list_groups(conn: Connection, *, on: date) -> list[Group]:
    """Return every group with its size on that day, the largest first."""
    rows = await conn.fetch(LIST_GROUPS, on)
    return [Group(**dict(row)) for row in rows]


async def list_group_sites(
    conn: Connection, codes: Sequence[str], *, on: date
) -> dict[str, frozenset[SiteId]]:
    """Return the sites of each group that exists, as they are in use on that day."""
    found: dict[str, set[SiteId]] = {}
    for row in await conn.fetch(LIST_GROUP_SITES, list(codes), on):
        members = found.setdefault(row["code"], set())
        if row["site_id"] is not None:
            members.add(row["site_id"])
    return {code: frozenset(members) for code, members in found.items()}
