"""The proposed days of a poll's form: as typed, and as periods."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from multidict import MultiDict

from meetings.content.templates import Template
from meetings.model import Period
from web.errors import BadForm, Problem
from web.input.typed import NEXT_DAY, read_times
from web.pages.reading import Texts

DAYS = 5
COLUMNS = ("date", "start", "end")
Row = dict[str, str]


def clocks_of(template: Template) -> Row:
    """Return when the template begins and ends, and whether that is on the next day."""
    pattern = template.pattern
    start = datetime.strptime(pattern.start_clock, "%H:%M").replace(tzinfo=UTC)
    end = start + timedelta(minutes=pattern.minutes)
    later = "1" if start.date() != end.date() else ""
    return {"start": pattern.start_clock, "end": f"{end:%H:%M}", NEXT_DAY: later}


def rows_in(form: Texts) -> list[Row]:
    """Return the days as they were typed."""
    cells = [form.getall(name)[:DAYS] for name in COLUMNS]
    later = form.getall(NEXT_DAY)
    return [
        dict(zip(COLUMNS, row, strict=True)) | {NEXT_DAY: "1" if str(at) in later else ""}
        for at, row in enumerate(zip(*cells, strict=False))
    ]


def periods_in(form: Texts, *, some: bool) -> list[Period]:
    """Return the proposed periods; a row without a date is left out.

    Raises:
        BadForm: a row is wrong, there is none, or no unit is asked.
    """
    found: list[Period] = []
    problems: dict[str, str | Problem] = {} if some else {"units": "required"}
    for at, row in enumerate(rows_in(form)):
        if not row["date"]:
            continue
        times, wrong = read_times(MultiDict(row))
        problems |= {f"{name}-{at}": one for name, one in wrong.items()}
        if not wrong:
            found.append(Period(times["start"], times["end"]))
    if problems or not found:
        raise BadForm(problems or {"date-0": "required"})
    return found
