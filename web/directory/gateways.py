"""The address of a hall's room system as it is sent, and written down."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from meetings.audit import record
from meetings.directory.gateways import LONGEST, read_gateway
from meetings.model import Site
from meetings.scheduling.halls import locked_terms
from meetings.store import Connection
from meetings.store.gateways import save_gateway
from web.input.forms import Body


def gateway(value: str) -> str:
    """Return an address of a room system, or "" where there is none."""
    found = read_gateway(value)
    if value and not found:
        raise PydanticCustomError("bad-gateway", "no address of a room system")
    return found


Gateway = Annotated[str, Field(strict=True, max_length=LONGEST), AfterValidator(gateway)]


class GatewayBody(Body):
    """How a hall's room system is called; empty where it has none."""

    gateway: Gateway


async def keep(
    conn: Connection, site: Site, address: str, *, by: str, version: int | None = None
) -> None:
    """Write the address of a hall's room system; what stands there already changes nothing.

    Raises:
        StaleRecord: somebody else changed the hall first (a version of None is never stale).
    """
    await locked_terms(conn, site.id, version)
    if await save_gateway(conn, site.id, address):
        await record(
            conn,
            actor=by,
            action="site.change",
            subject=f"site:{site.id}",
            unit=site.unit_id,
            detail={"gateway": address},
            news=("directory",),
        )
