"""The rows of the agenda's form: as typed, moved by buttons, and as a plan shows them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from meetings.content.agenda import Plan, timed
from meetings.model import Conference
from web.formats import clock_time, local_day
from web.input.moments import on_the_clock, read_time
from web.input.typed import number_or_text
from web.pages.reading import Texts

COLUMNS = ("title", "minutes", "at", "presenter", "mode", "tier")
PARTS = ("part_mode", "part_from", "part_to", "part_upstream", "part_tier")
MOST_ROWS = 100
SILENT = frozenset({"tier", "part_mode", "part_tier"})
"""Columns that say nothing where all others of their row are empty."""

Row = dict[str, str]


def rows_in(form: Texts, columns: Sequence[str]) -> list[Row]:
    """Return the rows of the form as they were typed."""
    cells = [form.getall(name) for name in columns]
    rows = zip_longest(*cells, fillvalue="")
    return [dict(zip(columns, row, strict=True)) for row in list(rows)[:MOST_ROWS]]


def filled(rows: list[Row]) -> list[Row]:
    """Return the rows in which something was typed."""
    return [row for row in rows if any(row[name] for name in row.keys() - SILENT)]


def moved(rows: list[Row], wish: str, name: str) -> list[Row]:
    """Return the rows after a button was pressed: one added, taken away, or a place higher."""
    match = re.fullmatch(r"(add|remove|up)-(row|part)(?:-([0-9]{1,3}))?", wish)
    if match is None or match[2] != name:
        return rows
    at = int(match[3] or 0)
    if match[1] == "add":
        return [*rows, {}]
    if match[1] == "remove":
        return rows[:at] + rows[at + 1 :]
    if not 0 < at < len(rows):
        return rows
    return [*rows[: at - 1], rows[at], rows[at - 1], *rows[at + 1 :]]


def items_in(form: Texts, start: datetime) -> list[dict[str, Any]]:
    """Return the points as the API's JSON would say them; empty rows are left out."""
    return [
        {
            "title": row["title"],
            "minutes": number_or_text(row["minutes"]) if row["minutes"] else 0,
            "at": moment_in(row["at"], start),
            "presenter": row["presenter"],
            "mode": row["mode"] or None,
            "tier": number_or_text(row["tier"]) if row["tier"] else None,
        }
        for row in filled(rows_in(form, COLUMNS))
    ]


def parts_in(form: Texts, start: datetime) -> list[dict[str, Any]]:
    """Return the segments as the API's JSON would say them; empty rows are left out."""
    return [
        {
            "mode": row["part_mode"],
            "start": moment_in(row["part_from"], start),
            "end": moment_in(row["part_to"], start),
            "upstream": row["part_upstream"],
            "tier": number_or_text(row["part_tier"]) if row["part_tier"] else None,
        }
        for row in filled(rows_in(form, PARTS))
    ]


def moment_in(typed: str, start: datetime) -> datetime | str | None:
    """Return the clock time on the conference's day, on the next one if it lies well before."""
    at = read_time(typed)
    if at is None:
        return typed or None
    moment = on_the_clock(local_day(start), at)
    return moment + timedelta(days=1) if start - moment > timedelta(hours=12) else moment


def rows_of(plan: Plan, conference: Conference) -> tuple[list[Row], list[Row]]:
    """Return the rows of the form that show a plan."""
    start = conference.period.start
    rows = [
        {
            "title": one.item.title,
            "minutes": str(one.item.minutes),
            "at": "" if one.item.at_minute is None else clock_time(one.period.start),
            "presenter": one.item.presenter,
            "mode": one.item.mode or "",
            "tier": str(one.item.tier or ""),
        }
        for one in timed(plan.items, start)
    ]
    parts = [
        {
            "part_mode": one.mode.value,
            "part_from": clock_time(start + timedelta(minutes=one.from_minute)),
            "part_to": clock_time(start + timedelta(minutes=one.to_minute)),
            "part_upstream": one.upstream,
            "part_tier": str(one.tier or ""),
        }
        for one in plan.segments
    ]
    return rows, parts
