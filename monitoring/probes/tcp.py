"""TCP: does the port accept a connection."""

from __future__ import annotations

from monitoring.addresses import Address
from monitoring.model import Result, Target
from monitoring.probes.observing import observed
from monitoring.probes.wire import connected
from monitoring.vantage import Vantage


async def probe(target: Target, vantage: Vantage) -> Result:
    """Connect and hang up."""
    return await observed(target, vantage, connect)


async def connect(target: Target, address: Address) -> None:
    """Open a connection and close it."""
    async with connected(address, target.port or 0):
        pass
