"""What all kinds share: the time limit, the stop-watch, and one code for what was wrong."""

from __future__ import annotations

import asyncio
import errno
import ssl
from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter
from types import MappingProxyType

from monitoring.addresses import Address
from monitoring.errors import NoAnswer, Unseen
from monitoring.model import Outcome, Result, Target
from monitoring.vantage import Vantage

REASONS: Mapping[int, str] = MappingProxyType(
    {
        errno.ECONNREFUSED: "refused",
        errno.ECONNRESET: "reset",
        errno.EPIPE: "reset",
        errno.EHOSTUNREACH: "unreachable",
        errno.ENETUNREACH: "unreachable",
        errno.EHOSTDOWN: "unreachable",
        errno.EADDRNOTAVAIL: "unreachable",
    }
)
# This machine lacks something, so nothing is known of the target.
OURS: Mapping[int, str] = MappingProxyType(
    {
        errno.EMFILE: "no-sockets",
        errno.ENFILE: "no-sockets",
        errno.ENOBUFS: "no-sockets",
        errno.ENOMEM: "no-sockets",
        errno.EACCES: "not-permitted",
        errno.EPERM: "not-permitted",
        errno.EAFNOSUPPORT: "no-such-network",
    }
)


Look = Callable[[Target, Address], Awaitable[None]]
"""Looks at the checked address; raises when the target does not answer as it should."""


async def observed(target: Target, vantage: Vantage, look: Look) -> Result:
    """Return what the look found; the time is that of the look, without asking for the name."""
    at = vantage.clock()
    try:
        address = await found(target, vantage)
        begun = perf_counter()
        async with asyncio.timeout(target.timeout.total_seconds()):
            await look(target, address)
    except Unseen as fact:
        return Result(target=target.id, at=at, outcome=Outcome.UNSEEN, reason=fact.reason)
    except NoAnswer as fact:
        return Result(target=target.id, at=at, outcome=Outcome.BAD, reason=fact.reason)
    except OSError as error:
        outcome, reason = told_by(error)
        return Result(target=target.id, at=at, outcome=outcome, reason=reason)
    seconds = perf_counter() - begun
    return Result(target=target.id, at=at, outcome=Outcome.GOOD, seconds=seconds)


async def found(target: Target, vantage: Vantage) -> Address:
    """Return the checked address of a target; a name server that is silent says nothing of it."""
    try:
        async with asyncio.timeout(target.timeout.total_seconds()):
            return await vantage.address(target.host)
    except TimeoutError as error:
        raise Unseen("names-unavailable") from error


def told_by(error: OSError) -> tuple[Outcome, str]:
    """Return what an error of the network says, and of whom: the target, or this machine."""
    if isinstance(error, TimeoutError):
        return Outcome.BAD, "timeout"
    if isinstance(error, ssl.SSLError):
        return Outcome.BAD, "tls"
    number = error.errno or 0
    if number in OURS:
        return Outcome.UNSEEN, OURS[number]
    return Outcome.BAD, REASONS.get(number, "network")
