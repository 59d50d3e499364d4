"""Who chairs: officials told apart by what they are, others by the words that were typed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from meetings.directory.officials import officials_by_ids
from meetings.ids import OfficialId
from meetings.names import sort_key
from meetings.scheduling.resources import Official
from meetings.store import Connection
from meetings.store.schedule import Entry
from web.input.forms import LARGEST_ID

Chair: TypeAlias = tuple[OfficialId | None, str]
"""How a conference names who chairs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """Somebody who chairs: an official, or only words."""

    name: str
    official: OfficialId | None = None

    @property
    def key(self) -> str:
        """Return what stands for the leader in an address."""
        return self.name if self.official is None else f"#{self.official}"


Leaders: TypeAlias = Mapping[Chair, Leader]


async def leaders_of(
    conn: Connection, entries: Collection[Entry], chosen: str = ""
) -> dict[Chair, Leader]:
    """Return the leaders by how conferences name them; the chosen one even if chairing none."""
    asked = official_in(chosen)
    wanted = {one.chair_id for one in entries if one.chair_id} | ({asked} if asked else set())
    known = await officials_by_ids(conn, wanted)
    own: dict[Chair, Leader] = {}
    if asked in known:
        own = {(asked, ""): alone(known[asked], known)}
    elif chosen and asked is None:
        own = {(None, chosen): Leader(name=chosen)}
    return own | named(entries, known)


def official_in(key: str) -> OfficialId | None:
    """Return the official whom an address means, or None where it holds words."""
    number = key.removeprefix("#")
    short = len(number) <= len(str(LARGEST_ID))
    return OfficialId(int(number)) if number != key and number.isdecimal() and short else None


def named(entries: Collection[Entry], known: Mapping[OfficialId, Official]) -> dict[Chair, Leader]:
    """Return each chair as a leader; words that are just what one official is called are theirs."""
    labels: dict[str, list[Official]] = {}
    for one in known.values():
        labels.setdefault(one.label, []).append(one)
    found = {}
    for entry in entries:
        official = known.get(entry.chair_id) if entry.chair_id else None
        if official is None and len(same := labels.get(entry.chair, [])) == 1:
            official = same[0]
        if official is not None:
            found[entry.chair_id, entry.chair] = alone(official, known)
        elif entry.chair:
            found[entry.chair_id, entry.chair] = Leader(name=entry.chair)
    return found


def alone(official: Official, known: Mapping[OfficialId, Official]) -> Leader:
    """Return an official as a leader; with the unit where another one is called the same."""
    same = sum(one.label == official.label for one in known.values())
    name = official.label if same == 1 else f"{official.label} ({official.unit_name})"
    return Leader(name=name, official=official.id)


def leader_of(entry: Entry, leaders: Leaders) -> Leader | None:
    """Return who chairs a conference, if anybody is named."""
    return leaders.get((entry.chair_id, entry.chair))


def in_order(leaders: Collection[Leader]) -> Sequence[Leader]:
    """Return each leader once, in Vietnamese order."""
    once = {one.key: one for one in leaders}
    return sorted(once.values(), key=lambda one: (sort_key(one.name), one.key))
