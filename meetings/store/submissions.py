"""Submissions and the answers to their steps."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime

import asyncpg

from meetings.approval.chains import Decision, Step
from meetings.approval.errors import SubmissionNotFound
from meetings.approval.submissions import Standing, Subject, Submission, What
from meetings.model import ConferenceId, Period
from meetings.series.plan import SeriesId
from meetings.store import Connection
from meetings.store.approvals import approval_from_row

INSERT_SUBMISSION = """
    INSERT INTO submissions (what, conference_id, series_id, host_unit_id, title, period, site_ids,
                             payload, asked_by, asked_at, lapses_at)
    VALUES ($1, $2, $3, $4, $5, tstzrange($6, $7), $8, $9::text::jsonb, $10, $11, $12)
    RETURNING id
"""
INSERT_STEP = """
    INSERT INTO submission_steps (submission_id, place, role, unit_id, people)
    VALUES ($1, $2, $3, $4, $5)
"""
REPLACE = """
    UPDATE submissions SET state = 'replaced', closed_by = $3, closed_at = $4
     WHERE state = 'waiting' AND what = $5 AND (conference_id = $1 OR series_id = $2)
       AND coalesce(payload ->> 'date', '') = $6
    RETURNING id
"""
LIST_SUBMISSIONS = """
    SELECT s.id, s.what, s.conference_id, s.series_id, s.host_unit_id, s.title,
           lower(s.period) AS starts_at, upper(s.period) AS ends_at, s.site_ids,
           s.payload::text AS payload, s.asked_by, s.asked_at, s.lapses_at, s.state,
           s.closed_at, s.reason
      FROM submissions s
     WHERE s.id = ANY ($1::bigint[])
     ORDER BY lower(s.period), s.id
"""
LIST_STEPS = """
    SELECT t.submission_id, t.place, t.role, t.unit_id, t.people, t.decision, t.decided_by,
           t.decided_at, t.reason, u.path
      FROM submission_steps t LEFT JOIN units u ON u.id = t.unit_id
     WHERE t.submission_id = ANY ($1::bigint[])
     ORDER BY t.submission_id, t.place
"""
FIND_WAITING = """
    SELECT id FROM submissions
     WHERE state = 'waiting' AND (conference_id = $1 OR series_id = $2)
       AND ($3::text IS NULL OR what = $3)
     ORDER BY id LIMIT 1
"""
LIST_DATES = """
    SELECT id, payload ->> 'date' AS day FROM submissions
     WHERE state = 'waiting' AND series_id = $1 AND what = 'series-date'
"""
MOVE_DATES = """
    UPDATE submissions SET series_id = $2
     WHERE state = 'waiting' AND series_id = $1 AND what = 'series-date'
       AND (payload ->> 'date')::date >= $3
"""
LOCK = """
    SELECT id FROM submissions WHERE id = $1 FOR NO KEY UPDATE
"""
SAVE_DECISION = """
    UPDATE submission_steps SET decision = $3, decided_by = $4, decided_at = $5, reason = $6
     WHERE submission_id = $1 AND place = $2 AND decision IS NULL
"""
CLOSE = """
    UPDATE submissions
       SET state = $2, closed_by = $3, closed_at = $4, reason = $5,
           series_id = coalesce($6, series_id)
     WHERE id = $1 AND state = 'waiting'
"""
# Series before conferences, each by id: the order in which everybody else locks them.
LIST_LAPSED = """
    SELECT s.id FROM submissions s LEFT JOIN conferences c ON c.id = s.conference_id
     WHERE s.state = 'waiting' AND (s.lapses_at <= $1 OR c.state <> 'confirmed')
     ORDER BY s.conference_id NULLS FIRST, s.series_id, s.id
