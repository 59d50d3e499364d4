"""The cells of a file of conferences: halls, people, times, and a conference as the file has it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from meetings.model import Conference, Unit
from web.formats import local
from web.input.moments import on_the_clock, read_time, typed_day
from web.ledgers.model import Row, given, id_in

SAID = ("title", "kind", "host", "chair", "secretary", "note", "visibility", "urgency", "waiver")
"""What stands in its cell as programs write it."""

TYPED = re.compile(r"(?P<day>[0-9/.-]{8,10})[ T]+(?P<time>.{1,12})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Which hall and which official somebody means by a word, besides `#12`."""

    halls: Mapping[str, int]
    officials: Mapping[str, int]

    def unknown(self, row: Row) -> Iterator[tuple[str, str, list[str]]]:
        """Yield each column that names nothing of ours, or several, its code and words."""
        for column, code, known in (
            ("main_site", "no-such-hall", self.halls),
            ("sites", "no-such-hall", self.halls),
            ("chair_id", "no-such-official", self.officials),
            ("delegates", "no-such-official", self.officials),
        ):
            found = [(word, id_in(word, known)) for word in words_in(row.get(column))]
            if wrong := [word for word, it in found if isinstance(it, str) and word[0] != "@"]:
                yield column, code, wrong


def values_in(row: Row, words: Words) -> dict[str, Any]:
    """Return a row as programs write a wish; groups are looked up later."""
    values: dict[str, Any] = given(row, SAID)
    sites = [id_in(word, words.halls) for word in words_in(row.get("sites")) if word[0] != "@"]
    groups = [word[1:] for word in words_in(row.get("sites")) if word[0] == "@"]
    main = [id_in(word, words.halls) for word in words_in(row.get("main_site"))]
    if first := main or sites:
        values["main_site"] = first[0]
    if chair := row.get("chair_id"):
        values["chair_id"] = id_in(chair, words.officials)
    delegates = [id_in(word, words.officials) for word in words_in(row.get("delegates"))]
    times = {name: moment_in(row.get(name)) for name in ("start", "end") if row.get(name)}
    return values | {"sites": sites, "groups": groups, "delegates": delegates} | times


def words_in(cell: str) -> list[str]:
    """Return the parts of a cell that names several."""
    return [word.strip() for word in cell.split(";") if word.strip()]


def moment_in(cell: str) -> str:
    """Return the moment somebody typed as 25/11/2026 08:00 on the country's clocks.

    What cannot be read stays, and is told as wrong; a day far off is told as that.
    """
    match = TYPED.fullmatch(cell)
    day = typed_day(match["day"]) if match else None
    at = read_time(match["time"]) if match else None
    return on_the_clock(day, at).isoformat() if day and at else cell


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
        "" if conference.chair_id is None else f"#{conference.chair_id}",
        conference.secretary,
        ids_text(conference.delegates),
        f"#{conference.main_site}",
        ids_text(conference.sites),
        start,
        end,
        conference.note,
        conference.visibility.value,
        conference.urgency.value,
        conference.waiver,
        uid,
    )


def ids_text(ids: Iterable[int]) -> str:
    """Write several by their numbers."""
    return "; ".join(f"#{one}" for one in sorted(ids))
