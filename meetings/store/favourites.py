"""Favourites of a person, and the halls they used last."""

from __future__ import annotations

from datetime import date

from meetings.model import PersonId, Site
from meetings.store import Connection
from meetings.store.directory import SITE, site_from_row

DELETE_FAVOURITE = """
    DELETE FROM favourites WHERE person_id = $1 AND kind = $2 AND ref = $3 RETURNING TRUE
"""
INSERT_FAVOURITE = """
    INSERT INTO favourites (person_id, kind, ref) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
"""
IS_FAVOURITE = """
    SELECT EXISTS (SELECT FROM favourites WHERE person_id = $1 AND kind = $2 AND ref = $3)
"""
LIST_SITES = f"""
    SELECT {SITE}
      FROM favourites f
      JOIN sites s ON f.kind = 'site' AND s.id::text = f.ref
      JOIN units u ON u.id = s.unit_id
     WHERE f.person_id = $1 AND s.valid @> $2::date AND u.valid @> $2::date
     ORDER BY s.name_key, s.id
"""  # noqa: S608 - no value is spliced
LIST_GROUPS = """
    SELECT g.code, g.name, g.name_en
      FROM favourites f
      JOIN site_groups g ON f.kind = 'group' AND g.code = f.ref
     WHERE f.person_id = $1
     ORDER BY g.name, g.code
"""
LIST_RECENT = f"""
    WITH last AS (
        SELECT c.main_site_id, max(c.id) AS latest
          FROM (SELECT id, main_site_id FROM conferences
                 WHERE created_by = $1 ORDER BY id DESC LIMIT 50) c
         GROUP BY c.main_site_id)
    SELECT {SITE}
      FROM last
      JOIN sites s ON s.id = last.main_site_id
      JOIN units u ON u.id = s.unit_id
     WHERE s.valid @> $2::date AND u.valid @> $2::date
     ORDER BY last.latest DESC
     LIMIT 5
"""  # noqa: S608 - no value is spliced


async def turn_favourite(conn: Connection, person: PersonId, kind: str, ref: str) -> bool:
    """Make it a favourite, or one no more; return which it is now."""
    if await conn.fetchval(DELETE_FAVOURITE, person, kind, ref):
        return False
    await insert_favourite(conn, person, kind, ref)
    return True


async def insert_favourite(conn: Connection, person: PersonId, kind: str, ref: str) -> None:
    """Make it one of the person's favourites; one that is stays one."""
    await conn.execute(INSERT_FAVOURITE, person, kind, ref)


async def delete_favourite(conn: Connection, person: PersonId, kind: str, ref: str) -> None:
    """Make it a favourite no more; what is none stays none."""
    await conn.execute(DELETE_FAVOURITE, person, kind, ref)


async def is_favourite(conn: Connection, person: PersonId, kind: str, ref: str) -> bool:
    """Tell whether it is one of the person's favourites."""
    return bool(await conn.fetchval(IS_FAVOURITE, person, kind, ref))


async def list_favourite_sites(conn: Connection, person: PersonId, on: date) -> list[Site]:
    """Return the favourite halls in use on that day, in Vietnamese order."""
    return [site_from_row(row) for row in await conn.fetch(LIST_SITES, person, on)]


async def list_favourite_groups(conn: Connection, person: PersonId) -> list[tuple[str, str, str]]:
    """Return code, name and English name of the favourite groups."""
    rows = await conn.fetch(LIST_GROUPS, person)
    return [(row["code"], row["name"], row["name_en"]) for row in rows]


async def list_recent_sites(conn: Connection, actor: str, on: date) -> list[Site]:
    """Return the main halls of what somebody booked last, the latest first."""
    return [site_from_row(row) for row in await conn.fetch(LIST_RECENT, actor, on)]