"""


async def replace_waiting(
    conn: Connection, subject: Subject, *, by: str, now: datetime
) -> list[Submission]:
    """Close the same of that conference or series that waits already; return what it was."""
    day = subject.payload.get("date", "")
    given = (subject.conference, subject.series, by, now, subject.what.value, day)
    rows = await conn.fetch(REPLACE, *given)
    return await list_submissions(conn, [row["id"] for row in rows]) if rows else []


async def insert_submission(
    conn: Connection, subject: Subject, steps: Sequence[Step], *, by: str, now: datetime
) -> Submission:
    """Write what waits; the same must not wait already."""
    number: int = await conn.fetchval(
        INSERT_SUBMISSION,
        subject.what.value,
        subject.conference,
        subject.series,
        subject.host,
        subject.title,
        subject.period.start,
        subject.period.end,
        list(subject.sites),
        json.dumps(dict(subject.payload), ensure_ascii=False),
        by,
        now,
        subject.lapses_at,
    )
    for place, step in enumerate(steps, start=1):
        role = None if step.role is None else step.role.value
        people = sorted(step.people)
        await conn.execute(INSERT_STEP, number, place, role, step.unit, people)
    return await get_submission(conn, number)


def _submission_from_row(row: asyncpg.Record, steps: Sequence[asyncpg.Record]) -> Submission:
    subject = Subject(
        what=What(row["what"]),
        host=row["host_unit_id"],
        title=row["title"],
        period=Period(row["starts_at"], row["ends_at"]),
        sites=tuple(row["site_ids"]),
        payload=json.loads(row["payload"]),
        lapses_at=row["lapses_at"],
        conference=row["conference_id"],
        series=row["series_id"],
    )
    return Submission(
        id=row["id"],
        subject=subject,
        asked_by=row["asked_by"],
        asked_at=row["asked_at"],
        state=Standing(row["state"]),
        closed_at=row["closed_at"],
        reason=row["reason"],
        approvals=tuple(approval_from_row(one) for one in steps),
    )


async def list_submissions(conn: Connection, numbers: Collection[int]) -> list[Submission]:
    """Return these, the earliest first, each with its steps."""
    steps: dict[int, list[asyncpg.Record]] = {}
    for row in await conn.fetch(LIST_STEPS, list(numbers)):
        steps.setdefault(row["submission_id"], []).append(row)
    rows = await conn.fetch(LIST_SUBMISSIONS, list(numbers))
    return [_submission_from_row(row, steps.get(row["id"], [])) for row in rows]


async def get_submission(conn: Connection, number: int) -> Submission:
    """Return one, or raise SubmissionNotFound."""
    found = await list_submissions(conn, [number])
    if not found:
        raise SubmissionNotFound(number)
    return found[0]


async def lock_submission(conn: Connection, number: int) -> Submission:
    """Return one, locked until the transaction ends, or raise SubmissionNotFound."""
    await conn.execute(LOCK, number)
    return await get_submission(conn, number)


async def list_dates(conn: Connection, series: SeriesId) -> dict[date, int]:
    """Return which dates of a series wait to be put back, by which submission."""
    rows = await conn.fetch(LIST_DATES, series)
    return {date.fromisoformat(row["day"]): row["id"] for row in rows}


async def move_waiting_dates(
    conn: Connection, series: SeriesId, to: SeriesId, *, since: date
) -> None:
    """Let the dates from a day on that wait to be put back wait in another series."""
    await conn.execute(MOVE_DATES, series, to, since)


async def find_waiting(
    conn: Connection,
    *,
    conference: ConferenceId | None = None,
    series: SeriesId | None = None,
    what: What | None = None,
) -> Submission | None:
    """Return what waits for a conference or a series, the first one, or that of a kind."""
    kind = None if what is None else what.value
    number = await conn.fetchval(FIND_WAITING, conference, series, kind)
    return None if number is None else await get_submission(conn, number)


async def save_decision(
    conn: Connection,
    number: int,
    place: int,
    decision: Decision,
    *,
    by: str,
    at: datetime,
    reason: str = "",
) -> None:
    """Write the answer to a step that has none."""
    await conn.execute(SAVE_DECISION, number, place, decision.value, by, at, reason)


async def close(
    conn: Connection,
    number: int,
    state: Standing,
    *,
    by: str,
    now: datetime,
    reason: str = "",
    series: SeriesId | None = None,
) -> None:
    """Write what became of a submission, and which series was booked by it."""
    await conn.execute(CLOSE, number, state.value, by, now, reason, series)


async def list_lapsed(conn: Connection, now: datetime) -> list[int]:
    """Return what waits in vain: its time has come, or its conference is confirmed no more."""
    return [row["id"] for row in await conn.fetch(LIST_LAPSED, now)]
