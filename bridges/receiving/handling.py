"""What is done with a request: it is judged, counted, kept, and only then answered.

How it came, whole or in pieces, is for the door to know.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus

from bridges.errors import SpoolFull
from bridges.receiving import heads, posts
from bridges.receiving.astray import Setting, Strays
from bridges.receiving.callers import Network
from bridges.receiving.digests import Digests
from bridges.receiving.heads import BadHead, Head
from bridges.receiving.posts import Keep, Known, Verdict
from bridges.receiving.quarantine import Quarantine
from bridges.spooling.envelopes import record
from bridges.spooling.spool import Spool

Reply = Callable[[bytes], None]


@dataclass(slots=True, kw_only=True)
class Receiver:
    """What all connections share: what is kept where, who may speak, what was counted and seen."""

    events: Spool
    quarantine: Quarantine
    digests: Digests
    proxies: Sequence[Network] = ()
    counts: Counter[tuple[str, Keep]] = field(default_factory=Counter)
    strays: Strays = field(default_factory=Strays)

    @property
    def known(self) -> Known:
        """By what a request is judged at this moment."""
        return Known(callers=self.digests.known, proxies=self.proxies)

    def handle(self, head: Head, body: bytes, peer: str, reply: Reply) -> None:
        """Answer a whole request of a peer, an event only when it is on disk."""
        if head.path == heads.HEALTH:
            reply(heads.health(self.figures(), failing=self.events.failing))
            return
        verdict = self.judge(head, body, peer)
        self.counts[verdict.bridge, verdict.keep] += 1
        if verdict.keep is not Keep.EVENT:
            self.digests.doubt.set()
        if verdict.keep is Keep.NOTHING:
            self.notice(head, peer, verdict)
            reply(heads.answer(verdict.status))
            return
        microseconds = time.time_ns() // 1000
        heard = b"" if head.unheard else body
        kept = record(verdict.whose, verdict.path, microseconds, heard, why=verdict.keep.why)

        def told(error: SpoolFull | None) -> None:
            reply(heads.answer(outcome(error, verdict)))

        if verdict.keep is Keep.EVENT:
            self.strays.came_right(verdict.bridge, Setting.EVENTS, datetime.now(UTC))
            self.events.add(kept, told)
        else:
            self.quarantine.add(verdict.bridge, kept, told)

    def notice(self, head: Head, peer: str, verdict: Verdict) -> None:
        """Remember a call to an address where nothing is, if it may be a bridge's."""
        if verdict.status is not HTTPStatus.NOT_FOUND:
            return
        if stray := posts.stray(head, self.known, peer=peer, now=time.time()):
            self.strays.note(stray)

    def judge(self, head: Head, body: bytes, peer: str) -> Verdict:
        """Return what to do with a request that is no health check."""
        return posts.decide(head, body, self.known, peer=peer, now=time.time())

    def refuse(self, error: BadHead) -> bytes:
        """Count what is no request, and return the answer."""
        self.counts["", Keep.NOTHING] += 1
        return heads.answer(error.status)

    def turn_away(self, head: Head | None) -> HTTPStatus:
        """Count a request that was not whole in time, and return what its sender hears."""
        verdict = posts.late(head, self.known, now=time.time())
        self.counts[verdict.bridge, verdict.keep] += 1
        return verdict.status

    def is_stranger(self, head: Head, peer: str) -> bool:
        """Tell from a head that nothing of the body will be kept, so that it need not be heard."""
        return head.path != heads.HEALTH and self.judge(head, b"", peer).keep is Keep.NOTHING

    def figures(self) -> Mapping[str, int]:
        """Return what a health check tells."""
        sums = Counter(dict.fromkeys(Keep, 0))
        for (_, kind), number in self.counts.items():
            sums[kind] += number
        return {kind.value: sums[kind] for kind in Keep} | {"spool": self.events.size()}

    def outcomes(self) -> dict[str, dict[str, int]]:
        """Return what became of each bridge's events; strangers are counted together, as ""."""
        told: dict[str, dict[str, int]] = {}
        for (bridge, kind), number in self.counts.items():
            told.setdefault(bridge, {})[kind.value] = number
        return told


def outcome(error: SpoolFull | None, verdict: Verdict) -> HTTPStatus:
    """Return the status after the disk had its say; what it did not take must come again.

    That holds for what is held back too: a bridge never sends again what was refused.
    """
    return verdict.status if error is None else HTTPStatus.SERVICE_UNAVAILABLE
