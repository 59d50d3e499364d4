"""Reaches: what halls are held for around conferences booked before their needs changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from meetings.ids import SiteId
from meetings.model import Period, Rival
from meetings.resources import Hall
from meetings.store import Connection, claims
from meetings.store import reaches as store
from meetings.store.occurrences import lock_gate
from meetings.store.reaches import Promise, list_sites_below
from meetings.workdays import local_day

__all__ = ["left_behind", "list_sites_below", "needed", "reckon_again", "to_move"]


def needed(one: Promise, halls: Mapping[SiteId, Hall], now: datetime) -> Period:
    """Return from when until when the hall is needed as it is booked now; what began, began."""
    hall = halls.get(one.rival.site)
    if hall is None or not one.coming:
        return one.kept
    reach = hall.reach(one.rival.period)
    return Period(one.kept.start, reach.end) if one.rival.period.start <= now else reach


def to_move(
    promises: Sequence[Promise],
    halls: Mapping[SiteId, Hall],
    blacked_out: Mapping[SiteId, Sequence[Period]],
    now: datetime,
) -> Iterator[Promise]:
    """Yield the promises that can be kept as halls need it now, in an order that never clashes.

    Those that need less make room for those that need more.
    """
    kept = {(one.rival.site, one.rival.conference): one.kept for one in promises if one.firm}
    waiting = [(one, needed(one, halls, now)) for one in promises]
    waiting.sort(key=lambda pair: (not within(pair[1], pair[0].kept), pair[0].rival.period.start))
    for one, wanted in waiting:
        site, me = one.rival.site, (one.rival.site, one.rival.conference)
        others = [period for key, period in kept.items() if key[0] == site and key != me]
        others += [black for black in blacked_out.get(site, ()) if not black.overlaps(one.kept)]
        if wanted == one.kept or (one.firm and any(map(wanted.overlaps, others))):
            continue
        if one.firm:
            kept[me] = wanted
        yield replace(one, kept=wanted)


def within(one: Period, other: Period) -> bool:
    """Tell whether a period lies in another."""
    return other.start <= one.start and one.end <= other.end


async def reckon_again(conn: Connection, sites: Collection[SiteId], *, now: datetime) -> int:
    """Hold halls for what is promised as they need it now, where that is free; return how many.

    Nobody books until the transaction ends.
    """
    await lock_gate(conn)
    halls = await claims.list_halls(conn, sites, on=local_day(now))
    promises = await store.list_promises(conn, sites, now)
    black = await store.list_blacked_out(conn, sites, now)
    moved = list(to_move(promises, halls, black, now))
    for one in moved:
        await store.save_promise(conn, one)
    return len(moved)


async def left_behind(conn: Connection, sites: Collection[SiteId], *, now: datetime) -> list[Rival]:
    """Return for which coming conferences halls are not held as they need it now.

    Something else stands in the way; they are held as they were.
    """
    halls = await claims.list_halls(conn, sites, on=local_day(now))
    return [
        one.rival
        for one in await store.list_promises(conn, sites, now)
        if one.firm and needed(one, halls, now) != one.kept
    ]
