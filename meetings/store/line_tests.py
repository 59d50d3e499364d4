"""Line tests: which rehearsal belongs to which conference, and the result of each site."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from meetings.content.line_test_rules import Outcome
from meetings.model import ConferenceId, SiteId
from meetings.store import Connection

FIND_REHEARSAL = """
    SELECT t.rehearsal_id FROM line_tests t
      JOIN conferences c ON c.id = t.rehearsal_id
     WHERE t.conference_id = $1 AND c.state NOT IN ('cancelled', 'refused')
     ORDER BY t.rehearsal_id DESC LIMIT 1
"""
LIST_REHEARSALS = """
    SELECT t.conference_id, t.rehearsal_id FROM line_tests t
      JOIN conferences c ON c.id = t.rehearsal_id
     WHERE t.conference_id = ANY ($1::bigint[]) AND c.state NOT IN ('cancelled', 'refused')
     ORDER BY t.rehearsal_id
"""
FIND_MAIN = "SELECT conference_id FROM line_tests WHERE rehearsal_id = $1"
INSERT_TEST = "INSERT INTO line_tests (rehearsal_id, conference_id) VALUES ($1, $2)"
LIST_RESULTS = """
    SELECT site_id, outcome, remark, noted_by, noted_at FROM line_test_results
     WHERE rehearsal_id = $1
"""
SAVE_RESULT = """
    INSERT INTO line_test_results (rehearsal_id, site_id, outcome, remark, noted_by, noted_at)
    VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (rehearsal_id, site_id) DO UPDATE
       SET outcome = $3, remark = $4, noted_by = $5, noted_at = $6
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the test of one hall said, by whom."""

    site: SiteId
    outcome: Outcome
    remark: str
    noted_by: str
    noted_at: datetime


async def find_rehearsal(conn: Connection, conference: ConferenceId) -> ConferenceId | None:
    """Return the rehearsal of a conference that was not called off."""
    found: ConferenceId | None = await conn.fetchval(FIND_REHEARSAL, conference)
    return found


async def list_rehearsals(
    conn: Connection, conferences: Collection[ConferenceId]
) -> dict[ConferenceId, ConferenceId]:
    """Return the rehearsals of those of these that have one that was not called off."""
    rows = await conn.fetch(LIST_REHEARSALS, list(conferences))
    return {row["conference_id"]: row["rehearsal_id"] for row in rows}


async def find_main(conn: Connection, rehearsal: ConferenceId) -> ConferenceId | None:
    """Return the conference that a rehearsal is for."""
    found: ConferenceId | None = await conn.fetchval(FIND_MAIN, rehearsal)
    return found


async def insert_test(conn: Connection, conference: ConferenceId, rehearsal: ConferenceId) -> None:
    """Tie a rehearsal to its conference."""
    await conn.execute(INSERT_TEST, rehearsal, conference)


async def list_results(conn: Connection, rehearsal: ConferenceId) -> dict[SiteId, Result]:
    """Return what was noted of each site."""
    return {
        row["site_id"]: Result(
            site=row["site_id"],
            outcome=Outcome(row["outcome"]),
            remark=row["remark"],
            noted_by=row["noted_by"],
            noted_at=row["noted_at"],
        )
        for row in await conn.fetch(LIST_RESULTS, rehearsal)
    }


async def save_result(conn: Connection, rehearsal: ConferenceId, result: Result) -> None:
    """Write a result in place of the one before."""
    await conn.execute(
        SAVE_RESULT,
        rehearsal,
        result.site,
        result.outcome.value,
        result.remark,
        result.noted_by,
        result.noted_at,
    )
