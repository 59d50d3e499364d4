"""ICMP: does the address answer an echo request."""

from __future__ import annotations

from monitoring.addresses import Address
from monitoring.model import Result, Target
from monitoring.probes.observing import observed
from monitoring.vantage import Vantage

TRIES = 3
"""One lost packet says nothing: at 10 % loss each way, three are lost once in 150 looks."""


async def probe(target: Target, vantage: Vantage) -> Result:
    """Send up to three echo requests within the time; one reply is enough."""

    async def echo(target: Target, address: Address) -> None:
        rest = target.timeout.total_seconds() / TRIES
        await vantage.pinger.echo(address, tries=TRIES, rest_seconds=rest)

    return await observed(target, vantage, echo)
