"""Booking and what follows: a conference holds all its sites or none, from wish to end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from meetings import rules
from meetings.audit import record_change
from meetings.errors import NoSeats, SiteBusy, StaleVersion
from meetings.links.invitations import first_links
from meetings.model import Changes, Conference, ConferenceId, State, Wish
from meetings.office.workdays import local_day
from meetings.reforms.standing import standing_on
from meetings.scheduling.claiming import Claim, check_sites, claim_wish, refusal
from meetings.scheduling.refusing import PoolsAsked
from meetings.scheduling.seats import hold_seats
from meetings.store import Connection, holds, many
from meetings.store import conferences as store
from meetings.store.warnings import save_warnings


async def book(
    conn: Connection,
    wish: Wish,
    *,
    by: str,
    now: datetime,
    pools: PoolsAsked | None = None,
    maker: str | None = None,
    key: bytes | None = None,
) -> Conference:
    """Book a conference; its sites are promised from the commit on, and have links by the `key`.

    It is made, and looked after, by its `maker` where that is not the one who books it.  Locks the
    sites until the transaction ends.  Seats are held by whoever places the room; `pools` finds the
    only ones that are asked for.

    Raises:
        TooLate: the period is over, or began too long ago.
        SecretContent: the words carry a mark of secrecy.
        SitesNotFound, OfficialsNotFound: some do not exist or are not in use on that day.
        SiteBusy: with every reason, the rivals and three wishes that are free.
    """
    rules.check_period(wish.period, now=now)
    rules.check_secrecy(title=wish.title, note=wish.note, waiver=wish.waiver)
    claimed = await claim_wish(conn, wish, now=now, own=holds.NOBODY, pools=pools)
    number, warnings, maker = claimed.number, claimed.warnings, maker or by
    booked = replace(rules.booked(wish, number, by=maker, now=now), warnings=warnings)
    await store.insert_conference(
        conn,
        wish,
        by=maker,
        now=now,
        halls=claimed.halls.values(),
        warnings=warnings,
        number=number,
        links=first_links(booked, key) if key else (),
    )
    told = rules.overridden(booked)
    await record_change(conn, booked, "conference.book", by=by, sites=len(booked.sites), **told)
    return booked


async def amend(
    conn: Connection,
    conference: ConferenceId,
    changes: Changes,
    *,
    version: int | None,
    by: str,
    now: datetime,
) -> Conference:
    """Change a conference that is not over; its sites stay promised if the change fails.

    Raises:
        StaleVersion: somebody else changed it first (a version of None is never stale).
        IllegalMove: it is over, or it is live and more than its end and words were to change.
        TooLate, SitesNotFound, SiteBusy, SecretContent: as for a booking; seats are told alike.
    """
    rules.check_secrecy(title=changes.title, note=changes.note, waiver=changes.waiver)
    before = await _locked(conn, conference, version)
    after = rules.amended(before, changes)
    if after == replace(before, version=after.version):
        return before
    after = replace(after, changed_at=now)
    if rules.holds_differ(before, after):
        rules.check_move(before.period, after.period, now=now)
        after = await _hosted_then(conn, before, after)
        claimed = await _claim_for(conn, after, now=now)
        after = replace(after, warnings=claimed.warnings)
        await many.save_periods(conn, [after])  # its halls must be there on its new day
        if before.sites != after.sites:
            await many.save_invitations(conn, [after])
        if before.delegates != after.delegates:
            await many.save_delegates(conn, [after])
        await holds.save_holds(conn, after, claimed.halls.values())
        await _hold_seats_again(conn, after, now=now)
    await store.save_conference(conn, after)
    told = {**rules.difference(before, after), **await _warn(conn, after)}
    await record_change(conn, after, "conference.amend", by=by, **told)
    return after


async def _hosted_then(conn: Connection, before: Conference, after: Conference) -> Conference:
    """Return it held by who stands in its host's place on the day it moves to."""
    day = local_day(after.period.start)
    moved = day != local_day(before.period.start)
    return replace(after, host=await standing_on(conn, after.host, day)) if moved else after


async def cancel(
    conn: Connection,
    conference: ConferenceId,
    *,
    reason: str,
    version: int | None,
    by: str,
    now: datetime,
) -> Conference:
    """Call a conference off; its sites are free at once, its record stays.

    Raises:
        StaleVersion: somebody else changed it first (a version of None is never stale).
        IllegalMove: it has begun or is over.
    """
    before = await _locked(conn, conference, version)
    after = replace(rules.move(before, State.CANCELLED, now=now), cancel_reason=reason)
    await store.save_conference(conn, after)
    await holds.release_holds(conn, conference, min(before.period.start, now))
    await record_change(conn, after, "conference.cancel", by=by, reason=reason)
    return after


