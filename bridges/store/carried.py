"""What a bridge carries: rooms in use and the halls in them, and the most seats promised on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bridges.model import BridgeId
from meetings.store import Connection

# Where one conference ends and another begins, the ending one counts first, as in `hold_seats`.
FIND_CARRIED = """
    SELECT (SELECT count(*) FROM rooms r WHERE r.bridge_id = b.id AND r.state = 'open') AS rooms,
           (SELECT count(DISTINCT (p.site_id, p.conference_id))
              FROM rooms r JOIN presences p ON p.conference_id = r.conference_id
             WHERE r.bridge_id = b.id AND r.state = 'open' AND p.ends_at IS NULL) AS sites,
           coalesce(peak.load, 0) AS promised, peak.at AS promised_at
      FROM bridges b
      LEFT JOIN LATERAL (
           SELECT load, at
             FROM (SELECT step.at, sum(step.delta) OVER (ORDER BY step.at, step.delta) AS load
                     FROM seat_holds h,
                          LATERAL (VALUES (greatest(lower(h.during), $2), h.seats),
                                          (upper(h.during), -h.seats)) AS step (at, delta)
                    WHERE h.pool_id = b.pool_id AND h.during && tstzrange($2, NULL)) AS loads
            ORDER BY load DESC, at LIMIT 1) AS peak ON TRUE
     WHERE b.id = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What a bridge carries now, and the most it will have to, as far as it is promised."""

    rooms: int
    sites: int
    promised: int
    promised_at: datetime | None


async def find_carried(conn: Connection, bridge: BridgeId, now: datetime) -> Carried:
    """Return what a bridge carries."""
    (row,) = await conn.fetch(FIND_CARRIED, bridge, now)
    return Carried(
        rooms=row["rooms"],
        sites=row["sites"],
        promised=int(row["promised"]),
        promised_at=row["promised_at"],
    )
