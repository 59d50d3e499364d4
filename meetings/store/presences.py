"""What evidence says of a conference: who was in when, who could not see, which clock was set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg

from meetings.model import BlindSpot, ClockStep, ConferenceId, Interval, Means, Period, SiteId
from meetings.store import Connection

LIST_PRESENCES = """
    SELECT site_id, starts_at, ends_at, evidence, start_evidence, end_evidence, means
      FROM presences
     WHERE conference_id = $1
     ORDER BY site_id, starts_at
"""
LIST_INSIDE = """
    SELECT site_id FROM presences WHERE conference_id = $1 AND ends_at IS NULL
"""
LIST_BLIND_SPOTS = """
    SELECT starts_at, ends_at, reason FROM blind_spots WHERE conference_id = $1 ORDER BY starts_at
"""
LIST_CLOCK_STEPS = """
    SELECT bridge, starts_at, ends_at, seconds FROM clock_steps
     WHERE conference_id = $1 ORDER BY starts_at, bridge
"""
LIST_CLOCK_STEPS_SINCE = """
    SELECT bridge, starts_at, ends_at, seconds FROM clock_steps
     WHERE ends_at > $1 ORDER BY ends_at, bridge, conference_id
"""
DELETE_PRESENCES = """
    DELETE FROM presences WHERE conference_id = $1
"""
DELETE_BLIND_SPOTS = """
    DELETE FROM blind_spots WHERE conference_id = $1
"""
DELETE_CLOCK_STEPS = """
    DELETE FROM clock_steps WHERE conference_id = $1
"""
# A site that was left out of the conference meanwhile has no place on its sheet.
INSERT_PRESENCES = """
    INSERT INTO presences (conference_id, site_id, starts_at, ends_at, evidence, start_evidence,
                           end_evidence, means)
    SELECT $1, n.site_id, n.starts_at, n.ends_at, n.evidence, n.start_evidence, n.end_evidence,
           string_to_array(n.means, ' ')
      FROM unnest($2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::text[],
                  $7::text[], $8::text[])
           AS n (site_id, starts_at, ends_at, evidence, start_evidence, end_evidence, means)
      JOIN invitations i ON i.conference_id = $1 AND i.site_id = n.site_id
"""
INSERT_BLIND_SPOTS = """
    INSERT INTO blind_spots (conference_id, starts_at, ends_at, reason)
    SELECT $1, n.starts_at, n.ends_at, n.reason
      FROM unnest($2::timestamptz[], $3::timestamptz[], $4::text[])
           AS n (starts_at, ends_at, reason)
"""
INSERT_CLOCK_STEPS = """
    INSERT INTO clock_steps (conference_id, bridge, starts_at, ends_at, seconds)
    SELECT $1, n.bridge, n.starts_at, n.ends_at, n.seconds
      FROM unnest($2::text[], $3::timestamptz[], $4::timestamptz[], $5::bigint[])
           AS n (bridge, starts_at, ends_at, seconds)
"""


async def list_presences(
    conn: Connection, conference: ConferenceId
) -> dict[SiteId, tuple[Interval, ...]]:
    """Return the stretches in which each site was in, in order; absent sites are left out."""
    found: dict[SiteId, tuple[Interval, ...]] = {}
    for row in await conn.fetch(LIST_PRESENCES, conference):
        one = Interval(
            start=row["starts_at"],
            end=row["ends_at"],
            evidence=row["evidence"],
            start_evidence=row["start_evidence"],
            end_evidence=row["end_evidence"],
            means=frozenset(map(Means, row["means"])),
        )
        found[row["site_id"]] = (*found.get(row["site_id"], ()), one)
    return found


async def list_inside(conn: Connection, conference: ConferenceId) -> set[SiteId]:
    """Return the sites that are in now."""
    return {row["site_id"] for row in await conn.fetch(LIST_INSIDE, conference)}


async def list_blind_spots(conn: Connection, conference: ConferenceId) -> list[BlindSpot]:
    """Return when nobody could have been seen, in order."""
    return [
        BlindSpot(period=Period(row["starts_at"], row["ends_at"]), reason=row["reason"])
        for row in await conn.fetch(LIST_BLIND_SPOTS, conference)
    ]


async def list_clock_steps(conn: Connection, conference: ConferenceId) -> list[ClockStep]:
    """Return when clocks of bridges were set during a conference, in order."""
    return [step_of(row) for row in await conn.fetch(LIST_CLOCK_STEPS, conference)]


async def list_clock_steps_since(conn: Connection, moment: datetime) -> list[ClockStep]:
    """Return when clocks of bridges were set, during whichever conference, in order."""
    return [step_of(row) for row in await conn.fetch(LIST_CLOCK_STEPS_SINCE, moment)]


def step_of(row: asyncpg.Record) -> ClockStep:
    """Return a row as a value."""
    period = Period(row["starts_at"], row["ends_at"])
    return ClockStep(bridge=row["bridge"], period=period, seconds=row["seconds"])


async def replace_presences(
    conn: Connection,
    conference: ConferenceId,
    presences: Mapping[SiteId, Sequence[Interval]],
    blind_spots: Sequence[BlindSpot],
    clock_steps: Sequence[ClockStep] = (),
) -> None:
    """Write what the evidence says now instead of what it said before.

    The intervals of a site must be its union.  Lock the conference first.
    """
    rows = [(site, one) for site, intervals in presences.items() for one in intervals]
    await conn.execute(DELETE_PRESENCES, conference)
    await conn.execute(
        INSERT_PRESENCES,
        conference,
        [site for site, _ in rows],
        [one.start for _, one in rows],
        [one.end for _, one in rows],
        [one.evidence for _, one in rows],
        [one.start_evidence for _, one in rows],
        [one.end_evidence for _, one in rows],
        [" ".join(sorted(one.means)) for _, one in rows],
    )
    await conn.execute(DELETE_BLIND_SPOTS, conference)
    await conn.execute(
        INSERT_BLIND_SPOTS,
        conference,
        [spot.period.start for spot in blind_spots],
        [spot.period.end for spot in blind_spots],
        [spot.reason for spot in blind_spots],
    )
    await conn.execute(DELETE_CLOCK_STEPS, conference)
    if clock_steps:
        await insert_clock_steps(conn, conference, clock_steps)


async def insert_clock_steps(
    conn: Connection, conference: ConferenceId, steps: Sequence[ClockStep]
) -> None:
    """Write when clocks were set."""
    await conn.execute(
        INSERT_CLOCK_STEPS,
        conference,
        [step.bridge for step in steps],
        [step.period.start for step in steps],
        [step.period.end for step in steps],
        [step.seconds for step in steps],
    )
