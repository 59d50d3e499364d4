"""What stands in the spool for one POST: which bridge and path, when, the body as it came."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One event as it arrived; `path` follows `/events/`."""

    bridge: str
    path: str
    received_at: datetime
    body: bytes

    @property
    def record(self) -> bytes:
        """The envelope as a record."""
        return seal(self)


def seal(envelope: Envelope) -> bytes:
    """Return the envelope as a record."""
    microseconds = (envelope.received_at - EPOCH) // timedelta(microseconds=1)
    return record(envelope.bridge, envelope.path, microseconds, envelope.body)


def record(bridge: str, path: str, microseconds: int, body: bytes) -> bytes:
    """Return a record; the moment counts from 1970."""
    return b"%s\t%s\t%d\n%s" % (bridge.encode(), path.encode(), microseconds, body)


def unseal(record: bytes) -> Envelope:
    """Return the envelope of a record that `seal` wrote.

    Raises:
        ValueError: something else wrote it.
    """
    head, _, body = record.partition(b"\n")
    bridge, path, microseconds = head.decode().split("\t")
    received_at = EPOCH + timedelta(microseconds=int(microseconds))
    return Envelope(bridge=bridge, path=path, received_at=received_at, body=body)


def unseal_all(records: Iterable[bytes]) -> list[Envelope]:
    """Return the envelopes among records; what another version of us wrote may be none."""
    found = []
    for one in records:
        with suppress(ValueError):
            found.append(unseal(one))
    return found
