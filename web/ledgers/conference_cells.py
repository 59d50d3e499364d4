"""The cells of a file of conferences: halls, times, and a conference as the file shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from meetings.model import Conference, Unit
from meetings.names import fold
from web.formats import local
from web.ledgers.model import Row, given
from web.moments import on_the_clock, read_date, read_time

TYPED = re.compile(r"(?P<day>[0-9/.-]{8,10})[ T]+(?P<time>.{1,12})")


def values_in(row: Row, halls: Mapping[str, int]) -> dict[str, Any]:
    """Return a row as programs write a wish."""
    values: dict[str, Any] = given(row, ("title", "kind", "host", "chair", "note"))
    sites = [hall_in(word, halls) for word in words_in(row.get("sites")) if word[0] != "@"]
    groups = [word[1:] for word in words_in(row.get("sites")) if word[0] == "@"]
    main = [hall_in(word, halls) for word in words_in(row.get("main_site"))]
    if first := main or sites:
        values["main_site"] = first[0]
    times = {name: moment_in(row.get(name)) for name in ("start", "end") if row.get(name)}
    return values | {"sites": sites, "groups": groups} | times


def unknown_halls(cell: str, halls: Mapping[str, int]) -> list[str]:
    """Return the words of a cell that name no hall, or several; groups are looked up later."""
    found = [(word, hall_in(word, halls)) for word in words_in(cell) if word[0] != "@"]
    return [word for word, hall in found if isinstance(hall, str)]


def words_in(cell: str) -> list[str]:
    """Return the parts of a cell that names several halls."""
    return [word.strip() for word in cell.split(";") if word.strip()]


def hall_in(word: str, halls: Mapping[str, int]) -> int | str:
    """Return the hall that `#12` or a unit's code names; what names none stays as it is."""
    if re.fullmatch(r"#[1-9][0-9]{0,8}", word):
        return int(word[1:])
    return halls.get(word, halls.get(fold(word), word))


def moment_in(cell: str) -> str | datetime:
    """Return the moment somebody typed as 25/11/2026 08:00 on the country's clocks."""
    match = TYPED.fullmatch(cell)
    day = read_date(match["day"]) if match else None
    at = read_time(match["time"]) if match else None
    return on_the_clock(day, at) if day and at else cell


def cells_of(conference: Conference, host: Unit, uid: str) -> tuple[str, ...]:
    """Return a conference as the file shows it."""
    start, end = (
        f"{local(moment):%d/%m/%Y %H:%M}"
        for moment in (conference.period.start, conference.period.end)
    )
    return (
        str(conference.id),
        conference.title,
        conference.kind.value,
        host.code,
        conference.chair,
        f"#{conference.main_site}",
        "; ".join(f"#{site}" for site in sorted(conference.sites)),
        start,
        end,
        conference.note,
        uid,
    )
