"""Writing the directory: a handful of statements, however many units."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import asyncpg

from meetings.directory.unit_changes import UnitVersion
from meetings.model import COMMUNE_KINDS, UnitKind
from meetings.names import fold, sort_key
from meetings.store import Connection

LIST_VERSIONS = """
    SELECT u.id, u.code, u.name, u.full_name, u.name_en, u.kind, coalesce(p.code, '') AS parent,
           coalesce(s.name, '') AS hall, coalesce(s.phone, '') AS phone, u.latitude, u.longitude,
           lower(u.valid) AS valid_from, upper(u.valid) AS valid_to,
           ARRAY(SELECT o.code FROM unit_successions x JOIN units o ON o.id = x.old_id
                  WHERE x.new_id = u.id ORDER BY o.code) AS old_codes
      FROM units u
      LEFT JOIN units p ON p.id = u.parent_id
      LEFT JOIN LATERAL (SELECT name, phone FROM sites WHERE unit_id = u.id ORDER BY id LIMIT 1) s
        ON TRUE
     ORDER BY u.code, lower(u.valid) NULLS FIRST
"""
INSERT_UNITS = """
    INSERT INTO units (code, name, full_name, name_en, kind, path, valid, name_key, folded,
                       latitude, longitude)
    SELECT n.code, n.name, n.full_name, n.name_en, n.kind, '{}', daterange(n.since, n.till),
           n.name_key, n.folded, n.latitude, n.longitude
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[],
                  $7::date[], $8::text[], $9::text[], $10::float8[], $11::float8[])
           AS n (code, name, full_name, name_en, kind, since, till, name_key, folded, latitude,
                 longitude)
"""
INSERT_HALLS = """
    INSERT INTO sites (unit_id, name, name_key, folded, phone, valid)
    SELECT u.id, n.name, n.name_key, n.folded, n.phone, u.valid
      FROM unnest($1::text[], $2::date[], $3::text[], $4::text[], $5::text[], $6::text[])
           AS n (code, since, name, name_key, folded, phone)
      JOIN units u ON u.code = n.code AND lower(u.valid) IS NOT DISTINCT FROM n.since
     WHERE n.name <> ''
"""
SAVE_PARENTS = """
    UPDATE units c
       SET parent_id = (SELECT p.id FROM units p WHERE p.code = n.parent AND p.valid && c.valid
                         ORDER BY lower(p.valid) DESC NULLS LAST LIMIT 1)
      FROM unnest($1::text[], $2::date[], $3::text[]) AS n (code, since, parent)
     WHERE c.code = n.code AND lower(c.valid) IS NOT DISTINCT FROM n.since
"""
SAVE_PATHS = """
    WITH RECURSIVE tree AS (
        SELECT id, ARRAY[id] AS path FROM units WHERE parent_id IS NULL
         UNION ALL
        SELECT u.id, t.path || u.id FROM units u JOIN tree t ON t.id = u.parent_id)
    UPDATE units u SET path = t.path FROM tree t WHERE t.id = u.id AND u.path <> t.path
"""
SAVE_SUCCESSIONS = """
    INSERT INTO unit_successions (old_id, new_id)
    SELECT o.id, u.id
      FROM unnest($1::text[], $2::date[], $3::text[]) AS n (code, since, old_code)
      JOIN units u ON u.code = n.code AND lower(u.valid) = n.since
      JOIN units o ON o.code = n.old_code AND upper(o.valid) = n.since
        ON CONFLICT DO NOTHING
"""
SAVE_UNITS = """
    UPDATE units u
       SET name = n.name, full_name = n.full_name, name_en = n.name_en, kind = n.kind,
           name_key = n.name_key, folded = n.folded, latitude = n.latitude,
           longitude = n.longitude, valid = daterange(lower(u.valid), n.till)
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                  $7::text[], $8::float8[], $9::float8[], $10::date[])
           AS n (id, name, full_name, name_en, kind, name_key, folded, latitude, longitude, till)
     WHERE u.id = n.id
"""
SAVE_HALLS = """
    UPDATE sites s
       SET name = n.name, name_key = n.name_key, folded = n.folded, phone = n.phone
      FROM unnest($1::text[], $2::date[], $3::text[], $4::text[], $5::text[], $6::text[])
           AS n (code, since, name, name_key, folded, phone)
      JOIN units u ON u.code = n.code AND lower(u.valid) IS NOT DISTINCT FROM n.since
     WHERE s.id = (SELECT min(id) FROM sites WHERE unit_id = u.id)
"""
CLOSE_UNITS = """
    UPDATE units u SET valid = daterange(lower(u.valid), n.till)
      FROM unnest($1::bigint[], $2::date[]) AS n (id, till) WHERE u.id = n.id
