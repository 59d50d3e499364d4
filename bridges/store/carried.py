"""What bridges carry: rooms in use and the halls in them, and the most seats promised on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bridges.model import BridgeId
from bridges.rules import Load
from bridges.store.registry import bridge_from_row
from meetings.model import Period, UnitId
from meetings.store import Connection

LIST_LOADS = """
    SELECT b.id, b.name, b.kind, b.public_url, b.xmpp_domain, b.muc_domain, b.app_id, b.prosody_url,
           b.jicofo_url, b.jigasi_url, b.jvb_urls, b.jibri_urls, b.region, b.tags, b.senders,
           b.algorithm, b.version, b.pool_id, b.http_host, b.seats, b.draining, b.healthy, b.health,
           b.health_at, b.stress, b.stress_at, b.misses, b.answered_at,
           coalesce((
               SELECT max(load)
                 FROM (SELECT sum(delta) OVER (ORDER BY at, delta) AS load
                         FROM (SELECT greatest(lower(h.during), $1) AS at, h.seats AS delta
                                 FROM seat_holds h
                                WHERE h.pool_id = b.pool_id AND h.during && tstzrange($1, $2)
                                UNION ALL
                               SELECT upper(h.during), -h.seats
                                 FROM seat_holds h
                                WHERE h.pool_id = b.pool_id AND h.during && tstzrange($1, $2)
                              ) AS steps
                      ) AS loads), 0) AS promised,
           (SELECT max(array_position(h.path, u.id)) FROM units h
              JOIN units u ON u.id = ANY (h.path) AND u.code = b.region
             WHERE h.id = $3) AS nearness
      FROM bridges b ORDER BY b.name
"""
# Of a bridge `b`: its rooms in use, and the halls that are in them.
IN_USE = """(SELECT count(*) FROM rooms r WHERE r.bridge_id = b.id AND r.state = 'open') AS rooms,
           (SELECT count(DISTINCT (p.site_id, p.conference_id))
              FROM rooms r JOIN presences p ON p.conference_id = r.conference_id
             WHERE r.bridge_id = b.id AND r.state = 'open' AND p.ends_at IS NULL) AS sites"""
# Where one conference ends and another begins, the ending one counts first, as in `hold_seats`.
FIND_CARRIED = f"""
    SELECT {IN_USE},
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
"""  # noqa: S608 - no value is spliced


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What a bridge carries now, and the most it will have to, as far as it is promised."""

    rooms: int
    sites: int
    promised: int
    promised_at: datetime | None


async def list_loads(conn: Connection, period: Period, host: UnitId) -> list[Load]:
    """Return every bridge with the seats promised on it in the period; nothing is locked."""
    rows = await conn.fetch(LIST_LOADS, period.start, period.end, host)
    return [
        Load(
            bridge=bridge_from_row(row),
            promised=int(row["promised"]),
            nearness=row["nearness"] or 0,
        )
        for row in rows
    ]


async def find_carried(conn: Connection, bridge: BridgeId, now: datetime) -> Carried:
    """Return what a bridge carries."""
    (row,) = await conn.fetch(FIND_CARRIED, bridge, now)
    return Carried(
        rooms=row["rooms"],
        sites=row["sites"],
        promised=int(row["promised"]),
        promised_at=row["promised_at"],
    )
