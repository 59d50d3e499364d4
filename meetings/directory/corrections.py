"""Corrections: proposed by who knows, approved by who answers for the directory."""

from __future__ import annotations

from datetime import datetime

from meetings.audit import record
from meetings.directory.errors import CorrectionDecided, StaleCorrection
from meetings.directory.proposals import Correction, CorrectionId, Proposal
from meetings.store import Connection
from meetings.store import corrections as store


async def propose(conn: Connection, new: Proposal, *, by: str, now: datetime) -> CorrectionId:
    """Put a correction on the table."""
    identity = CorrectionId(await store.insert_correction(conn, new, by=by, now=now))
    await _tell(conn, identity, new, "correction.propose", by=by)
    return identity


async def approve(conn: Connection, correction: CorrectionId, *, by: str, now: datetime) -> None:
    """Make the record say what was proposed.

    Raises:
        CorrectionDecided: somebody was quicker.
        StaleCorrection: the record is no longer what the proposer saw; nothing is changed.
        NameTaken: another hall of the unit has the name.
    """
    found = await _open(conn, correction)
    current = await store.lock_record(conn, found.kind.value, found.record)
    if current is None or any(current[name] != seen for name, seen in found.before.items()):
        raise StaleCorrection(correction)
    await store.save_record(conn, found.kind.value, found.record, {**current, **found.after})
    await store.save_decision(conn, correction, "applied", by=by, now=now, remark="")
    await _tell(conn, correction, found, "correction.approve", by=by)


async def refuse(
    conn: Connection, correction: CorrectionId, *, remark: str, by: str, now: datetime
) -> None:
    """Leave the record as it is, and say why.

    Raises:
        CorrectionDecided: somebody was quicker.
    """
    found = await _open(conn, correction)
    await store.save_decision(conn, correction, "refused", by=by, now=now, remark=remark)
    await _tell(conn, correction, found, "correction.refuse", by=by)


async def _open(conn: Connection, correction: CorrectionId) -> Correction:
    found = await store.lock_correction(conn, correction)
    if found.state != "open":
        raise CorrectionDecided(correction)
    return found


async def _tell(
    conn: Connection, correction: CorrectionId, what: Proposal, action: str, *, by: str
) -> None:
    detail = {"kind": what.kind.value, "record": what.record, "fields": sorted(what.after)}
    await record(
        conn,
        actor=by,
        action=action,
        subject=f"correction:{correction}",
        unit=what.unit,
        detail=detail,
        news=("directory", "snapshot"),
    )
