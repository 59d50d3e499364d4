"""From where we look: how names become addresses, which are allowed, the socket for echoes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from monitoring.addresses import Address, Network, may_look
from monitoring.errors import Unseen
from monitoring.pinging import Pinger
from monitoring.resolving import Resolver


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


class Vantage:
    """What every probe has at hand; `networks` are those the operator allows besides."""

    def __init__(
        self,
        networks: Iterable[Network] = (),
        *,
        resolver: Resolver | None = None,
        pinger: Pinger | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.networks = tuple(networks)
        self.resolver = resolver or Resolver()
        self.pinger = pinger or Pinger()
        self.clock = clock

    async def address(self, host: str) -> Address:
        """Return the address to connect to, resolved once and checked.

        Raises:
            NoAnswer: there is no such name.
            Unseen: nobody can tell us, or the address leads where probes must not go.
        """
        address = await self.resolver.address(host)
        if not may_look(address, self.networks):
            raise Unseen("forbidden-address")
        return address

    def close(self) -> None:
        """Give the sockets and threads back."""
        self.resolver.close()
        self.pinger.close()
