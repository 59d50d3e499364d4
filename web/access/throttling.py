"""How many tries are free, and how long to wait after too many; decided without I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_DOUBLINGS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The first `free` tries come without a wait; each one more doubles it, up to `longest`."""

    free: int
    first: timedelta
    longest: timedelta
    memory: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """What is remembered of somebody's tries."""

    failures: int
    last_at: datetime
    blocked_until: datetime | None


def judge(tries: Tries, policy: Policy, now: datetime) -> tuple[Tries, timedelta]:
    """Take one more try into account, before it is made.

    Returns the new memory, and how long to wait instead; zero lets the try pass.  A refused try
    does not count, so whoever waits gets a try.
    """
    if tries.blocked_until is not None and tries.blocked_until > now:
        return tries, tries.blocked_until - now
    forgotten = tries.last_at < now - policy.memory
    failures = 1 if forgotten else tries.failures + 1
    return (
        Tries(failures=failures, last_at=now, blocked_until=block(failures, policy, now)),
        timedelta(),
    )


def block(failures: int, policy: Policy, now: datetime) -> datetime | None:
    """Return until when the next try is refused."""
    over = failures - policy.free
    if over < 0:
        return None
    doubled: int = 2 ** min(over, MOST_DOUBLINGS)
    return now + min(policy.longest, policy.first * doubled)
