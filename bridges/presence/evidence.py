"""Evidence: what a bridge told, what we asked it, what a hall's page said; and how it is stored.

Everything is kept raw, in any order and as often as it comes; `attendance` makes sense of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Self

from bridges.errors import BadNews
from bridges.jitsi import events
from bridges.model import Event, EvidenceKind, RoomName
from bridges.presence.seconds import Seconds
from bridges.spooling.envelopes import unseal
from meetings.model import SiteId

ENDS = "\0"
EVENT_KINDS = frozenset(events.PATHS.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Beats:
    """The seconds in which a hall's page said that it is in, or some of them."""

    site: SiteId
    seconds: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """A bridge answered how many are in the room; 0 also where it has no such room."""

    at: datetime
    participants: int
    bridge: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A bridge answered who is in the room, by endpoint; it does not say whose they are.

    Names are kept as one text, in order: a room of the whole country is listed every 20 s, and as
    sets of texts the lists of three hours would fill ten times the memory.
    """

    at: datetime
    text: str
    bridge: str = ""

    @classmethod
    def naming(cls, endpoints: Iterable[str], *, at: datetime, bridge: str = "") -> Self:
        """Return the answer that names these endpoints."""
        # No name has this sign in it: the database could not hold it.
        text = "".join(f"{name}{ENDS}" for name in sorted(set(endpoints)))
        return cls(at=at, text=text, bridge=bridge)

    @property
    def names(self) -> Sequence[str]:
        """The endpoints in order; made anew each time."""
        return self.text.split(ENDS)[:-1]


Evidence = Event | Beats | Census | Roster


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One piece of evidence as the database keeps it; the same news has the same key."""

    key: bytes
    bridge: str
    kind: EvidenceKind
    room: RoomName
    body: Mapping[str, Any]
    received_at: datetime


def row_of_event(record: bytes) -> Row:
    """Return the row for a record of the receiver's spool.

    Raises:
        BadNews: the record holds no event; the receiver did not let it pass.
    """
    try:
        envelope = unseal(record)
    except ValueError as error:
        raise BadNews("no envelope") from error
    event = events.parse(envelope.path, envelope.body)
    body = events.as_body(event)
    return Row(
        key=events.content_key(envelope.bridge, event.kind, body),
        bridge=envelope.bridge,
        kind=event.kind,
        room=event.room,
        body=body,
        received_at=envelope.received_at,
    )


def row_of_sighting(record: bytes) -> Row:
    """Return the row for a record of the admissions' spool.

    Raises:
        BadNews: the record is none that `admitting` wrote.
    """
    try:
        told = json.loads(record)
        kind, at = EvidenceKind(told["kind"]), datetime.fromisoformat(told["at"])
        body = {
            "site": int(told["site"]),
            "generation": int(told["generation"]),
            "at": told["at"],
            "nonce": told["nonce"],
        }
        bridge, room = str(told["bridge"]), RoomName(told["room"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadNews("no sighting") from error
    key = sha256(record).digest()
    return Row(
        key=key, bridge=bridge, kind=kind, room=room, body=body, received_at=at.astimezone(UTC)
    )


def row_of_census(bridge: str, room: RoomName, census: Census) -> Row:
    """Return the row for a bridge's answer."""
    body = {"at": census.at.isoformat(), "participants": census.participants}
    key = events.content_key(bridge, EvidenceKind.CENSUS, {"room": room, **body})
    return Row(
        key=key,
        bridge=bridge,
        kind=EvidenceKind.CENSUS,
        room=room,
        body=body,
        received_at=census.at,
    )


def row_of_roster(bridge: str, room: RoomName, roster: Roster) -> Row:
    """Return the row for a bridge's answer to who is there."""
    body = {"at": roster.at.isoformat(), "endpoints": list(roster.names)}
    key = events.content_key(bridge, EvidenceKind.ROSTER, {"room": room, **body})
    return Row(
        key=key,
        bridge=bridge,
        kind=EvidenceKind.ROSTER,
        room=room,
        body=body,
        received_at=roster.at,
    )


def read(
    kind: EvidenceKind,
    body: Mapping[str, Any],
    *,
    bridge: str = "",
    received_at: datetime | None = None,
) -> Evidence | None:
    """Return stored evidence as a value, None for what halls did: their beats are read together."""
    if kind in EVENT_KINDS:
        event = events.read_event(kind, body)
        return replace(event, bridge=bridge, received_at=received_at)
    if kind is EvidenceKind.CENSUS:
        at = datetime.fromisoformat(body["at"])
        return Census(at=at, participants=int(body["participants"]), bridge=bridge)
    if kind is EvidenceKind.ROSTER:
        at = datetime.fromisoformat(body["at"])
        return Roster.naming(body["endpoints"], at=at, bridge=bridge)
    return None
