"""Asking for a conference: a draft for oneself, a request that others answer, taken back again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from meetings import rules
from meetings.approval.approving import confirm, let_go, locked
from meetings.approval.chains import Request, Step, own_step
from meetings.audit import record_change
from meetings.letters.notifying import tell_approvers
from meetings.model import Conference, ConferenceId, Kind, State, UnitId, Wish
from meetings.scheduling.claiming import check_sites
from meetings.scheduling.refusing import PoolsAsked
from meetings.scheduling.terms import terms_of
from meetings.store import Connection, conferences, holds
from meetings.store import approvals as store


async def steps_for(conn: Connection, host: UnitId, kind: Kind) -> tuple[Step, ...]:
    """Return who must agree to a conference of that host and kind; nobody where none is set."""
    return (await terms_of(conn, host, kind)).steps


async def draft(conn: Connection, wish: Wish, *, bridge: str, by: str, now: datetime) -> Conference:
    """Keep a wish as a draft: it holds nothing and only the host's subtree sees it."""
    return await _keep(conn, wish, State.DRAFT, (), bridge=bridge, by=by, now=now)


async def request(
    conn: Connection, wish: Wish, *, steps: Sequence[Step], bridge: str, by: str, now: datetime
) -> Conference:
    """Ask for a conference; without steps of a chain, a leader over the host answers.

    Raises:
        TooLate, SitesNotFound: as for a booking; others may hold the sites.
    """
    chain = steps or (own_step(wish.host),)
    return await _keep(conn, wish, State.REQUESTED, chain, bridge=bridge, by=by, now=now)


async def _keep(
    conn: Connection,
    wish: Wish,
    state: State,
    steps: Sequence[Step],
    *,
    bridge: str,
    by: str,
    now: datetime,
) -> Conference:
    rules.check_period(wish.period, now=now)
    rules.check_secrecy(title=wish.title, note=wish.note, waiver=wish.waiver)
    await check_sites(conn, wish)
    identity = await conferences.insert_conference(conn, wish, by=by, now=now, state=state)
    kept = rules.booked(wish, identity, by=by, now=now, state=state)
    asked = Request(
        conference=identity,
        bridge=bridge,
        round=1 if steps else 0,
        asked_by=by,
        asked_at=now,
        displaced_by=None,
    )
    await store.save_request(conn, asked, steps)
    action = "conference.request" if steps else "conference.draft"
    await record_change(conn, kept, action, by=by, sites=len(kept.sites))
    if steps:
        await tell_approvers(conn, steps[0], kept, now=now)
    return kept


async def submit(
    conn: Connection,
    conference: ConferenceId,
    *,
    version: int | None,
    by: str,
    now: datetime,
    pools: PoolsAsked | None = None,
) -> Conference:
    """Send a draft off; where nobody must agree it is confirmed at once.

    `pools` finds the seats of the bridge that the draft names.

    Raises:
        StaleVersion, IllegalMove: it is no draft any more, or was changed meanwhile.
        TooLate, SitesNotFound, SiteBusy: as for a booking.
    """
    before = await locked(conn, conference, version, State.DRAFT, to=State.REQUESTED)
    steps = await steps_for(conn, before.host, before.kind)
    if not steps:
        return await confirm(conn, before, by=by, now=now, pools=pools)
    rules.check_period(before.period, now=now)
    after = rules.move(before, State.REQUESTED, now=now)
    await conferences.save_conference(conn, after)
    await holds.save_holds(conn, after)
    await record_change(conn, after, "conference.request", by=by, sites=len(after.sites))
    await ask_again(conn, after, by=by, now=now, steps=steps)
    return after


async def ask_again(
    conn: Connection,
    conference: Conference,
    *,
    by: str,
    now: datetime,
    steps: Sequence[Step] = (),
    displaced_by: ConferenceId | None = None,
) -> None:
    """Begin a new round of answers: what was agreed to before has changed."""
    chain = steps or await steps_for(conn, conference.host, conference.kind)
    chain = chain or (own_step(conference.host),)
    before = await store.find_request(conn, conference.id)
    asked = Request(
        conference=conference.id,
        bridge=before.bridge if before else "",
        round=before.round + 1 if before else 1,
        asked_by=by,
        asked_at=now,
        displaced_by=displaced_by,
    )
    await store.save_request(conn, asked, chain)
    await tell_approvers(conn, chain[0], conference, now=now)


async def withdraw(
    conn: Connection, conference: ConferenceId, *, version: int | None, by: str, now: datetime
) -> Conference:
    """Take a request back; it is a draft again.

    Raises:
        StaleVersion, IllegalMove: it was changed meanwhile, or is no request (any more).
    """
    before = await locked(conn, conference, version, State.REQUESTED, to=State.DRAFT)
    after = rules.move(before, State.DRAFT, now=now)
    await let_go(conn, after, now=now)
    await record_change(conn, after, "conference.withdraw", by=by)
    return after
