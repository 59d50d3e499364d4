"""Black-outs: when a hall, an official or a line cannot be had, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from meetings.audit import record
from meetings.ids import BlackOutId, UnitId
from meetings.period import Period
from meetings.scheduling.resources import BlackOut, Subject
from meetings.store import Connection
from meetings.store import black_outs as store


async def list_black_outs(
    conn: Connection,
    *,
    since: datetime,
    subject: Subject | None = None,
    after: BlackOutId | None = None,
    limit: int = 200,
) -> list[BlackOut]:
    """Return black-outs that end after a moment, of one subject or of all, as they were added."""
    return await store.list_black_outs(conn, subject=subject, since=since, after=after, limit=limit)


async def find_black_out(conn: Connection, black_out: BlackOutId) -> BlackOut | None:
    """Return the black-out, if there is one of that id."""
    return await store.find_black_out(conn, black_out)


async def count_touched(
    conn: Connection, black_outs: Collection[BlackOut]
) -> Mapping[BlackOutId, int]:
    """Return how many conferences hold the subject within each black-out; they keep it."""
    return await store.count_touched(conn, [one.id for one in black_outs])


async def add_black_out(
    conn: Connection, subject: Subject, period: Period, *, reason: str, unit: UnitId, by: str
) -> BlackOut:
    """Refuse what is asked for in that period from now on; what is promised stays promised.

    `unit` is the subject's own: whose subtree may read of it in the audit.
    """
    added = await store.insert_black_out(conn, subject, period, reason=reason, by=by)
    black_out = BlackOut(id=added, subject=subject, period=period, reason=reason)
    await _tell(conn, black_out, action="black-out.add", unit=unit, by=by)
    return black_out


async def end_black_out(
    conn: Connection, black_out: BlackOut, *, unit: UnitId, by: str, now: datetime
) -> None:
    """Let the subject be had again from now on; one that is over stays as it was."""
    if black_out.period.end <= now:
        return
    if black_out.period.start >= now:
        await store.delete_black_out(conn, black_out.id)
    else:
        await store.save_end(conn, black_out.id, now)
    await _tell(conn, black_out, action="black-out.remove", unit=unit, by=by)


async def _tell(
    conn: Connection, black_out: BlackOut, *, action: str, unit: UnitId, by: str
) -> None:
    detail = {
        "of": f"{black_out.subject.kind.value}:{black_out.subject.id}",
        "period": [black_out.period.start.isoformat(), black_out.period.end.isoformat()],
        "reason": black_out.reason,
    }
    subject = f"black-out:{black_out.id}"
    await record(
        conn, actor=by, action=action, subject=subject, unit=unit, detail=detail, news=[subject]
    )
