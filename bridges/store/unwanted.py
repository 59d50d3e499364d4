"""Who is in a room although the site's link was revoked, and who must not come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridges.model import OccupantJid, RoomName
from meetings.model import ConferenceId, SiteId
from meetings.store import Connection

# Sent out once; again when a roster still shows him, and a few times where there is no roster.  Who
# was told to have left is out; of a hall whose leavings were lost the last addresses are tried.
# What was told of a room is read once for all who are to leave it.
LIST_UNWANTED = """
    WITH revoked AS MATERIALIZED (
        SELECT l.conference_id, l.site_id, r.name AS room, b.name AS bridge
          FROM links l
          JOIN rooms r ON r.conference_id = l.conference_id
          JOIN bridges b ON b.id = r.bridge_id
         WHERE l.revoked_at IS NOT NULL AND r.state = 'open'
           AND EXISTS (SELECT FROM presences p
                        WHERE p.conference_id = l.conference_id AND p.site_id = l.site_id
                          AND p.ends_at IS NULL)),
    concerned AS (SELECT DISTINCT conference_id FROM revoked),
    told AS MATERIALIZED (
        SELECT e.conference_id, e.id, e.kind, e.body -> 'occupant' ->> 'occupant_jid' AS jid,
               e.body -> 'occupant' ->> 'joined_at' AS joined_at,
               split_part(e.body -> 'occupant' ->> 'id', '.', 1) AS site
          FROM concerned c JOIN evidence e USING (conference_id)
         WHERE e.kind IN ('joined', 'left')),
    staying AS (
        SELECT conference_id, jid, max(site) AS site, max(id) AS id FROM told
         GROUP BY conference_id, jid, joined_at HAVING bool_and(kind = 'joined')),
    came AS MATERIALIZED (
        SELECT conference_id, jid, site,
               row_number() OVER (PARTITION BY conference_id, site ORDER BY id DESC) AS nth
          FROM staying),
    rosters AS MATERIALIZED (
        SELECT e.conference_id, e.received_at, e.body -> 'endpoints' AS endpoints
          FROM concerned c JOIN evidence e USING (conference_id)
         WHERE e.kind = 'roster'
           AND e.received_at > (SELECT min(x.at) FROM expulsions x
                                 WHERE x.conference_id = c.conference_id))
    SELECT r.conference_id, r.room, r.bridge, j.jid
      FROM revoked r
      JOIN came j ON j.conference_id = r.conference_id AND j.site = 'site-' || r.site_id
                 AND j.nth <= $4
      LEFT JOIN expulsions x ON x.conference_id = r.conference_id AND x.jid = j.jid
     CROSS JOIN LATERAL (
           SELECT count(*) > 0 AS told,
                  coalesce(bool_or(e.endpoints ? lower(left(j.jid, 8))), FALSE) AS seen
             FROM rosters e
            WHERE e.conference_id = r.conference_id AND e.received_at > x.at) AS since
     WHERE x.at IS NULL OR since.seen
        OR (NOT since.told AND x.times < $2 AND x.at <= $1::timestamptz - $3::interval)
"""
NOTE_EXPULSION = """
    INSERT INTO expulsions (conference_id, jid, at) VALUES ($1, $2, $3)
        ON CONFLICT (conference_id, jid) DO UPDATE
           SET times = expulsions.times + 1, at = EXCLUDED.at
"""
# The bridge asks with a token of before: what it was refused by is kept when a new link is given.
NOTE_DENIALS = """
    INSERT INTO denials (conference_id, site_id, generation, at)
    SELECT l.conference_id, l.site_id, l.generation, l.revoked_at
      FROM links l JOIN rooms r ON r.conference_id = l.conference_id
     WHERE l.revoked_at IS NOT NULL AND r.state = 'open'
        ON CONFLICT DO NOTHING
"""
# Whoever has no link any more, and tokens of a link that was revoked.  One that was given for no
# link (0) is judged by when it was given.
IS_DENIED = """
    SELECT EXISTS (
           SELECT FROM rooms r
            WHERE r.name = $1
              AND (NOT EXISTS (SELECT FROM links l
                                WHERE l.conference_id = r.conference_id AND l.site_id = $2
                                  AND l.revoked_at IS NULL)
                   OR EXISTS (SELECT FROM denials d
                               WHERE d.conference_id = r.conference_id AND d.site_id = $2
                                 AND CASE WHEN $4 > 0 THEN d.generation >= $4
                                          ELSE d.at >= $3 END)))
"""


MOST_TIMES = 3
MOST_DEVICES = 10
"""A hall may be in by its computer, a second one, its room system and a telephone."""
AGAIN_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwanted:
    """Somebody who is in a room although the site's link was revoked."""

    conference: ConferenceId
    bridge: str
    room: RoomName
    occupant: OccupantJid


async def list_unwanted(conn: Connection, now: datetime) -> Sequence[Unwanted]:
    """Return who is to be sent out: in with a revoked link, under every name it joined by."""
    rows = await conn.fetch(LIST_UNWANTED, now, MOST_TIMES, AGAIN_AFTER, MOST_DEVICES)
    return [
        Unwanted(
            conference=ConferenceId(row["conference_id"]),
            bridge=row["bridge"],
            room=RoomName(row["room"]),
            occupant=OccupantJid(row["jid"]),
        )
        for row in rows
    ]


async def note_expulsion(conn: Connection, unwanted: Unwanted, now: datetime) -> None:
    """Note that a bridge was asked to send somebody out."""
    await conn.execute(NOTE_EXPULSION, unwanted.conference, unwanted.occupant, now)


async def note_denials(conn: Connection) -> None:
    """Note which tokens into open rooms are no good any more, also once a new link is given."""
    await conn.execute(NOTE_DENIALS)


async def is_denied(
    conn: Connection, room: RoomName, site: SiteId, *, given_at: datetime, generation: int
) -> bool:
    """Tell whether a site must not come in with a token given then, for that generation of link."""
    denied: bool = await conn.fetchval(IS_DENIED, room, site, given_at, generation)
    return denied
