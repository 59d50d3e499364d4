"""On what terms a unit holds conferences of a kind: who learns their titles, who must agree."""

from __future__ import annotations

from dataclasses import dataclass

from meetings.approval.chains import Step, chain_for
from meetings.kinds import Kind, Visibility
from meetings.model import Unit, UnitId
from meetings.store import Connection
from meetings.store.terms import get_terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A host, who learns titles where nobody says, and who must agree: nobody without a chain."""

    host: Unit
    visibility: Visibility
    steps: tuple[Step, ...]


async def terms_of(conn: Connection, host: UnitId, kind: Kind) -> Terms:
    """Return on what terms the unit holds conferences of the kind.

    Raises:
        UnitNotFound: there is no such unit.
    """
    unit, visibility, chains = await get_terms(conn, host, kind)
    chain = chain_for(chains, unit.path, kind)
    return Terms(
        host=unit,
        visibility=visibility or Visibility.INTERNAL,
        steps=chain.steps if chain else (),
    )
