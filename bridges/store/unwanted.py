"""Who is in a room although the site's link was revoked, and who must not come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bridges.model import Denial, OccupantJid, RoomName
from meetings.model import ConferenceId, SiteId
from meetings.store import Connection

LIST_UNWANTED = """
    SELECT l.conference_id, l.site_id, l.generation, r.name AS room, b.name AS bridge, j.jid
      FROM links l
      JOIN rooms r ON r.conference_id = l.conference_id
      JOIN bridges b ON b.id = r.bridge_id
      CROSS JOIN LATERAL (
           SELECT e.body -> 'occupant' ->> 'occupant_jid' AS jid
             FROM evidence e
            WHERE e.conference_id = l.conference_id AND e.kind = 'joined'
              AND e.body -> 'occupant' ->> 'id' = 'site-' || l.site_id
            ORDER BY e.id DESC LIMIT 3) AS j
     WHERE l.revoked_at IS NOT NULL AND r.state = 'open'
       AND EXISTS (SELECT 1 FROM presences p
                    WHERE p.conference_id = l.conference_id AND p.site_id = l.site_id
                      AND p.ends_at IS NULL)
"""
INSERT_DENIAL = """
    INSERT INTO denials (conference_id, site_id, generation) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwanted:
    """Somebody who is in a room although the site's link was revoked."""

    denial: Denial
    bridge: str
    room: RoomName
    occupant: OccupantJid


async def list_unwanted(conn: Connection) -> Sequence[Unwanted]:
    """Return who is in a room with a revoked link, under every name it lately joined by."""
    return [
        Unwanted(
            denial=Denial(
                conference=ConferenceId(row["conference_id"]),
                site=SiteId(row["site_id"]),
                generation=row["generation"],
            ),
            bridge=row["bridge"],
            room=RoomName(row["room"]),
            occupant=OccupantJid(row["jid"]),
        )
        for row in await conn.fetch(LIST_UNWANTED)
    ]


async def insert_denial(conn: Connection, denial: Denial) -> None:
    """Note that a site must not be let in again by that generation of its link."""
    await conn.execute(INSERT_DENIAL, denial.conference, denial.site, denial.generation)
