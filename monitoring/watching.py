"""Remembering what looks found, and keeping the raw results for two weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from meetings.news import announce
from meetings.store import Connection
from monitoring.model import Flip, Policy, Result, TargetId, Watch
from monitoring.rules import judge
from monitoring.store import watches as store

USUAL_POLICY = Policy()
DAYS_KEPT = timedelta(days=14)
DAYS_AHEAD = timedelta(days=3)


async def record(
    conn: Connection, results: Sequence[Result], policy: Policy = USUAL_POLICY
) -> list[Flip]:
    """Take a batch of results into account; return the flips it caused.

    Five statements whatever the batch's size.  Results of targets that were removed meanwhile are
    dropped; the same result again is kept twice among the raw ones and judged once.
    """
    if not results:
        return []
    before = await store.lock_watches(conn, {result.target for result in results})
    known = [result for result in results if result.target in before]
    after, flips = judge_all(before, known, policy)
    await store.save_watches(conn, list(after.values()))
    await store.insert_results(conn, known)
    if flips:
        await store.insert_flips(conn, flips)
        await announce(conn, "board")
    return flips


def judge_all(
    before: Mapping[TargetId, Watch], results: Sequence[Result], policy: Policy
) -> tuple[dict[TargetId, Watch], list[Flip]]:
    """Judge the results in the order of their times."""
    after = dict(before)
    flips: list[Flip] = []
    for result in sorted(results, key=lambda result: result.at):
        after[result.target], caused = judge(after[result.target], result, policy)
        flips.extend(caused)
    return after, flips


async def keep_results(conn: Connection, now: datetime) -> None:
    """Make the next days' partitions and drop those past two weeks; harmless when repeated."""
    today = now.astimezone(UTC).date()
    await store.keep_results(conn, since=today - DAYS_KEPT, until=today + DAYS_AHEAD)