"""
SAVE_GROUPS = """
    INSERT INTO site_groups (code, name, name_en, kinds)
    SELECT n.code, n.name, n.name_en, string_to_array(n.kinds, ';')
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS n (code, name, name_en, kinds)
        ON CONFLICT (code) DO UPDATE
       SET name = EXCLUDED.name, name_en = EXCLUDED.name_en, kinds = EXCLUDED.kinds
"""
SAVE_GROUP_MEMBERS = """
    INSERT INTO site_group_members (group_code, site_id)
    SELECT n.group_code, s.id
      FROM unnest($1::text[], $2::text[]) AS n (group_code, code)
      JOIN units u ON u.code = n.code
      JOIN sites s ON s.unit_id = u.id
        ON CONFLICT DO NOTHING
"""


async def list_versions(conn: Connection) -> list[UnitVersion]:
    """Return every unit ever known with its first hall, by code, the earliest first."""
    return [_version_from_row(row) for row in await conn.fetch(LIST_VERSIONS)]


def _version_from_row(row: asyncpg.Record) -> UnitVersion:
    told = {"kind": UnitKind(row["kind"]), "old_codes": tuple(row["old_codes"])}
    return UnitVersion(**{**dict(row), **told})


async def insert_units(conn: Connection, units: Sequence[UnitVersion]) -> None:
    """Add units without parents and paths; see `save_tree`."""
    await conn.execute(
        INSERT_UNITS,
        [unit.code for unit in units],
        [unit.name for unit in units],
        [unit.full_name for unit in units],
        [unit.name_en for unit in units],
        [unit.kind.value for unit in units],
        [unit.valid_from for unit in units],
        [unit.valid_to for unit in units],
        [sort_key(unit.name) for unit in units],
        [_searched(unit) for unit in units],
        [unit.latitude for unit in units],
        [unit.longitude for unit in units],
    )


async def insert_halls(conn: Connection, units: Sequence[UnitVersion]) -> None:
    """Add the first hall of each unit that has one."""
    await conn.execute(INSERT_HALLS, *_hall_columns(units))


async def save_halls(conn: Connection, units: Sequence[UnitVersion]) -> None:
    """Rename the first hall of each unit, and sort and find it anew."""
    await conn.execute(SAVE_HALLS, *_hall_columns(units))


async def save_units(conn: Connection, units: Sequence[UnitVersion]) -> None:
    """Correct units in place."""
    await conn.execute(
        SAVE_UNITS,
        [unit.id for unit in units],
        [unit.name for unit in units],
        [unit.full_name for unit in units],
        [unit.name_en for unit in units],
        [unit.kind.value for unit in units],
        [sort_key(unit.name) for unit in units],
        [_searched(unit) for unit in units],
        [unit.latitude for unit in units],
        [unit.longitude for unit in units],
        [unit.valid_to for unit in units],
    )


async def save_tree(conn: Connection, units: Sequence[UnitVersion]) -> None:
    """Hang these units under their parents, write all paths anew, and note predecessors."""
    keys = [unit.code for unit in units], [unit.valid_from for unit in units]
    await conn.execute(SAVE_PARENTS, *keys, [unit.parent for unit in units])
    await conn.execute(SAVE_PATHS)
    merged = [(unit.code, unit.valid_from, old) for unit in units for old in unit.old_codes]
    await conn.execute(SAVE_SUCCESSIONS, *_columns(merged, 3))


async def close_units(conn: Connection, units: Sequence[UnitVersion]) -> None:
    """End these units on their `valid_to`."""
    await conn.execute(CLOSE_UNITS, [unit.id for unit in units], [unit.valid_to for unit in units])


async def save_groups(conn: Connection, groups: Collection[tuple[str, str, str, str]]) -> None:
    """Write groups as (code, name, English name, kinds joined by ';')."""
    await conn.execute(SAVE_GROUPS, *_columns(groups, 4))


async def save_group_members(conn: Connection, members: Collection[tuple[str, str]]) -> None:
    """Put the halls of units into groups: pairs of group code and unit code."""
    await conn.execute(SAVE_GROUP_MEMBERS, *_columns(members, 2))


def _columns(rows: Collection[tuple[object, ...]], width: int) -> list[list[object]]:
    """Return rows turned into columns for `unnest`, also when there are none."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def _hall_columns(units: Sequence[UnitVersion]) -> list[list[object]]:
    return _columns(
        [
            (unit.code, unit.valid_from, unit.hall, _hall_key(unit), _searched(unit), unit.phone)
            for unit in units
        ],
        6,
    )


def _hall_key(unit: UnitVersion) -> str:
    """Sort by what pages show: a commune's own name, else the hall's."""
    return sort_key(unit.name if unit.kind in COMMUNE_KINDS else unit.hall)


def _searched(unit: UnitVersion) -> str:
    return fold(f"{unit.full_name} {unit.hall} {unit.code}")
