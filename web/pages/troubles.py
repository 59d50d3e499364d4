"""What is wrong with a form of many rows, each with a link to its field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from web.i18n import N_
from web.wording.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The rows that one word of the API stands for: how each is called, and its fields' ids.

    A field without an id of its own is led to by its row, and `first` is the number of the
    first row as people count; the ids count as the API does.
    """

    called: str
    row: str
    fields: Mapping[str, str]
    first: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing to put right: where it is, in words and as an id of the page."""

    place: str
    where: str
    words: str


AGENDA: Mapping[str, Rows] = MappingProxyType(
    {
        "items": Rows(
            called=N_("Point %(number)s"),
            row="point",
            fields={
                "title": "title",
                "minutes": "minutes",
                "at": "at",
                "presenter": "presenter",
                "presenter_id": "presenter",
            },
        ),
        "segments": Rows(
            called=N_("Part %(number)s"),
            row="part",
            fields={"start": "part_from", "end": "part_to", "upstream": "part_upstream"},
        ),
    }
)
TIERS: Mapping[str, Rows] = MappingProxyType(
    {
        "tiers": Rows(
            called=N_("Level %(number)s"),
            row="level",
            fields={
                "name": "name",
                "host": "host",
                "chair": "chair",
                "start": "from",
                "end": "until",
                "papers_down_to": "down_to",
            },
            first=0,
        )
    }
)


def troubles(
    wrong: Mapping[str, str], rows: Mapping[str, Rows], speech: Speech, *, whole: str
) -> list[Trouble]:
    """Return what is wrong in its order; what is of no row is led to by the id of the whole."""
    return [trouble(place, words, rows, speech, whole=whole) for place, words in wrong.items()]


def trouble(
    place: str, words: str, rows: Mapping[str, Rows], speech: Speech, *, whole: str
) -> Trouble:
    """Return one thing to put right, of a place such as `items.0.title`."""
    word, _, rest = place.partition(".")
    number, _, field = rest.partition(".")
    if word not in rows or not number.isdigit():
        return Trouble(place=whole, where="", words=words)
    found = rows[word]
    return Trouble(
        place=f"{found.fields.get(field.split('.')[0], found.row)}-{number}",
        where=speech.tell(found.called, number=int(number) + found.first),
        words=words,
    )
