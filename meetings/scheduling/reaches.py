"""Reaches: what halls are held for around conferences booked before their needs changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from meetings.ids import SiteId
from meetings.model import Period, Rival
from meetings.office.workdays import local_day
from meetings.scheduling.resources import Hall
from meetings.store import Connection, grounds
from meetings.store import reaches as store
from meetings.store.occurrences import lock_gate
from meetings.store.reaches import Promise, list_sites_below

__all__ = ["left_behind", "list_sites_below", "needed", "reckon_again", "to_move"]


def needed(one: Promise, halls: Mapping[SiteId, Hall], now: datetime) -> Period:
    """Return from when until when the hall is needed as it is booked now; what began, began."""
    hall = halls.get(one.rival.site)
    if hall is None or not one.coming:
        return one.kept
    reach = hall.reach(one.rival.period)
    return Period(one.kept.start, reach.end) if one.rival.period.start <= now else reach


def to_move(
    promises: Iterable[Promise],
    halls: Mapping[SiteId, Hall],
    blacked_out: Mapping[SiteId, Sequence[Period]],
    now: datetime,
) -> Iterator[Promise]:
    """Yield the promises that can be kept as halls need it now, in an order that never clashes."""
    by_site: dict[SiteId, list[Promise]] = {}
    for one in promises:
        by_site.setdefault(one.rival.site, []).append(one)
    for site, found in by_site.items():
        waiting = [(one, needed(one, halls, now)) for one in found]
        yield from to_move_in_one(waiting, blacked_out.get(site, ()))


def to_move_in_one(
    waiting: Iterable[tuple[Promise, Period]], blacked_out: Sequence[Period]
) -> Iterator[Promise]:
    """Yield the promises of one hall that can be kept as is needed.

    Those that need less make room for those that need more.  Firm ones keep apart, so that only
    the one before and the one after can be in the way.
    """
    order = sorted(waiting, key=lambda pair: pair[0].kept.start)
    firm = [one for one, _ in order if one.firm]
    kept = [one.kept for one in firm]
    place = {one.rival.conference: number for number, one in enumerate(firm)}
    for one, wanted in sorted(order, key=lambda pair: not within(pair[1], pair[0].kept)):
        if wanted == one.kept:
            continue
        if one.firm:
            at = place[one.rival.conference]
            others = kept[max(0, at - 1) : at] + kept[at + 1 : at + 2]
            others += [black for black in blacked_out if not black.overlaps(one.kept)]
            if any(map(wanted.overlaps, others)):
                continue
            kept[at] = wanted
        yield replace(one, kept=wanted)


def within(one: Period, other: Period) -> bool:
    """Tell whether a period lies in another."""
    return other.start <= one.start and one.end <= other.end


async def reckon_again(conn: Connection, sites: Collection[SiteId], *, now: datetime) -> int:
    """Hold halls for what is promised as they need it now, where that is free; return how many.

    Nobody books, ends or calls off what these halls are held for until the transaction ends.
    """
    await store.lock_promised(conn, sites, now)
    await lock_gate(conn)
    halls = await grounds.list_halls(conn, sites, on=local_day(now))
    promises = await store.list_promises(conn, sites, now)
    black = await store.list_blacked_out(conn, sites, now)
    moved = list(to_move(promises, halls, black, now))
    await store.save_promises(conn, moved)
    return len(moved)


async def left_behind(conn: Connection, sites: Collection[SiteId], *, now: datetime) -> list[Rival]:
    """Return for which coming conferences halls are not held as they need it now.

    Something else stands in the way; they are held as they were.
    """
    halls = await grounds.list_halls(conn, sites, on=local_day(now))
    misfits = await store.list_misfits(conn, list(halls.values()), now)
    return [one.rival for one in misfits if needed(one, halls, now) != one.kept]
