"""Where each hall stands at this moment, and the words, colours and order that follow from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from meetings.model import Attendance, Conference, SheetRow, Site, SiteId, State
from web.formats import clock_time
from web.i18n import N_
from web.pages.looks import Figure, Tile, trouble_first
from web.wording.speech import Speech

DONE = frozenset({State.ENDED, State.CLOSED})


class Standing(StrEnum):
    """How a hall stands; the order is the order of trouble."""

    DROPPED = "dropped"
    CUT = "cut"
    ABSENT = "absent"
    MISSING = "missing"
    LATE = "late"
    LEFT_EARLY = "left-early"
    UNKNOWN = "unknown"
    WAITING = "waiting"
    READY = "ready"
    IN = "in"
    PRESENT = "present"


LOOKS: Mapping[Standing, str] = MappingProxyType(
    {
        Standing.DROPPED: "bad",
        Standing.CUT: "bad",
        Standing.ABSENT: "bad",
        Standing.MISSING: "dim",
        Standing.LATE: "warn",
        Standing.LEFT_EARLY: "warn",
        Standing.UNKNOWN: "dim",
        Standing.WAITING: "dim",
        Standing.READY: "ok",
        Standing.IN: "ok",
        Standing.PRESENT: "ok",
    }
)

COUNTED: Mapping[Standing, str] = MappingProxyType(
    {
        Standing.IN: N_("in the room"),
        Standing.PRESENT: N_("present"),
        Standing.READY: N_("can be reached"),
        Standing.LATE: N_("came late"),
        Standing.LEFT_EARLY: N_("left early"),
        Standing.DROPPED: N_("dropped out"),
        Standing.CUT: N_("out of reach"),
        Standing.ABSENT: N_("absent"),
        Standing.MISSING: N_("not in yet"),
        Standing.WAITING: N_("not looked at"),
        Standing.UNKNOWN: N_("not known"),
    }
)
"""What a figure counts; the order is the order of the figures."""

TOLD: Mapping[Standing, str] = MappingProxyType(
    {
        Standing.DROPPED: N_("dropped %(at)s"),
        Standing.CUT: N_("out of reach %(at)s"),
        Standing.LATE: N_("late %(minutes)s′"),
        Standing.LEFT_EARLY: N_("left %(at)s"),
        Standing.IN: N_("in %(at)s"),
        Standing.PRESENT: N_("in %(at)s"),
        Standing.WAITING: N_("not in yet"),
    }
)
"""What a tile says where a count says something else."""

PRESENT = frozenset(
    {Standing.IN, Standing.PRESENT, Standing.LATE, Standing.LEFT_EARLY, Standing.DROPPED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """One hall at this moment; `at` is the instant its words tell."""

    site: Site
    standing: Standing
    row: SheetRow
    at: datetime | None = None


def halls(
    conference: Conference,
    rows: Sequence[SheetRow],
    sites: Mapping[SiteId, Site],
    health: Mapping[SiteId, tuple[str, datetime | None]],
    *,
    now: datetime,
) -> list[Hall]:
    """Return every hall in the order of the rows; `health` is what the watch says of a site."""
    found = []
    for row in rows:
        standing, at = stand(conference, row, health.get(row.site, ("", None)), now=now)
        found.append(Hall(site=sites[row.site], standing=standing, row=row, at=at))
    return found


def stand(
    conference: Conference,
    row: SheetRow,
    health: tuple[str, datetime | None],
    *,
    now: datetime,
) -> tuple[Standing, datetime | None]:
    """Return how a hall stands, and the instant to tell."""
    if conference.state in DONE:
        return afterwards(row)
    if row.intervals:
        return inside(row)
    state, since = health
    if state == "down":
        return Standing.CUT, since
    if row.state is Attendance.UNKNOWN:
        return Standing.UNKNOWN, None
    if now >= conference.period.start:
        return Standing.MISSING, None
    return (Standing.READY, since) if state == "up" else (Standing.WAITING, None)


def inside(row: SheetRow) -> tuple[Standing, datetime | None]:
    """Return how a hall stands that has been seen in the room."""
    last = row.intervals[-1]
    if last.end is not None:
        return Standing.DROPPED, last.end
    return (Standing.LATE if row.late_minutes else Standing.IN), row.first_in


def afterwards(row: SheetRow) -> tuple[Standing, datetime | None]:
    """Return how a hall stands once the conference is over."""
    if row.state is Attendance.UNKNOWN:
        return Standing.UNKNOWN, None
    if row.state is Attendance.ABSENT:
        return Standing.ABSENT, None
    if row.state is Attendance.LATE:
        return Standing.LATE, row.first_in
    if row.left_early_minutes:
        return Standing.LEFT_EARLY, row.last_out
    return Standing.PRESENT, row.first_in


def tiles(found: Iterable[Hall], speech: Speech) -> list[Tile]:
    """Return a wall of halls, trouble first."""
    order = list(Standing)
    return trouble_first(
        [
            Tile(
                id=hall.site.id,
                label=hall.site.label,
                state=LOOKS[hall.standing],
                words=words(hall, speech),
                rank=order.index(hall.standing),
            )
            for hall in found
        ]
    )


def words(hall: Hall, speech: Speech) -> str:
    """Return the second line of a tile: what, since when, how many people."""
    text = sentence(hall, speech)
    people = hall.row.headcount
    return f"{text} · {speech.number(people)}" if people is not None else text


def sentence(hall: Hall, speech: Speech) -> str:
    """Return what is the matter, in two or three words."""
    told = TOLD.get(hall.standing, COUNTED[hall.standing])
    at = clock_time(hall.at) if hall.at else ""
    return speech.tell(told, at=at, minutes=hall.row.late_minutes).strip()


def figures(found: Sequence[Hall], speech: Speech) -> list[Figure]:
    """Return the counts that matter now, and the people declared."""
    counts = Counter(hall.standing for hall in found)
    counted = [
        Figure(
            number=speech.number(counts[standing]), words=speech.word(text), state=LOOKS[standing]
        )
        for standing, text in COUNTED.items()
        if counts[standing]
    ]
    people = sum(hall.row.headcount or 0 for hall in found)
    if people:
        counted.append(Figure(number=speech.number(people), words=speech.tell("people")))
    return counted


def parts(found: Sequence[Hall]) -> list[tuple[str, int]]:
    """Return counts by look for a bar, good ones first."""
    counts = Counter(LOOKS[hall.standing] for hall in found)
    return [(look, counts[look]) for look in ("ok", "warn", "bad", "dim")]
