"""Submitting instead of doing at once: what a chain asks for, and what is kept meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter

from meetings import rules
from meetings.approval.asking import steps_for
from meetings.approval.submissions import Subject, Submission, What, needs_approval, only_new
from meetings.approval.submitting import overtake, steps_between, submit
from meetings.errors import (
    OfficialsNotFound,
    SitesNotFound,
    StaleVersion,
    TooLate,
    UnitNotFound,
)
from meetings.model import Changes, Conference, ConferenceId, Wish
from meetings.scheduling.claiming import check_sites
from meetings.series.edits import SeriesChanges, is_large
from meetings.series.plan import Plan, Series, wish_on
from meetings.store import Connection
from meetings.store.conferences import lock_conference
from meetings.store.occurrences import list_skips
from meetings.store.submissions import get_submission, list_dates

CHANGES: TypeAdapter[Changes] = TypeAdapter(Changes)
SERIES_CHANGES: TypeAdapter[SeriesChanges] = TypeAdapter(SeriesChanges)
WISH: TypeAdapter[Wish] = TypeAdapter(Wish)
"""How what waits is kept as JSON."""


def wish_in(subject: Subject) -> Wish:
    """Return the wish for a series as it is kept; its host may go by another name by now."""
    return replace(WISH.validate_python(subject.payload["wish"]), host=subject.host)


def series_changes_in(subject: Subject) -> SeriesChanges:
    """Return the change of a series as it is kept; its host may go by another name by now."""
    changes = SERIES_CHANGES.validate_python(subject.payload["changes"])
    return changes if changes.host is None else replace(changes, host=subject.host)


async def submit_change(
    conn: Connection,
    conference: ConferenceId,
    changes: Changes,
    *,
    version: int | None,
    by: str,
    now: datetime,
) -> Submission | None:
    """Submit a change that a chain must agree to; None where it may be made at once.

    Raises:
        StaleVersion, IllegalMove, TooLate, SitesNotFound, SecretContent: as for the change itself.
    """
    before = await lock_conference(conn, conference)
    if version is not None and version != before.version:
        raise StaleVersion(conference, before.version)
    after = rules.amended(before, changes)
    if not needs_approval(before, after):
        return None
    steps = await steps_between(conn, before, after)
    if not steps:
        return None
    rules.check_secrecy(title=changes.title, note=changes.note, waiver=changes.waiver)
    rules.check_move(before.period, after.period, now=now)
    await check_sites(conn, rules.wish_of(after))
    subject = Subject(
        what=What.CHANGE,
        host=after.host,
        title=after.title,
        period=after.period,
        sites=after.sites,
        payload={"changes": CHANGES.dump_python(only_new(before, after), mode="json")},
        lapses_at=before.period.start,
        conference=conference,
    )
    return await submit(conn, subject, steps, by=by, now=now)


async def submit_series(
    conn: Connection, wish: Wish, plan: Plan, body: dict[str, Any], *, by: str, now: datetime
) -> Submission | None:
    """Submit a whole series as one request; None where it may be booked at once."""
    steps = await steps_for(conn, wish.host, wish.kind)
    if not steps:
        return None
    first = plan.booked[0].period
    subject = Subject(
        what=What.SERIES,
        host=wish.host,
        title=wish.title,
        period=first,
        sites=tuple(sorted(wish.sites)),
        payload={"wish": WISH.dump_python(wish, mode="json"), "body": body},
        lapses_at=first.start,
    )
    return await submit(conn, subject, steps, by=by, now=now)


async def submit_date(
    conn: Connection, series: Series, wish: Wish, day: date, *, by: str, now: datetime
) -> Submission | None:
    """Submit that a date left out is put back; None where it may be done at once."""
    steps = await steps_for(conn, wish.host, wish.kind)
    if not steps:
        return None
    rules.check_period(wish.period, now=now)
    await check_sites(conn, wish)
    subject = Subject(
        what=What.SERIES_DATE,
        host=wish.host,
        title=wish.title,
        period=wish.period,
        sites=tuple(sorted(wish.sites)),
        payload={"date": day.isoformat()},
        lapses_at=wish.period.start,
        series=series.id,
    )
    return await submit(conn, subject, steps, by=by, now=now)


async def follow_dates(conn: Connection, series: Series, *, by: str, now: datetime) -> None:
    """Let dates that wait to be put back follow a change of their locked series.

    One that is left out as before waits on.  At another time, with other halls or for another host
    it is asked for anew, for who asked first; where it is left out no more, or nobody has to agree
    any longer, it is overtaken.
    """
    waiting = await list_dates(conn, series.id)
    left_out = {one.date for one in await list_skips(conn, series.id)} if waiting else set()
    for day, number in sorted(waiting.items()):
        subject = (await get_submission(conn, number)).subject
        if day in left_out and is_as_agreed(subject, series, day):
            continue
        if day not in left_out or not await ask_anew(conn, series, day, number, now=now):
            await overtake(conn, number, by=by, now=now)


async def ask_anew(
    conn: Connection, series: Series, day: date, number: int, *, now: datetime
) -> bool:
    """Ask for a date as it would be held now; tell whether it could be asked for."""
    asked_by = (await get_submission(conn, number)).asked_by
    wish = wish_on(series.wish, series.schedule.period_on(day))
    try:
        return bool(await submit_date(conn, series, wish, day, by=asked_by, now=now))
    except (TooLate, UnitNotFound, SitesNotFound, OfficialsNotFound):
        # Its time is over, or something is no more by then.
        return False


def is_as_agreed(subject: Subject, series: Series, day: date) -> bool:
    """Tell whether a date would still be held as it was asked for."""
    agreed = (subject.host, subject.period, frozenset(subject.sites))
    return agreed == (series.wish.host, series.schedule.period_on(day), series.wish.sites)


async def submit_series_change(
    conn: Connection,
    before: Series,
    after: Series,
    changes: SeriesChanges,
    more: dict[str, Any],
    *,
    meant: Collection[Conference],
    by: str,
    now: datetime,
) -> Submission | None:
    """Submit a change of many dates as one request; None where it may be made at once.

    `more` says which dates, and what is to be different about the one it was made on.
    """
    if not meant or not is_large(before, after, changes):
        return None
    steps = await steps_for(conn, after.wish.host, after.wish.kind)
    steps = steps or await steps_for(conn, before.wish.host, before.wish.kind)
    if not steps:
        return None
    rules.check_secrecy(title=changes.title, note=changes.note)
    first = min(meant, key=lambda one: one.period.start)
    subject = Subject(
        what=What.SERIES_CHANGE,
        host=after.wish.host,
        title=after.wish.title,
        period=first.period,
        sites=tuple(sorted(after.wish.sites)),
        payload=more | {"changes": SERIES_CHANGES.dump_python(changes, mode="json")},
        lapses_at=first.period.start,
        series=before.id,
    )
    return await submit(conn, subject, steps, by=by, now=now)
