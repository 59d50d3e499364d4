"""Admitting: a link becomes a token, after the admission is written where a crash leaves it.

Needs no database: the pass comes from the snapshot, the record goes to a local spool that is
drained when the database is there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote

from bridges.entry.passes import KnownBridge, Pass
from bridges.entry.tokens_ahead import TokensAhead
from bridges.model import EvidenceKind, RoomName
from bridges.spooling.spool import Spool
from bridges.unique import unique

ENCODER = json.JSONEncoder()
TITLES_REMEMBERED = 256
SETTINGS = "config.readOnlyName=true&config.prejoinConfig.enabled=false"
"""A hall goes by its own name, and stands before one door only, which is ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """With what a hall enters: the bridge's address, the room, and a token for both."""

    public_url: str
    room: RoomName
    token: str = field(repr=False)
    subject: str

    @property
    def url(self) -> str:
        """The address to open; the token stands where no server's log sees it.

        Source: jitsi-meet, react/features/base/util/parseURLParams: each value is JSON.
        """
        # A token is of letters that need no quoting, but for the quotes around it.
        told = f"jwt=%22{self.token}%22&config.subject={quoted(self.subject)}&{SETTINGS}"
        return f"{self.public_url}/{self.room}#{told}"


@lru_cache(maxsize=TITLES_REMEMBERED)
def quoted(title: str) -> str:
    """Return a title as it stands in an address."""
    return quote(json.dumps(title), safe="")


def ticket(found: Pass, known: KnownBridge, tokens: TokensAhead, now: datetime) -> Ticket:
    """Return a ticket, valid to the hard end; nothing is recorded."""
    return Ticket(
        public_url=known.bridge.public_url.rstrip("/"),
        room=found.occasion.room,
        token=tokens.token(found, known, now),
        subject=found.occasion.title,
    )


async def admit(
    spool: Spool, found: Pass, known: KnownBridge, tokens: TokensAhead, now: datetime
) -> Ticket:
    """Record that a site was let in, then return its ticket.

    Raises:
        SpoolFull: the disk did not take the record, so nobody is let in.
    """
    await spool.append(record(EvidenceKind.ADMITTED, found, now))
    return ticket(found, known, tokens, now)


async def note_heartbeat(spool: Spool, found: Pass, now: datetime) -> None:
    """Record that a site's page says it is in the room.

    Raises:
        SpoolFull: the disk did not take it.
    """
    await spool.append(record(EvidenceKind.HEARTBEAT, found, now))


def record(kind: EvidenceKind, found: Pass, now: datetime) -> bytes:
    """Return what the spool keeps of a hall's own doing; the nonce makes each one its own."""
    occasion = found.occasion
    return (
        f'{{"kind": "{kind.value}", "bridge": {ENCODER.encode(occasion.bridge)}, '
        f'"room": {ENCODER.encode(occasion.room)}, "conference": {occasion.conference}, '
        f'"site": {found.site}, "generation": {found.generation}, '
        f'"at": "{now.astimezone(UTC).isoformat()}", "nonce": "{unique()}"}}'
    ).encode()
