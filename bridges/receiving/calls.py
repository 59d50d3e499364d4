"""What is heard of a bridge's own accord: whether it asks us, and with which secret.

Kept in memory where it is heard, as a reservation call touches no database, and written by and by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from bridges.model import Bridge, BridgeKind
from bridges.receiving.astray import Stray, Strays
from bridges.receiving.callers import lies_in, networks_of
from bridges.receiving.held import Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """When a bridge last asked with its secret, when with another one, and from where that came."""

    asked_at: datetime | None = None
    refused_at: datetime | None = None
    refused_from: str = ""

    @property
    def refused_last(self) -> bool:
        """Tell whether the last call was refused for its secret."""
        if self.refused_at is None:
            return False
        return self.asked_at is None or self.asked_at < self.refused_at


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a bridge brought: what is held back, its calls, its events since receivers started.

    `strays` are calls to addresses where nothing of ours is, its own and then nobody's.
    """

    held: Held = field(default_factory=dict)
    heard: Heard = field(default_factory=Heard)
    events: int = 0
    strays: Sequence[Stray] = ()


class Calls:
    """The reservation calls of all bridges that are not written yet, and what went astray."""

    def __init__(self) -> None:
        self.strays = Strays()
        self._heard: dict[str, Heard] = {}

    def asked(self, bridge: str, at: datetime) -> None:
        """Note a call with the right secret."""
        self._heard[bridge] = replace(self._heard.get(bridge, Heard()), asked_at=at)

    def refused(self, bridge: str, at: datetime, address: str) -> None:
        """Note a call with another secret."""
        known = self._heard.get(bridge, Heard())
        self._heard[bridge] = replace(known, refused_at=at, refused_from=address)

    def unwritten(self) -> Mapping[str, Heard]:
        """Return what is to be written."""
        return dict(self._heard)

    def forget(self, written: Mapping[str, Heard]) -> None:
        """Drop what was written, unless more was heard meanwhile."""
        for bridge, heard in written.items():
            if self._heard.get(bridge) == heard:
                del self._heard[bridge]


def is_from(bridge: Bridge, address: str) -> bool:
    """Tell whether an address is one that we know the bridge by; others have the built-in one's."""
    if lies_in(address, networks_of(bridge.senders)):
        return True
    urls = () if bridge.kind is BridgeKind.TRIAL else (bridge.public_url, bridge.prosody_url)
    return address in [urlsplit(url).hostname for url in urls]
