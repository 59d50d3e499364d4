"""One-time links by which a person chooses a password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from meetings.model import PersonId
from meetings.store import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Whom a one-time link is for."""

    person: PersonId
    login: str
    name: str
    void: bool


# What somebody may do, as text: where it reads otherwise, links from before are void.
POWERS = """concat_ws('|', p.unit_id,
           (SELECT string_agg(g.role || '/' || g.unit_id, ' ' ORDER BY g.role, g.unit_id)
              FROM grants g WHERE g.person_id = p.id),
           (SELECT string_agg(d.id::text, ' ' ORDER BY d.id)
              FROM deputies d WHERE d.deputy_id = p.id AND d.ended_at IS NULL))"""
INSERT_LINK = f"""
    INSERT INTO one_time_links (hash, person_id, expires_at, powers)
    SELECT $1, p.id, $3, {POWERS}
      FROM people p WHERE p.id = $2
"""  # noqa: S608 - no value is spliced


async def insert_link(
    conn: Connection, secret_hash: bytes, person: PersonId, expires_at: datetime
) -> None:
    """Remember a link by its digest."""
    await conn.execute(INSERT_LINK, secret_hash, person, expires_at)


FIND_INVITED = f"""
    SELECT p.id, p.login, p.name, l.powers <> {POWERS} AS void
      FROM one_time_links l
      JOIN people p ON p.id = l.person_id
     WHERE l.hash = $1 AND l.used_at IS NULL AND l.expires_at > $2 AND p.active
"""  # noqa: S608 - no value is spliced


async def find_invited(conn: Connection, secret_hash: bytes, now: datetime) -> Invited | None:
    """Return whom an unused link is for, and whether it is void; looking does not use it up."""
    row = await conn.fetchrow(FIND_INVITED, secret_hash, now)
    if row is None:
        return None
    return Invited(
        person=PersonId(row["id"]), login=row["login"], name=row["name"], void=bool(row["void"])
    )


USE_LINK = """
    UPDATE one_time_links SET used_at = $2
     WHERE hash = $1 AND used_at IS NULL AND expires_at > $2
    RETURNING person_id
"""


async def use_link(conn: Connection, secret_hash: bytes, now: datetime) -> bool:
    """Use the link up; tell whether it was still good."""
    return await conn.fetchval(USE_LINK, secret_hash, now) is not None


SPOIL_LINKS = """
    UPDATE one_time_links SET used_at = $2 WHERE person_id = $1 AND used_at IS NULL
"""


async def spoil_links(conn: Connection, person: PersonId, now: datetime) -> None:
    """Make every open link of a person useless: a newer one was made."""
    await conn.execute(SPOIL_LINKS, person, now)


DELETE_OLD_LINKS = """
    DELETE FROM one_time_links WHERE expires_at <= $1
"""


async def delete_old_links(conn: Connection, now: datetime) -> None:
    """Throw away links that are too old to be used."""
    await conn.execute(DELETE_OLD_LINKS, now)
