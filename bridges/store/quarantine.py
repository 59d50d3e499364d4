"""What receivers hold back, as they report it, and the orders they are given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from bridges.receiving.held import Held, Pile, Why
from meetings.store import Connection

SAVE_REPORT = """
    INSERT INTO receivers (spool, seen_at, depth, lag_seconds, quarantine, outcomes)
    VALUES ($1, $2, $3, $4, $5::text::jsonb, $6::text::jsonb)
        ON CONFLICT (spool) DO UPDATE
       SET seen_at = EXCLUDED.seen_at, depth = EXCLUDED.depth, lag_seconds = EXCLUDED.lag_seconds,
           quarantine = EXCLUDED.quarantine, outcomes = EXCLUDED.outcomes
"""
# A receiver of an older version tells no reasons; nearly always it was a wrong secret.  A newer one
# may have others than we know.  What is held of a bridge that was removed waits for nobody.
LIST_HELD = """
    SELECT h.key AS bridge, CASE WHEN w.key = ANY ($3::text[]) THEN w.key ELSE $4::text END AS why,
           sum((w.value->>'records')::int)::int AS records,
           min((w.value->>'since')::float8) AS since
      FROM receivers r, jsonb_each(r.quarantine) AS h,
           jsonb_each(CASE WHEN h.value ? 'records' THEN jsonb_build_object($2::text, h.value)
                           ELSE h.value END) AS w
     WHERE r.seen_at > $1 AND EXISTS (SELECT FROM bridges b WHERE b.name = h.key)
     GROUP BY 1, 2 ORDER BY 1, 2
"""
INSERT_ORDER = """
    INSERT INTO quarantine_orders (bridge, action, ordered_at) VALUES ($1, $2, $3) RETURNING id
"""
LIST_ORDERS = """
    SELECT o.id, o.bridge, o.action, o.ordered_at
      FROM quarantine_orders o
     WHERE o.ordered_at > $2
       AND NOT EXISTS (SELECT FROM quarantine_done d WHERE d.order_id = o.id AND d.spool = $1)
     ORDER BY o.id
"""
INSERT_DONE = """
    INSERT INTO quarantine_done (order_id, spool, records) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING
"""
GET_PROGRESS = """
    SELECT (SELECT count(*) FROM receivers WHERE seen_at > $2) AS receivers, count(*) AS done,
           coalesce(sum(records), 0) AS records
      FROM quarantine_done WHERE order_id = $1
"""
LIST_KEEPERS = """
    SELECT DISTINCT p.id, p.email, p.locale
      FROM people p JOIN grants g ON g.person_id = p.id
     WHERE g.role IN ('technician', 'admin') AND p.active AND p.email <> ''
     ORDER BY p.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be done with what was held back of a bridge before a moment."""

    id: int
    bridge: str
    action: str
    ordered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many receivers there are, how many have done it, and with how many events."""

    receivers: int
    done: int
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """Somebody who is told when events are held back."""

    id: int
    email: str
    locale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a receiver tells of itself.

    `depth` are bytes that are not drained, `lag` the age of the oldest of them in seconds;
    `outcomes` are events since it started, by bridge and what became of them.
    """

    depth: int
    lag: float
    held: Mapping[str, Held]
    outcomes: Mapping[str, Mapping[str, int]]


async def save_report(conn: Connection, spool: str, report: Report, now: datetime) -> None:
    """Write what a receiver tells of itself."""
    held = json.dumps(
        {
            bridge: {why.value: asdict(pile) for why, pile in piles.items()}
            for bridge, piles in report.held.items()
        }
    )
    outcomes = json.dumps(report.outcomes)
    await conn.execute(SAVE_REPORT, spool, now, report.depth, report.lag, held, outcomes)


async def list_held(conn: Connection, seen_after: datetime) -> dict[str, Held]:
    """Return what all receivers together hold of each bridge; one long gone holds nothing."""
    found: dict[str, dict[Why, Pile]] = {}
    known = [why.value for why in Why]
    for row in await conn.fetch(
        LIST_HELD, seen_after, Why.WRONG_SECRET.value, known, Why.UNREADABLE.value
    ):
        pile = Pile(records=row["records"], since=row["since"])
        found.setdefault(row["bridge"], {})[Why(row["why"])] = pile
    return dict(found)


async def insert_order(conn: Connection, bridge: str, action: str, now: datetime) -> int:
    """Give an order and return its number."""
    return int(await conn.fetchval(INSERT_ORDER, bridge, action, now))


async def list_orders(conn: Connection, spool: str, after: datetime) -> list[Order]:
    """Return the orders that a receiver has not carried out."""
    return [
        Order(
            id=row["id"],
            bridge=row["bridge"],
            action=row["action"],
            ordered_at=row["ordered_at"].astimezone(UTC),
        )
        for row in await conn.fetch(LIST_ORDERS, spool, after)
    ]


async def insert_done(conn: Connection, order: int, spool: str, records: int) -> None:
    """Write that a receiver carried an order out."""
    await conn.execute(INSERT_DONE, order, spool, records)


async def get_progress(conn: Connection, order: int, seen_after: datetime) -> Progress:
    """Return how far an order has been carried out."""
    row = await conn.fetchrow(GET_PROGRESS, order, seen_after)
    if row is None:
        return Progress(receivers=0, done=0, records=0)
    return Progress(receivers=row["receivers"], done=row["done"], records=row["records"])


async def list_keepers(conn: Connection) -> list[Keeper]:
    """Return who is told: technicians and administrators with an address."""
    return [
        Keeper(id=row["id"], email=row["email"], locale=row["locale"])
        for row in await conn.fetch(LIST_KEEPERS)
    ]
