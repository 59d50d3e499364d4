"""A series, booked as the program books one: planned under the gate, looked at, written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from meetings.model import ConferenceId, Wish
from meetings.office.keeping import load_calendar
from meetings.series.plan import OnHolidays, Plan, SeriesId, schedule_of
from meetings.series.writing import check_plan, plan, write
from meetings.store import Connection
from meetings.store.occurrences import lock_gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """A series that is booked: the conference that begins at each moment, and what was planned."""

    id: SeriesId
    made: Mapping[datetime, ConferenceId]
    plan: Plan


async def repeat(
    conn: Connection,
    wish: Wish,
    rule: str,
    *,
    now: datetime,
    whole: bool = False,
    on_holidays: OnHolidays = OnHolidays.KEEP,
    key: bytes = b"k" * 32,
    by: str = "test",
) -> Repeated:
    """Book the wish on every date of the rule, in the caller's transaction."""
    schedule = schedule_of(
        rule,
        wish.period.start,
        wish.period.end,
        zone="Asia/Ho_Chi_Minh",
        on_holidays=on_holidays,
    )
    await lock_gate(conn)
    found, halls = await plan(conn, wish, schedule, await load_calendar(conn), now=now)
    check_plan(found, whole=whole)
    series, made = await write(
        conn, wish, schedule, found, halls=halls, key=key, by=by, owner=by, now=now
    )
    return Repeated(id=series, made=made, plan=found)
