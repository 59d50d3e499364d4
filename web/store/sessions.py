"""Sessions: the cookie's secret only as SHA-256, one row each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import asyncpg

from meetings.audit import Lent
from meetings.model import Grant, PersonId, Role, UnitId
from meetings.store import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Whose session it is, with the grants as they are now."""

    person: PersonId
    name: str
    locale: str
    grants: frozenset[Grant]
    lent: tuple[Lent, ...]
    tops: frozenset[UnitId]
    seen_at: datetime


def grants_from(roles: Iterable[str], units: Iterable[int]) -> frozenset[Grant]:
    """Return the grants of two arrays of one length."""
    pairs = zip(roles, units, strict=True)
    return frozenset(Grant(role=Role(role), unit=UnitId(unit)) for role, unit in pairs)


def signed_from_row(row: asyncpg.Record) -> Signed:
    """Return the value of one row of FIND_SESSION."""
    return Signed(
        person=PersonId(row["id"]),
        name=row["name"],
        locale=row["locale"],
        grants=grants_from(row["roles"], row["units"])
        | grants_from(row["lent_roles"], row["lent_units"]),
        lent=tuple(map(Lent, row["lent_givers"], row["lent_units"])),
        tops=frozenset(row["tops"]),
        seen_at=row["seen_at"],
    )


# One round trip for every request of a browser, so it reads people and grants of `meetings` too;
# asked each time, so that a change of rights acts at once.  What is lent counts while its giver
# is active and still holds the role there, and only where the deputy does not hold it too.
FIND_SESSION = """
    SELECT p.id, p.name, p.locale, s.seen_at,
           ARRAY(SELECT g.role FROM grants g WHERE g.person_id = p.id
                  ORDER BY g.role, g.unit_id) AS roles,
           ARRAY(SELECT g.unit_id FROM grants g WHERE g.person_id = p.id
                  ORDER BY g.role, g.unit_id) AS units,
           ARRAY(SELECT g.unit_id FROM grants g JOIN units u ON u.id = g.unit_id
                  WHERE g.person_id = p.id AND u.parent_id IS NULL) AS tops,
           coalesce(lent.roles, '{}') AS lent_roles,
           coalesce(lent.units, '{}') AS lent_units,
           coalesce(lent.givers, '{}') AS lent_givers
      FROM sessions s
      JOIN people p ON p.id = s.person_id
      CROSS JOIN LATERAL (
           SELECT array_agg(d.role ORDER BY d.id) AS roles,
                  array_agg(d.unit_id ORDER BY d.id) AS units,
                  array_agg(d.giver_id ORDER BY d.id) AS givers
             FROM deputies d
             JOIN people g ON g.id = d.giver_id
             JOIN units u ON u.id = d.unit_id
            WHERE d.deputy_id = p.id AND d.ended_at IS NULL AND d.days @> $4::date AND g.active
              AND EXISTS (SELECT FROM grants o WHERE o.person_id = d.giver_id
                             AND o.role = d.role AND o.unit_id = ANY (u.path))
              AND NOT EXISTS (SELECT FROM grants o WHERE o.person_id = d.deputy_id
                                 AND o.role = d.role AND o.unit_id = ANY (u.path))) lent
     WHERE s.hash = $1 AND s.expires_at > $2 AND s.seen_at > $3 AND p.active
"""


async def find_session(
    conn: Connection, secret_hash: bytes, *, now: datetime, idle_since: datetime, day: date
) -> Signed | None:
    """Return who holds the session, unless it is unknown, too old or idle for too long."""
    row = await conn.fetchrow(FIND_SESSION, secret_hash, now, idle_since, day)
    return signed_from_row(row) if row else None


TOUCH_SESSION = """
    UPDATE sessions SET seen_at = $2 WHERE hash = $1 AND seen_at < $2
"""


async def touch_session(conn: Connection, secret_hash: bytes, now: datetime) -> None:
    """Remember that the session was used."""
    await conn.execute(TOUCH_SESSION, secret_hash, now)


# Not the person's row: who changes many people holds it for long, and signing in must not wait.
LOCK_SESSIONS = """
    SELECT pg_advisory_xact_lock(hashtextextended('sessions', $1))
"""
INSERT_SESSION = """
    INSERT INTO sessions (hash, person_id, created_at, seen_at, expires_at)
    VALUES ($1, $2, $3, $3, $4)
"""
DELETE_OLDEST = """
    DELETE FROM sessions
     WHERE hash IN (SELECT hash FROM sessions WHERE person_id = $1
                     ORDER BY created_at DESC, hash OFFSET $2)
"""


async def insert_session(
    conn: Connection,
    secret_hash: bytes,
    person: PersonId,
    *,
    now: datetime,
    expires_at: datetime,
    most: int,
) -> None:
    """Open a session and close the person's oldest beyond `most`.

    They wait for each other: two sign-ins at once must not both count one too few.
    """
    await conn.execute(LOCK_SESSIONS, person)
    await conn.execute(INSERT_SESSION, secret_hash, person, now, expires_at)
    await conn.execute(DELETE_OLDEST, person, most)


DELETE_SESSION = """
    DELETE FROM sessions WHERE hash = $1
"""


async def delete_session(conn: Connection, secret_hash: bytes) -> None:
    """Close one session, everywhere at once."""
    await conn.execute(DELETE_SESSION, secret_hash)


DELETE_SESSIONS_OF = """
    DELETE FROM sessions WHERE person_id = $1
"""


async def delete_sessions_of(conn: Connection, person: PersonId) -> None:
    """Close all sessions of a person: new password, deactivated."""
    await conn.execute(DELETE_SESSIONS_OF, person)


DELETE_STALE_SESSIONS = """
    DELETE FROM sessions WHERE expires_at <= $1 OR seen_at <= $2
"""


async def delete_stale_sessions(conn: Connection, *, now: datetime, idle_since: datetime) -> None:
    """Throw away sessions nobody can use any more."""
    await conn.execute(DELETE_STALE_SESSIONS, now, idle_since)
