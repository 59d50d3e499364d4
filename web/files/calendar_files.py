"""Calendars that strangers made, read as a table: each event is a row of the ledger of conferences.

An event that repeats is refused: a series is looked at date by date before it is booked, which a
file cannot do.  Halls are the rooms that an event invites, and what its place names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event
from icalendar.prop import vDDDTypes

from meetings.kinds import Kind
from meetings.office.workdays import ZONE
from web.files.tables import LONGEST_CELL, BadTable, Table

MOST_EVENTS = 2000
MOST_COMPONENTS = 20_000
HEADER = ("uid", "title", "kind", "sites", "start", "end", "note")
BEGINS = re.compile(r"^BEGIN:", re.IGNORECASE | re.MULTILINE)
EVENT = "BEGIN:VEVENT"
ROOMS = frozenset({"ROOM", "RESOURCE"})
BETWEEN_HALLS = re.compile(r"[;,\n]")
REPEATS = ("RRULE", "RDATE", "RECURRENCE-ID")

Wrong = tuple[int, str, str]


def calendar_table(content: bytes) -> Table:
    """Return the events of a calendar (RFC 5545) as rows, each by the line it begins at.

    Raises:
        BadTable: it is none, or larger than any we take.
    """
    text = text_of(content)
    lines = [at for at, line in enumerate(text.splitlines(), start=1) if is_event(line)]
    if len(lines) > MOST_EVENTS:
        raise BadTable("too-many-events")
    if len(BEGINS.findall(text)) > MOST_COMPONENTS:
        raise BadTable("bomb")
    events = events_of(text)
    if len(events) != len(lines):
        raise BadTable("no-calendar")
    pairs = list(zip(lines, events, strict=True))
    return Table(
        header=HEADER,
        rows=tuple((line, cells_of(event)) for line, event in pairs),
        wrong=tuple(wrong for line, event in pairs for wrong in wrong_with(event, line)),
    )


def text_of(content: bytes) -> str:
    """Return a calendar's text, or refuse what is no UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadTable("not-utf-8") from error
    if "\0" in text:
        raise BadTable("no-calendar")
    return text


def is_event(line: str) -> bool:
    """Tell whether an event begins on a line."""
    return line.rstrip().upper() == EVENT


def events_of(text: str) -> list[Event]:
    """Return the events of a calendar in their order.

    Bytes are parsed, since the library takes a short text for the path of a file.
    """
    try:
        return [
            event
            for calendar in Calendar.from_ical(text.encode(), multiple=True)
            for event in calendar.walk("VEVENT")
            if isinstance(event, Event)
        ]
    except Exception as error:  # the library raises what it likes on odd files
        raise BadTable("no-calendar", type(error).__name__) from error


def cells_of(event: Event) -> tuple[str, ...]:
    """Return the row of an event; what it does not say is an empty cell."""
    cells = (
        word_of(event, "UID"),
        word_of(event, "SUMMARY"),
        kind_of(event),
        "; ".join(halls_of(event)),
        moment_of(event.get("DTSTART")),
        end_of(event),
        word_of(event, "DESCRIPTION"),
    )
    return tuple(cell[: LONGEST_CELL + 1] for cell in cells)


def wrong_with(event: Event, line: int) -> Iterator[Wrong]:
    """Give what no cell can say: an event that repeats, or was called off."""
    if any(name in event for name in REPEATS):
        yield line, "rrule", "event-repeats"
    if word_of(event, "STATUS").upper() == "CANCELLED":
        yield line, "status", "event-cancelled"


def every(event: Event, name: str) -> list[Any]:
    """Return all values of a property."""
    found = event.get(name)
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def word_of(event: Event, name: str) -> str:
    """Return a property as text, the first where there are several."""
    found = every(event, name)
    return str(found[0]).strip() if found else ""


def kind_of(event: Event) -> str:
    """Return the kind that a category names, else what is none of ours."""
    categories = [
        str(word).strip().lower()
        for one in every(event, "CATEGORIES")
        for word in getattr(one, "cats", (one,))
    ]
    return next((word for word in categories if word in set(Kind)), Kind.OTHER.value)


def halls_of(event: Event) -> Iterable[str]:
    """Return the halls' names or codes, each once: the place's first, then invited rooms."""
    rooms = [
        str(one.params.get("CN", "")).replace(";", ",")
        for one in every(event, "ATTENDEE")
        if str(getattr(one, "params", {}).get("CUTYPE", "")).upper() in ROOMS
    ]
    words = [*BETWEEN_HALLS.split(word_of(event, "LOCATION")), *rooms]
    return dict.fromkeys(word.strip() for word in words if word.strip())


def end_of(event: Event) -> str:
    """Return when an event ends: by its end, or by its length."""
    if "DTEND" in event:
        return moment_of(event.get("DTEND"))
    start, length = dt_of(event.get("DTSTART")), dt_of(event.get("DURATION"))
    if isinstance(start, datetime) and isinstance(length, timedelta):
        with suppress(OverflowError):
            return moment_of(vDDDTypes(start + length))
    return ""


def moment_of(found: Any) -> str:
    """Write a moment on the country's clocks; a day, or what has no place there, stays as it is."""
    moment = dt_of(found)
    if not isinstance(moment, datetime):
        return "" if found is None else str(moment if moment is not None else found)
    if moment.tzinfo is None and "TZID" in found.params:
        return f"{moment:%d/%m/%Y %H:%M} {found.params['TZID']}"
    zone: ZoneInfo = ZONE
    try:
        local = moment.astimezone(zone) if moment.tzinfo else moment
    except OverflowError:
        return str(moment)
    return f"{local:%d/%m/%Y %H:%M}"


def dt_of(found: Any) -> Any:
    """Return what a property of time holds; None for one that cannot be read."""
    try:
        return getattr(found, "dt", None)
    except Exception:  # noqa: BLE001 - a broken property raises the library's own
        return None
