"""From which addresses bridges call: what was typed, and what the hosts of their addresses are."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from bridges.receiving.callers import Caller, Digest, networks_of
from bridges.registered.registry import TRIAL
from bridges.store.secrets import Sender

AGE = timedelta(minutes=5)
PATIENCE = timedelta(seconds=2)


class Addresses:
    """Looks names up now and then; a name server that is away leaves what was known."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[float, frozenset[str]]] = {}

    async def callers(self, senders: Iterable[Sender]) -> dict[str, Caller]:
        """Return by what each bridge is known when it calls."""
        every = list(senders)
        hosts = {host for one in every for host in hosts_of(one)}
        await asyncio.gather(*map(self.look_up, hosts))
        return {one.name: self.caller(one) for one in every}

    def caller(self, sender: Sender) -> Caller:
        """Return one bridge with the addresses known now."""
        looked_up = sorted(address for host in hosts_of(sender) for address in self._found[host][1])
        digests = [Digest(value=sender.digest)]
        if sender.former_digest is not None and sender.former_ends_at is not None:
            until = sender.former_ends_at.timestamp()
            digests.append(Digest(value=sender.former_digest, until=until))
        return Caller(digests=tuple(digests), networks=networks_of((*sender.networks, *looked_up)))

    async def look_up(self, host: str) -> None:
        """Ask for a host's addresses, if the last answer is old."""
        looked_at, before = self._found.get(host, (float("-inf"), frozenset[str]()))
        now = time.monotonic()
        if now - looked_at < AGE.total_seconds():
            return
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                found = await asyncio.get_running_loop().getaddrinfo(host, None)
        except (OSError, TimeoutError, UnicodeError):
            self._found[host] = (now, before)
        else:
            self._found[host] = (now, frozenset(plain(str(entry[4][0])) for entry in found))


def hosts_of(sender: Sender) -> Sequence[str]:
    """Return the hosts of a bridge's addresses; others call from the built-in one's too."""
    if sender.name == TRIAL:
        return []
    hosts = (urlsplit(url).hostname for url in sender.urls)
    return [host for host in hosts if host]


def plain(address: str) -> str:
    """Return an address without the interface that a link-local one names."""
    return address.partition("%")[0]
