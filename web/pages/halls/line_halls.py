"""Halls to tick for a shared line: those that the reader looks after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from meetings.directory.finding import find_sites
from meetings.model import LineId, Site
from meetings.store import Connection
from meetings.store.lines import list_names_of_halls
from web.pages.reading import Reader
from web.permissions import Permission, may

MOST_HALLS = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A hall to tick, and the line that it would leave."""

    id: str
    label: str
    leaves: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Halls to tick; where there are more, `first` says how many were looked at."""

    halls: Sequence[Choice]
    first: str


async def offer_to(conn: Connection, reader: Reader, line: LineId | None = None) -> Offer:
    """Return what the form of a line, or of a new one, offers."""
    found = await find_sites(conn, on=reader.day, limit=MOST_HALLS + 1)
    halls = looked_after(found[:MOST_HALLS], reader)
    leaves = await list_names_of_halls(conn, [one.id for one in halls], besides=line)
    return Offer(
        halls=[
            Choice(id=str(one.id), label=one.label, leaves=leaves.get(one.id, "")) for one in halls
        ],
        first=reader.speech.number(MOST_HALLS) if found[MOST_HALLS:] else "",
    )


async def offered_to(conn: Connection, reader: Reader) -> list[Site]:
    """Return the halls that a form offered."""
    return looked_after(await find_sites(conn, on=reader.day, limit=MOST_HALLS), reader)


def looked_after(halls: Sequence[Site], reader: Reader) -> list[Site]:
    """Return the halls whose lines the reader may change."""
    manages = Permission.MANAGE_RESOURCES
    return [one for one in halls if may(reader.actor, manages, one.unit_path)]
