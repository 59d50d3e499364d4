"""What stands in the spool for one POST: which bridge and path, when, the body as it came.

What is held back also says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bridges.receiving.held import Why

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One event as it arrived; `path` follows `/events/`, `why` is None where it is not held."""

    bridge: str
    path: str
    received_at: datetime
    body: bytes
    why: Why | None = None

    @property
    def record(self) -> bytes:
        """The envelope as a record."""
        return seal(self)


def seal(envelope: Envelope) -> bytes:
    """Return the envelope as a record."""
    microseconds = (envelope.received_at - EPOCH) // timedelta(microseconds=1)
    return record(envelope.bridge, envelope.path, microseconds, envelope.body, why=envelope.why)


def record(
    bridge: str, path: str, microseconds: int, body: bytes, *, why: Why | None = None
) -> bytes:
    """Return a record; the moment counts from 1970."""
    head = b"%s\t%s\t%d" % (bridge.encode(), path.encode(), microseconds)
    return b"%s\n%s" % (head if why is None else b"%s\t%s" % (head, why.encode()), body)


def unseal(record: bytes) -> Envelope:
    """Return the envelope of a record that `seal` wrote.

    Raises:
        ValueError: something else wrote it.
    """
    head, _, body = record.partition(b"\n")
    bridge, path, microseconds, *told = head.decode().split("\t")
    why = Why("\t".join(told)) if told else None
    received_at = EPOCH + timedelta(microseconds=int(microseconds))
    return Envelope(bridge=bridge, path=path, received_at=received_at, body=body, why=why)


def unseal_all(records: Iterable[bytes]) -> list[Envelope]:
    """Return the envelopes among records; what another version of us wrote may be none."""
    found = []
    for one in records:
        with suppress(ValueError):
            found.append(unseal(one))
    return found
