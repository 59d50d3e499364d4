"""Taking the halls of conferences of lower rank: shown first, then done in one transaction.

Who gives way is never cancelled: it is a request again, its holds are tentative, and its owner
is told with other times and halls that are free.  Its line test is called off: there is nothing to
test while it has no halls, and it is planned again once it has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from meetings import rules
from meetings.approval.approving import confirm
from meetings.approval.asking import ask_again
from meetings.approval.errors import Protected, Unseen
from meetings.audit import record_change
from meetings.directory.finding import units_by_ids
from meetings.letters.notices import Notice
from meetings.letters.notifying import tell_owner
from meetings.model import Conference, ConferenceId, State
from meetings.scheduling import booking
from meetings.scheduling.claiming import refusal
from meetings.scheduling.conferences import conferences_by_ids
from meetings.scheduling.precedence import may_displace, standing_of
from meetings.scheduling.refusing import PoolsAsked
from meetings.store import Connection, conferences, holds, line_tests
from meetings.store import approvals as store

REASON = "Hội nghị chính đã nhường lịch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who would give way, who would not, and the mark of exactly this answer."""

    displaced: tuple[Conference, ...]
    protected: tuple[Conference, ...]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The conference that got the halls, those that gave way, and their line tests."""

    conference: Conference
    displaced: tuple[Conference, ...]
    called_off: tuple[ConferenceId, ...]


async def plan_for(conn: Connection, wanted: Conference, *, now: datetime) -> Plan:
    """Return what confirming the conference would displace; a preview, nothing is locked."""
    found = await _rivals(conn, wanted)
    return await _planned(conn, wanted, await conferences_by_ids(conn, found), now=now)


async def confirm_over(
    conn: Connection,
    before: Conference,
    *,
    digest: str,
    by: str,
    now: datetime,
    pools: PoolsAsked | None = None,
) -> Outcome:
    """Confirm a locked request over those of lower rank, if the digest says they were seen.

    Locks the rivals and their line tests in the order of their ids before the halls, so that two
    never wait for each other; a rival that comes meanwhile makes the claim fail and undoes all.

    Raises:
        Protected: somebody in the way gives way to nobody, or not to this conference.
        Unseen: others would give way than those the digest stands for.
        TooLate, SitesNotFound, SiteBusy: as for a booking.
    """
    found = await _rivals(conn, before)
    tests = await line_tests.list_rehearsals(conn, found)
    ordered = sorted({*found, *tests.values()})
    locked = [await conferences.lock_conference(conn, one) for one in ordered]
    rivals = [one for one in locked if one.id in found]
    plan = await _planned(conn, before, rivals, now=now)
    if plan.protected:
        raise Protected(plan.displaced, plan.protected, plan.digest)
    if plan.displaced and plan.digest != digest:
        raise Unseen(plan.displaced, plan.protected, plan.digest)
    off = await _call_off_tests(conn, {one.id for one in plan.displaced}, by=by, now=now)
    yields = [one for one in plan.displaced if one.id not in off]
    gone = tuple([await _displace(conn, one, before.id, by=by, now=now) for one in yields])
    ids = [one.id for one in gone]
    after = await confirm(conn, before, by=by, now=now, pools=pools, displaced=ids)
    await _tell_displaced(conn, gone, after, now=now)
    return Outcome(conference=after, displaced=gone, called_off=off)


def digest_of(found: Iterable[Conference]) -> str:
    """Return a mark that changes when any of these conferences does."""
    text = " ".join(f"{one.id}/{one.version}" for one in sorted(found, key=lambda one: one.id))
    return sha256(text.encode()).hexdigest()[:32]


async def _rivals(conn: Connection, wanted: Conference) -> frozenset[ConferenceId]:
    rivals = await holds.list_rivals(conn, wanted.sites, wanted.period, own=wanted.id)
    return frozenset(rival.conference for rival in rivals)


async def _planned(
    conn: Connection, wanted: Conference, rivals: Sequence[Conference], *, now: datetime
) -> Plan:
    hosts = await units_by_ids(conn, {wanted.host, *(one.host for one in rivals)})
    new = standing_of(wanted, hosts[wanted.host])
    ordered = sorted(rivals, key=lambda one: (one.period.start, one.id))
    yields = {
        one.id: may_displace(new, standing_of(one, hosts[one.host]), now=now) for one in ordered
    }
    displaced = tuple(one for one in ordered if yields[one.id])
    return Plan(
        displaced=displaced,
        protected=tuple(one for one in ordered if not yields[one.id]),
        digest=digest_of(displaced),
    )


async def _displace(
    conn: Connection, before: Conference, by_conference: ConferenceId, *, by: str, now: datetime
) -> Conference:
    """Make a confirmed conference a request again; its holds block nobody, its seats are free."""
    after = rules.move(before, State.REQUESTED, now=now)
    await conferences.save_conference(conn, after)
    await holds.save_holds(conn, after)
    await store.delete_seats(conn, after.id)
    await record_change(conn, after, "conference.displace", by=by, displaced_by=by_conference)
    await ask_again(conn, after, by=by, now=now, displaced_by=by_conference)
    return after


async def _call_off_tests(
    conn: Connection, mains: Collection[ConferenceId], *, by: str, now: datetime
) -> tuple[ConferenceId, ...]:
    """Call the line tests of locked conferences off that have not begun."""
    found = (await line_tests.list_rehearsals(conn, mains)).values()
    tests = [await conferences.lock_conference(conn, one) for one in sorted(found)]
    off = tuple(one.id for one in tests if State.CANCELLED in rules.NEXT_STATES[one.state])
    for one in off:
        await booking.cancel(conn, one, reason=REASON, version=None, by=by, now=now)
    return off


async def _tell_displaced(
    conn: Connection, gone: Sequence[Conference], winner: Conference, *, now: datetime
) -> None:
    """Tell owners with what is free now that the winner holds its halls."""
    for one in gone:
        busy = await refusal(conn, rules.wish_of(one), now=now, own=one.id)
        ways, reason = busy.alternatives, winner.title
        await tell_owner(conn, Notice.DISPLACED, one, now=now, ways=ways, reason=reason)
