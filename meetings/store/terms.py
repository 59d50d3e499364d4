"""Terms: what a unit's conferences of a kind start from, and who must agree; read in one trip."""

from __future__ import annotations

from meetings.approval.chains import Chain
from meetings.errors import UnitNotFound
from meetings.ids import UnitId
from meetings.kinds import Kind, Visibility
from meetings.model import Unit
from meetings.store import Connection
from meetings.store.chains import chain_of
from meetings.store.directory import UNIT, unit_from_row

# A row for each chain that may apply, or one without any.
GET_TERMS = f"""
    SELECT {UNIT},
           (SELECT visibility FROM unit_defaults
             WHERE unit_id = ANY (u.path) AND visibility IS NOT NULL
             ORDER BY array_position(u.path, unit_id) DESC LIMIT 1) AS visibility,
           c.id AS chain, c.unit_id AS chain_unit, c.kind AS chain_kind, c.steps::text AS steps,
           c.version
      FROM units u
      LEFT JOIN approval_chains c ON c.unit_id = ANY (u.path) AND (c.kind IS NULL OR c.kind = $2)
     WHERE u.id = $1
"""  # noqa: S608 - no value is spliced
CHAIN_COLUMNS = ("chain", "chain_unit", "chain_kind", "steps", "version")


async def get_terms(
    conn: Connection, host: UnitId, kind: Kind
) -> tuple[Unit, Visibility | None, list[Chain]]:
    """Return the host, the visibility that the nearest unit says, and the chains that may apply.

    Raises:
        UnitNotFound: there is no such unit.
    """
    rows = await conn.fetch(GET_TERMS, host, kind.value)
    if not rows:
        raise UnitNotFound(str(host))
    said = rows[0]["visibility"]
    chains = [
        chain_of(*(row[name] for name in CHAIN_COLUMNS)) for row in rows if row["chain"] is not None
    ]
    return unit_from_row(rows[0]), Visibility(said) if said else None, chains
