"""Who chairs and who attends: the officials that the booking form offers, and how they are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from meetings.directory.officials import list_officials, officials_by_ids
from meetings.errors import OfficialsNotFound
from meetings.model import Conference, OfficialId
from meetings.scheduling.conferences import list_conferences
from meetings.scheduling.resources import Official
from meetings.store import Connection
from web.input.typed import number_or_text
from web.pages.reading import Reader
from web.permissions import Permission

LATELY = 12
MOST = 5000
"""All of a province: so many are offered, in order of precedence, and whoever was chosen before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One official with a box."""

    id: OfficialId
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Officials:
    """Who can be chosen: as chair from a list, as delegates by boxes; `lately` are words used."""

    chairs: Sequence[tuple[str, str]]
    boxes: Sequence[Box]
    lately: Sequence[str]


async def offer_officials(
    conn: Connection, reader: Reader, values: Mapping[str, Any], *, on: date
) -> Officials:
    """Return the officials in office on that day, and those that are chosen already."""
    found = await list_officials(conn, on=on, limit=MOST)
    missing = chosen_in(values) - {one.id for one in found}
    found += (await officials_by_ids(conn, missing)).values() if missing else ()
    boxes = boxes_of(found)
    nobody = ("", reader.speech.tell("Somebody who is not in this list"))
    return Officials(
        chairs=[nobody, *((str(one.id), one.words) for one in boxes)],
        boxes=boxes,
        lately=await chaired_lately(conn, reader),
    )


async def chaired_lately(conn: Connection, reader: Reader) -> list[str]:
    """Return the words for who chaired lately, to pick from while typing."""
    units = reader.units(Permission.BOOK)
    found = await list_conferences(conn, units=units, limit=LATELY, newest_first=True)
    return sorted({one.chair for one in found if one.chair})


def boxes_of(officials: Sequence[Official]) -> list[Box]:
    """Return each official with a box; the unit stands beside titles that several have."""
    times = Counter(one.label for one in officials)
    return [
        Box(
            id=one.id,
            words=one.label if times[one.label] == 1 else f"{one.label} ({one.unit_name})",
        )
        for one in officials
    ]


def chosen_in(values: Mapping[str, Any]) -> set[OfficialId]:
    """Return whom a form has chosen, as far as they are numbers."""
    typed = [values.get("chair_id", ""), *values.get("delegates", ())]
    numbers = [number_or_text(one) for one in typed]
    return {OfficialId(one) for one in numbers if isinstance(one, int)}


async def words_of_chair(conn: Connection, conference: Conference) -> str:
    """Return what the form says beside the official who chairs: nothing but that title is empty."""
    if conference.chair_id is None:
        return conference.chair
    found = await officials_by_ids(conn, [conference.chair_id])
    same = [one for one in found.values() if one.label == conference.chair]
    return "" if same else conference.chair


def field_of(error: OfficialsNotFound, values: Mapping[str, Any]) -> str:
    """Return beside which field it is told who is not in office."""
    chair = number_or_text(values.get("chair_id", ""))
    return "chair_id" if chair in error.officials else "delegates"


async def held_officials(conn: Connection, conference: Conference) -> dict[OfficialId, Official]:
    """Return the officials of a conference, in order of precedence."""
    wanted: Collection[OfficialId] = [*conference.delegates]
    if conference.chair_id is not None:
        wanted = [conference.chair_id, *wanted]
    return await officials_by_ids(conn, wanted) if wanted else {}


def chair_words(conference: Conference, officials: Mapping[OfficialId, Official]) -> str:
    """Say who chairs: the words given, and the official who is held where they say another."""
    held = officials.get(conference.chair_id) if conference.chair_id is not None else None
    if held is None or held.label == conference.chair:
        return conference.chair
    return f"{conference.chair} ({held.label})" if conference.chair else held.label


def delegate_words(conference: Conference, officials: Mapping[OfficialId, Official]) -> str:
    """Name the delegates, in order of precedence."""
    wanted = set(conference.delegates)
    return ", ".join(one.label for one in officials.values() if one.id in wanted)
