"""Keeping the office calendar: days entered, swapped and taken out, hours of the seasons."""

from __future__ import annotations

from datetime import date, datetime

from meetings.audit import record
from meetings.office.days import (
    NewDay,
    OfficeDay,
    SeasonHours,
    SeasonName,
    StaleEntry,
    calendar_of,
    check_day,
    swapped,
)
from meetings.office.workdays import OfficeCalendar, Season, midnight
from meetings.store import Connection
from meetings.store import office as store

TOPIC = "calendar"
"""What is announced when the calendar changes, for those who keep it in memory."""


async def load_calendar(conn: Connection) -> OfficeCalendar:
    """Return the calendar as it is stored."""
    days = await store.list_days(conn)
    seasons = await store.list_seasons(conn)
    return calendar_of((one.what for one in days), (one.hours for one in seasons))


async def days_of(conn: Connection, year: int) -> list[OfficeDay]:
    """Return the special days of a year in order."""
    return await store.list_days(conn, since=date(year, 1, 1), before=date(year + 1, 1, 1))


async def planned_on_days_off(conn: Connection, year: int, now: datetime) -> dict[date, int]:
    """Return how many conferences are still to come on each day off of a year.

    Most were planned before the day was entered; whoever enters it is to see that.
    """
    since, before = midnight(date(year, 1, 1)), midnight(date(year + 1, 1, 1))
    return await store.count_planned(conn, max(since, now), before) if now < before else {}


async def seasons(conn: Connection) -> list[SeasonHours]:
    """Return the office hours of both seasons."""
    return await store.list_seasons(conn)


async def add_day(conn: Connection, new: NewDay, *, by: str) -> OfficeDay:
    """Enter a special day.

    Raises:
        DayTaken: it stands in the calendar already.
        NoWeekend: it is to be worked in exchange and is worked anyhow.
    """
    check_day(new)
    entered = await store.insert_day(conn, new)
    await _tell(conn, "calendar.add", new, by=by)
    return entered


async def swap_days(
    conn: Connection, off: date, worked: date, *, source: str, by: str
) -> tuple[OfficeDay, OfficeDay]:
    """Give a day off for a weekend day that is worked, both or none.

    Raises:
        DayTaken, NoWeekend: as for a single day.
    """
    first, second = swapped(off, worked, source=source)
    pair = await store.insert_day(conn, first), await store.insert_day(conn, second)
    detail = {"off": off.isoformat(), "worked": worked.isoformat()}
    await record(
        conn, actor=by, action="calendar.swap", subject="calendar", detail=detail, news=(TOPIC,)
    )
    return pair


async def change_day(
    conn: Connection, identity: int, what: NewDay, *, version: int | None, by: str
) -> OfficeDay:
    """Change what an entry says; its day stays.

    Raises:
        DayNotFound: there is no such entry.
        StaleEntry: somebody else changed it first (a version of None is never stale).
        NoWeekend: as for a new day.
    """
    found = await _locked(conn, identity, version)
    if what == found.what:
        return found
    check_day(what)
    version = await store.save_day(conn, identity, what)
    await _tell(conn, "calendar.change", what, by=by)
    return OfficeDay(id=identity, version=version, what=what)


async def remove_day(conn: Connection, identity: int, *, version: int | None, by: str) -> OfficeDay:
    """Take a day out; it is an ordinary one again.

    Raises:
        DayNotFound, StaleEntry: as for a change.
    """
    found = await _locked(conn, identity, version)
    await store.delete_day(conn, identity)
    await _tell(conn, "calendar.remove", found.what, by=by)
    return found


async def day_by_id(conn: Connection, identity: int) -> OfficeDay:
    """Return an entry, or raise DayNotFound; locked when inside a transaction."""
    return await store.lock_day(conn, identity)


async def set_hours(
    conn: Connection, name: SeasonName, hours: Season, *, version: int | None, by: str
) -> SeasonHours:
    """Write a season's office hours, or raise StaleEntry."""
    found = await store.lock_season(conn, name)
    if version is not None and version != found.version:
        raise StaleEntry(f"season {name}", found.version)
    if hours == found.hours:
        return found
    version = await store.save_season(conn, name, hours)
    detail = {
        "season": name.value,
        "opens": f"{hours.opens:%H:%M}",
        "closes": f"{hours.closes:%H:%M}",
    }
    await record(
        conn, actor=by, action="calendar.hours", subject="calendar", detail=detail, news=(TOPIC,)
    )
    return SeasonHours(name=name, version=version, hours=hours)


async def _locked(conn: Connection, identity: int, version: int | None) -> OfficeDay:
    found = await store.lock_day(conn, identity)
    if version is not None and version != found.version:
        raise StaleEntry(f"calendar day {identity}", found.version)
    return found


async def _tell(conn: Connection, action: str, what: NewDay, *, by: str) -> None:
    detail = {"day": what.day.isoformat(), "kind": what.kind.value, "name": what.name}
    await record(conn, actor=by, action=action, subject="calendar", detail=detail, news=(TOPIC,))