async def begin(
    conn: Connection, conference: ConferenceId, now: datetime, *, by: str = "program:lifecycle"
) -> Conference:
    """Note that a confirmed conference is live; one that is live or over stays as it is."""
    before = await store.lock_conference(conn, conference)
    if State.LIVE not in rules.NEXT_STATES[before.state]:
        return before
    after = rules.move(before, State.LIVE, now=now)
    await store.save_conference(conn, after)
    await record_change(conn, after, "conference.begin", by=by, at=now.isoformat())
    return after


async def begin_due(conn: Connection, now: datetime) -> list[ConferenceId]:
    """Begin every confirmed conference whose start has come; return their ids."""
    due = await store.list_to_begin(conn, now)
    for conference in due:
        await begin(conn, conference, now)
    return due


async def end(conn: Connection, conference: ConferenceId, *, by: str, now: datetime) -> Conference:
    """End a conference; its sites are free from now on.  One that is over stays as it is.

    Raises:
        IllegalMove: it was never confirmed, or was cancelled.
    """
    before = await store.lock_conference(conn, conference)
    if before.state in {State.ENDED, State.CLOSED}:
        return before
    after = replace(rules.move(before, State.ENDED, now=now), ended_at=now)
    await store.save_conference(conn, after)
    await holds.release_holds(conn, conference, now, tear_down=True)
    await record_change(conn, after, "conference.end", by=by, at=now.isoformat())
    return after


async def close(
    conn: Connection, conference: ConferenceId, *, version: int | None, by: str, now: datetime
) -> Conference:
    """Sign the sheet: from now on the record is only amended."""
    before = await _locked(conn, conference, version)
    after = rules.move(before, State.CLOSED, now=now)
    await store.save_conference(conn, after)
    await record_change(conn, after, "conference.close", by=by)
    return after


async def _locked(conn: Connection, conference: ConferenceId, version: int | None) -> Conference:
    found = await store.lock_conference(conn, conference)
    if version is not None and version != found.version:
        raise StaleVersion(conference, found.version)
    return found


async def claim(
    conn: Connection,
    conference: Conference,
    *,
    now: datetime,
    pools: PoolsAsked | None = None,
) -> Conference:
    """Make the holds of a conference firm that was only asked for; it comes as confirmed.

    Returns it with what speaks against it.  Locks all that it needs until the transaction ends;
    `pools` finds the only seats asked for.

    Raises:
        TooLate, SitesNotFound, OfficialsNotFound, SiteBusy: as for a booking.
    """
    rules.check_period(conference.period, now=now)
    wish = rules.wish_of(conference)
    claimed = await claim_wish(conn, wish, now=now, own=conference.id, pools=pools)
    confirmed = replace(conference, state=State.CONFIRMED, warnings=claimed.warnings)
    await holds.save_holds(conn, confirmed, claimed.halls.values())
    await _warn(conn, confirmed)
    return confirmed


async def _claim_for(conn: Connection, conference: Conference, *, now: datetime) -> Claim:
    """Claim what a changed conference needs; one that is only asked for claims nothing."""
    wish = rules.wish_of(conference)
    if conference.state in rules.UNPROMISED:
        return Claim(halls=await check_sites(conn, wish))
    return await claim_wish(conn, wish, now=now, own=conference.id, again=True)


async def _warn(conn: Connection, conference: Conference) -> dict[str, object]:
    """Record what was said against a conference and overridden; return it for the audit."""
    await save_warnings(conn, [(conference.id, conference.version, conference.warnings)])
    return rules.overridden(conference)


async def _hold_seats_again(conn: Connection, conference: Conference, *, now: datetime) -> None:
    pool = await holds.find_pool(conn, conference.id)
    if pool is None:
        return
    try:
        await hold_seats(conn, conference, pool, seats=len(conference.sites))
    except NoSeats as error:
        raise await short_of_seats(conn, conference, error, now=now, again=True) from error


async def short_of_seats(
    conn: Connection,
    conference: Conference,
    error: NoSeats,
    *,
    now: datetime,
    again: bool = False,
    pools: PoolsAsked | None = None,
) -> SiteBusy | NoSeats:
    """Return why a conference that was claimed got no seats, with what else would be free."""
    wish = rules.wish_of(conference)
    busy = await refusal(conn, wish, now=now, own=conference.id, again=again, pools=pools)
    return busy if busy.reasons else error
