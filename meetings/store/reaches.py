"""What halls are held for from now on, and changing for how long."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from meetings.model import Period, Rival, SiteId, UnitId
from meetings.scheduling.resources import Hall
from meetings.store import Connection
from meetings.store.holds import rival_from_row

# In the order of ids, before the gate: who amends a single one holds it while waiting there.
LOCK_PROMISED = """
    SELECT id FROM conferences
     WHERE id IN (SELECT conference_id FROM holds
                   WHERE site_id = ANY ($1::bigint[]) AND firm AND upper(during) > $2
                   UNION
                  SELECT conference_id FROM holds
                   WHERE site_id = ANY ($1::bigint[]) AND NOT firm AND upper(during) > $2)
     ORDER BY id FOR NO KEY UPDATE
"""
# One that is over may still keep its hall to be cleared away.  Firm ones and others have an index
# each; what asks for both at once reads every hold there ever was.
PROMISES = """
    SELECT h.site_id, h.conference_id, c.host_unit_id, c.title, h.firm,
           lower(h.during) AS kept_from, upper(h.during) AS kept_until,
           greatest(lower(c.period), lower(h.during)) AS starts_at,
           least(upper(c.period), upper(h.during)) AS ends_at,
           c.state IN ('requested', 'confirmed', 'live') AND upper(c.period) > $2 AS coming
      FROM (SELECT * FROM holds
             WHERE site_id = ANY ($1::bigint[]) AND firm AND upper(during) > $2
             UNION ALL
            SELECT * FROM holds
             WHERE site_id = ANY ($1::bigint[]) AND NOT firm AND upper(during) > $2) h
      JOIN conferences c ON c.id = h.conference_id
"""
LIST_PROMISES = f"{PROMISES} ORDER BY lower(c.period), h.conference_id, h.site_id"
# Nearly all are held as their halls need it: only the others are looked at by `reaches.needed`.
LIST_MISFITS = f"""
    SELECT p.*
      FROM ({PROMISES}) p
      JOIN unnest($1::bigint[], $3::interval[], $4::interval[]) AS k (site, set_up, tear_down)
        ON k.site = p.site_id
     WHERE p.firm AND p.coming
       AND (p.kept_until <> p.ends_at + k.tear_down
            OR p.starts_at > $2 AND p.kept_from <> p.starts_at - k.set_up)
     ORDER BY p.starts_at, p.conference_id, p.site_id
"""  # noqa: S608 - made of the statement above only
LIST_BLACKED_OUT = """
    SELECT site_id, lower(during) AS starts_at, upper(during) AS ends_at FROM black_outs
     WHERE site_id = ANY ($1::bigint[]) AND upper(during) > $2
"""
SAVE_PROMISE = """
    UPDATE holds SET during = tstzrange($3, $4) WHERE conference_id = $1 AND site_id = $2
"""
LIST_SITES_BELOW = """
    SELECT s.id FROM sites s JOIN units u ON u.id = s.unit_id WHERE u.path @> ARRAY[$1::bigint]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A hall held for a conference; `firm` keeps others out, `coming` is not over yet."""

    rival: Rival
    kept: Period
    firm: bool
    coming: bool


async def lock_promised(conn: Connection, sites: Collection[SiteId], now: datetime) -> None:
    """Lock every conference that these halls are held for until the transaction ends."""
    await conn.execute(LOCK_PROMISED, list(sites), now)


async def list_promises(
    conn: Connection, sites: Collection[SiteId], now: datetime
) -> list[Promise]:
    """Return what these halls are held for from now on, the earliest first."""
    return list(map(promise_from_row, await conn.fetch(LIST_PROMISES, list(sites), now)))


async def list_misfits(conn: Connection, halls: Sequence[Hall], now: datetime) -> list[Promise]:
    """Return the firm, coming promises that are kept for longer or shorter than halls need."""
    columns = [(hall.site, hall.set_up, hall.tear_down) for hall in halls]
    sites, set_up, tear_down = zip(*columns, strict=True) if columns else ((), (), ())
    return list(
        map(promise_from_row, await conn.fetch(LIST_MISFITS, sites, now, set_up, tear_down))
    )


def promise_from_row(row: asyncpg.Record) -> Promise:
    """Return the promise of a row that spells the columns out as above."""
    return Promise(
        rival=rival_from_row(row),
        kept=Period(row["kept_from"], row["kept_until"]),
        firm=row["firm"],
        coming=row["coming"],
    )


async def list_blacked_out(
    conn: Connection, sites: Collection[SiteId], now: datetime
) -> dict[SiteId, list[Period]]:
    """Return when each of these halls cannot be had from now on."""
    found: dict[SiteId, list[Period]] = {}
    for row in await conn.fetch(LIST_BLACKED_OUT, list(sites), now):
        found.setdefault(row["site_id"], []).append(Period(row["starts_at"], row["ends_at"]))
    return found


async def save_promises(conn: Connection, found: Iterable[Promise]) -> None:
    """Hold halls from when until when the promises say, one after the other, in one trip."""
    rows = [(one.rival.conference, one.rival.site, one.kept.start, one.kept.end) for one in found]
    await conn.executemany(SAVE_PROMISE, rows)


async def list_sites_below(conn: Connection, unit: UnitId) -> list[SiteId]:
    """Return every hall of a unit and of those below it."""
    return [row["id"] for row in await conn.fetch(LIST_SITES_BELOW, unit)]
