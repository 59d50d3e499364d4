"""What the day's snapshot is made of: rooms with their conferences, and the links into them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import asyncpg

from bridges.entry.passes import Occasion, Pass
from bridges.model import RoomName, RoomState
from meetings.model import COMMUNE_KINDS, ConferenceId, Kind, SiteId, State
from meetings.store import Connection

# What `occasion_from_row` reads; a statement goes on from here.
OCCASIONS = """
    SELECT c.id, c.title, c.kind, c.chair, c.main_site_id, c.state, c.cancel_reason,
           lower(c.period) AS starts, upper(c.period) AS ends, h.full_name AS host,
           CASE WHEN mu.kind = ANY($1) THEN mu.name ELSE ms.name END AS main_label,
           b.name AS bridge, r.name AS room, r.opens_at, r.closes_at, r.state AS room_state,
           r.grant_ends_at, c.visibility = 'open' AS public,
           up.name AS upstream, up.address AS upstream_address,
           CASE WHEN ru.kind = ANY($1) THEN ru.name ELSE rs.name END AS relay_label,
           lower(c.period) + make_interval(mins => lower(up.during)) AS relayed_from,
           lower(c.period) + make_interval(mins => upper(up.during)) AS relayed_until,
           coalesce((SELECT pin FROM room_pins p WHERE p.conference_id = c.id), 0) AS pin
      FROM rooms r
      JOIN conferences c ON c.id = r.conference_id
      JOIN bridges b ON b.id = r.bridge_id
      JOIN units h ON h.id = c.host_unit_id
      JOIN sites ms ON ms.id = c.main_site_id
      JOIN units mu ON mu.id = ms.unit_id
      LEFT JOIN conference_upstreams up ON up.conference_id = c.id
      LEFT JOIN sites rs ON rs.id = up.relay_site_id
      LEFT JOIN units ru ON ru.id = rs.unit_id
"""
LIST_OCCASIONS = f"{OCCASIONS} WHERE r.closes_at > $2 AND r.opens_at < $3"
FIND_OCCASION = f"{OCCASIONS} WHERE r.conference_id = $2"
# While keys are rotated, a link opens under the secret of the key before too.
LIST_LINKS = """
    SELECT l.conference_id, l.site_id, l.generation, k.hash, l.revoked_at IS NOT NULL AS revoked,
           k.ends_at, CASE WHEN u.kind = ANY($1) THEN u.name ELSE s.name END AS label
      FROM links l
      JOIN LATERAL (
           SELECT l.hash, NULL::timestamptz AS ends_at
            UNION ALL
           SELECT f.hash, f.ends_at FROM former_links f
            WHERE f.conference_id = l.conference_id AND f.site_id = l.site_id
              AND f.generation = l.generation) AS k ON TRUE
      JOIN sites s ON s.id = l.site_id
      JOIN units u ON u.id = s.unit_id
     WHERE l.conference_id = ANY($2)
"""
FIND_LINK = """
    SELECT l.conference_id, l.site_id, l.generation, l.revoked_at IS NOT NULL AS revoked, k.ends_at,
           CASE WHEN u.kind = ANY($1) THEN u.name ELSE s.name END AS label
      FROM (
           SELECT conference_id, site_id, generation, NULL::timestamptz AS ends_at
             FROM links WHERE hash = $2
            UNION ALL
           SELECT conference_id, site_id, generation, ends_at FROM former_links WHERE hash = $2
           ) AS k
      JOIN links l USING (conference_id, site_id, generation)
      JOIN sites s ON s.id = l.site_id
      JOIN units u ON u.id = s.unit_id
"""


def occasion_from_row(row: asyncpg.Record) -> Occasion:
    """Return a conference with its room."""
    return Occasion(
        conference=ConferenceId(row["id"]),
        title=row["title"],
        kind=Kind(row["kind"]),
        chair=row["chair"],
        host=row["host"],
        main_site=SiteId(row["main_site_id"]),
        main_label=row["main_label"],
        start=row["starts"],
        end=row["ends"],
        state=State(row["state"]),
        cancel_reason=row["cancel_reason"],
        bridge=row["bridge"],
        room=RoomName(row["room"]),
        opens_at=row["opens_at"],
        closes_at=row["closes_at"],
        room_state=RoomState(row["room_state"]),
        grant_ends_at=row["grant_ends_at"],
        public=row["public"],
        upstream=row["upstream"] or "",
        upstream_address=row["upstream_address"] or "",
        relay_label=row["relay_label"] or "",
        relayed_from=row["relayed_from"],
        relayed_until=row["relayed_until"],
        pin=row["pin"],
    )


def pass_from_row(row: asyncpg.Record, occasion: Occasion) -> Pass:
    """Return what a link opens."""
    return Pass(
        occasion=occasion,
        site=SiteId(row["site_id"]),
        label=row["label"],
        generation=row["generation"],
        revoked=row["revoked"],
        ends_at=row["ends_at"],
    )


async def list_occasions(
    conn: Connection, after: datetime, before: datetime
) -> dict[ConferenceId, Occasion]:
    """Return what has a room that is open some time in `(after, before)`."""
    rows = await conn.fetch(LIST_OCCASIONS, sorted(COMMUNE_KINDS), after, before)
    return {occasion.conference: occasion for occasion in map(occasion_from_row, rows)}


async def list_passes(
    conn: Connection, occasions: Mapping[ConferenceId, Occasion]
) -> dict[bytes, Pass]:
    """Return what each link into these conferences opens, by the link's hash."""
    rows = await conn.fetch(LIST_LINKS, sorted(COMMUNE_KINDS), sorted(occasions))
    return {row["hash"]: pass_from_row(row, occasions[row["conference_id"]]) for row in rows}


async def find_pass(conn: Connection, link_hash: bytes) -> Pass | None:
    """Return what a link opens, on whatever day."""
    kinds = sorted(COMMUNE_KINDS)
    link = await conn.fetchrow(FIND_LINK, kinds, link_hash)
    if link is None:
        return None
    occasion = await conn.fetchrow(FIND_OCCASION, kinds, link["conference_id"])
    return None if occasion is None else pass_from_row(link, occasion_from_row(occasion))
