"""Waiting for halls that others hold: in order of rank, then of time; a freed slot is offered.

An offer holds nothing.  It says that the halls are free now and that nobody else on the list is
asked meanwhile; whoever lets it pass goes behind those who had none.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from meetings import rules
from meetings.approval import asking
from meetings.approval.errors import NotWaiting
from meetings.audit import record_change
from meetings.directory.finding import unit_by_id
from meetings.errors import IllegalMove, OfficialsNotFound, SitesNotFound
from meetings.letters.notices import Notice, clock
from meetings.letters.notifying import tell_owner
from meetings.model import Conference, ConferenceId, State, UnitId, Wish
from meetings.scheduling.claiming import check_sites
from meetings.scheduling.precedence import rank_number, standing_of
from meetings.store import Connection, claims, conferences
from meetings.store import waiting as store
from meetings.store.waiting import Waiting

__all__ = ["Waiting"]

OFFER = timedelta(hours=4)
SHORTEST = timedelta(minutes=15)


async def wait(conn: Connection, wish: Wish, *, bridge: str, by: str, now: datetime) -> Conference:
    """Keep a wish as a draft that waits for its halls."""
    kept = await asking.draft(conn, wish, bridge=bridge, by=by, now=now)
    await _put(conn, kept, by=by, now=now)
    return kept


async def put_on_list(
    conn: Connection, conference: ConferenceId, *, by: str, now: datetime
) -> Conference:
    """Let a draft, or a request that was refused, wait for its halls.

    Raises:
        IllegalMove: it is neither.
        TooLate: its time has come.
    """
    found = await conferences.lock_conference(conn, conference)
    rules.check_period(found.period, now=now)
    if found.state is State.REFUSED:
        found = replace(rules.move(found, State.DRAFT, now=now), cancel_reason="")
        await conferences.save_conference(conn, found)
    if found.state is not State.DRAFT:
        raise IllegalMove(conference, found.state, State.DRAFT)
    await _put(conn, found, by=by, now=now)
    return found


async def _put(conn: Connection, conference: Conference, *, by: str, now: datetime) -> None:
    host = await unit_by_id(conn, conference.host)
    rank = rank_number(standing_of(conference, host))
    await store.save_waiting(conn, conference.id, by=by, now=now, rank=rank)
    await record_change(conn, conference, "conference.wait", by=by)


async def waiting_of(conn: Connection, conference: ConferenceId) -> Waiting:
    """Return since when a draft waits, or raise NotWaiting."""
    return await store.get_waiting(conn, conference)


async def leave(conn: Connection, conference: ConferenceId, *, by: str, now: datetime) -> None:
    """Wait no more; the draft stays.

    Raises:
        NotWaiting: it does not stand on the list.
    """
    found = await conferences.lock_conference(conn, conference)
    if not await store.end_waiting(conn, conference, now):
        raise NotWaiting(conference)
    await record_change(conn, found, "conference.leave", by=by)


async def offer_freed(conn: Connection, now: datetime) -> list[ConferenceId]:
    """Offer free halls to who waits for them; return to whom.

    Two of these never offer the same slot: one looks at a time, and the rows are locked.
    """
    if not await store.try_turn(conn):
        return []
    await store.end_over(conn, now)
    offered = []
    for conference in await store.claim_waiting(conn, now):
        found = await conferences.get_conference(conn, conference)
        if await store.is_still_alone(conn, conference, now) and await is_free(conn, found):
            await _offer(conn, found, now=now)
            offered.append(conference)
    return offered


async def is_free(conn: Connection, wanted: Conference) -> bool:
    """Tell whether all that a draft needs could be had now; no promise is locked."""
    wish = rules.wish_of(wanted)
    try:
        halls = await check_sites(conn, wish)
    except (SitesNotFound, OfficialsNotFound):
        return False
    return not await claims.is_near(conn, wish, halls, own=wanted.id)


async def _offer(conn: Connection, conference: Conference, *, now: datetime) -> None:
    until = max(now + SHORTEST, min(now + OFFER, conference.period.start))
    await store.save_offer(conn, conference.id, until)
    await record_change(
        conn, conference, "conference.offer", by="program:waiting", until=until.isoformat()
    )
    key = f"{Notice.OFFER}/{conference.id}/{until.isoformat()}"
    await tell_owner(conn, Notice.OFFER, conference, now=now, until=clock(until), key=key)


async def list_waiting(
    conn: Connection,
    units: Collection[UnitId],
    *,
    after: int = 0,
    limit: int = 200,
    offered: datetime | None = None,
) -> list[Waiting]:
    """Return what waits for hosts in these subtrees, with a moment only what is offered then."""
    return await store.list_waiting(conn, units, after=after, limit=limit, offered=offered)
