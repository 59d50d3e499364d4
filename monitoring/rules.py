"""Decisions about watching: verdicts, pace, what is news, what may be asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitoring.addresses import Network, is_name, may_look, parse
from monitoring.model import (
    Flip,
    Health,
    NewTarget,
    Outcome,
    Policy,
    ProbeKind,
    Result,
    Watch,
)

GOOD, BAD = "u", "d"
GAP = "no-data"
"""The reason of a flip to unknown: nothing was learned for too long."""

SETTLED = 3
DOUBT = 6
SHORTEST_REST = timedelta(seconds=1)

QUIET = timedelta(seconds=20)
LONGEST_HOLD = timedelta(seconds=60)

INTERVALS = (timedelta(seconds=5), timedelta(days=1))
TIMEOUTS = (timedelta(seconds=0.1), timedelta(seconds=30))
PATH = re.compile(r"/[!-~]{0,500}")
HIGHEST_PORT = 65535
LONGEST_DEVICE_NAME = 80


def stale_after(interval: timedelta) -> timedelta:
    """Return how long a verdict holds without news; `state_at` in the schema says the same."""
    return 3 * interval + timedelta(seconds=60)


def judge(watch: Watch, result: Result, policy: Policy) -> tuple[Watch, tuple[Flip, ...]]:
    """Take one result into account.

    Returns the new memory and the flips it caused: none, one, or two when there was a gap before
    it.  The first verdict after UNKNOWN is a flip too.  A result that is not newer than what is
    known changes nothing, and one that could not look leaves its reason only.
    """
    if result.outcome is Outcome.UNSEEN:
        return replace(watch, last_reason=result.reason), ()
    if watch.last_at is not None and result.at <= watch.last_at:
        return watch, ()
    watch, gap = forget(watch, result.at)
    letter = GOOD if result.outcome is Outcome.GOOD else BAD
    recent = (watch.recent + letter)[-policy.window :]
    state = verdict(watch.state, recent, policy)
    seen = replace(
        watch,
        recent=recent,
        last_at=result.at,
        last_reason=result.reason,
        last_seconds=result.seconds,
    )
    if state is watch.state:
        return seen, gap
    flip = Flip(target=watch.target, at=result.at, was=watch.state, now=state, reason=result.reason)
    return replace(seen, state=state, since=result.at, recent=evidence(state, recent)), (*gap, flip)


def verdict(state: Health, recent: str, policy: Policy) -> Health:
    """Return the state after these letters: 3 of 5 bad is down, 2 good in a row is up again."""
    needed = policy.goods if state is Health.DOWN else 1
    if state is not Health.UP and recent.endswith(GOOD * needed):
        return Health.UP
    if state is not Health.DOWN and recent.count(BAD) >= policy.failures:
        return Health.DOWN
    return state


def evidence(state: Health, recent: str) -> str:
    """Return the letters that still count after a flip.

    What made a target fail must not make it fail again once it is back.
    """
    return recent[len(recent.rstrip(GOOD)) :] if state is Health.UP else recent


def forget(watch: Watch, now: datetime) -> tuple[Watch, tuple[Flip, ...]]:
    """Return the memory after a time without news, and the flip to UNKNOWN if it was too long."""
    if watch.last_at is None:
        return watch, ()
    end = watch.last_at + stale_after(watch.interval)
    if end >= now:
        return watch, ()
    if watch.state is Health.UNKNOWN:
        return replace(watch, recent=""), ()
    flip = Flip(target=watch.target, at=end, was=watch.state, now=Health.UNKNOWN, reason=GAP)
    return replace(watch, state=Health.UNKNOWN, since=end, recent=""), (flip,)


def is_in_doubt(recent: str) -> bool:
    """Tell whether the last looks disagree, or the first ones failed: look again soon."""
    last = recent[-SETTLED:]
    return BAD in last and last != BAD * SETTLED


def soon(interval: timedelta) -> timedelta:
    """Return the rest before looking again in doubt: a dead line of 60 s is known within 90 s."""
    return min(interval, max(interval / DOUBT, SHORTEST_REST))


def is_ripe(oldest: datetime, newest: datetime, now: datetime) -> bool:
    """Tell whether untold flips may be told: one cut cable flips many halls, one after another."""
    return now - newest >= QUIET or now - oldest >= LONGEST_HOLD


def news(told: Health | None, flips: Sequence[Flip]) -> Flip | None:
    """Return the flip that is worth telling of these of one target, in order; mostly the last.

    News is a verdict other than the last one told, where silence meant up.  A gap is no verdict.
    """
    verdicts = [flip for flip in flips if flip.now is not Health.UNKNOWN]
    if not verdicts or verdicts[-1].now is (told or Health.UP):
        return None
    return verdicts[-1]


def problems(wish: NewTarget, networks: Iterable[Network] = ()) -> tuple[tuple[str, str], ...]:
    """Return what is wrong with a wished target as pairs of field and code."""
    return (*_host_problems(wish.host, networks), *_other_problems(wish))


def _host_problems(host: str, networks: Iterable[Network]) -> Iterator[tuple[str, str]]:
    address = parse(host)
    if address is None and not is_name(host):
        yield "host", "bad-host"
    elif "%" in host or (address is not None and not may_look(address, networks)):
        yield "host", "forbidden-address"


def _other_problems(wish: NewTarget) -> Iterator[tuple[str, str]]:
    if wish.probe is ProbeKind.ICMP and wish.port is not None:
        yield "port", "no-port-for-icmp"
    if wish.probe is not ProbeKind.ICMP and not 0 < (wish.port or 0) <= HIGHEST_PORT:
        yield "port", "bad-port"
    if PATH.fullmatch(wish.path) is None:
        yield "path", "bad-path"
    if not INTERVALS[0] <= wish.interval <= INTERVALS[1]:
        yield "interval_seconds", "out-of-range"
    if not TIMEOUTS[0] <= wish.timeout <= TIMEOUTS[1]:
        yield "timeout_seconds", "out-of-range"
