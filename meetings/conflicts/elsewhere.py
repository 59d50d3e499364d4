"""Other halls for a wish at its own time: some stand in for those that are taken, or fall away.

The main hall never falls away, since the chair sits there; and who asked for several halls is not
offered one alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from meetings.ids import SiteId
from meetings.model import Wish
from meetings.scheduling.ways import Alternative, WayKind

FEWEST = 2
"""With fewer halls it is no conference of several."""


def other_halls(
    wish: Wish, taken: frozenset[SiteId], spares: Mapping[SiteId, SiteId]
) -> tuple[Alternative, ...]:
    """Return the wish with each hall that is taken replaced, if every one has a spare."""
    if not taken or not taken <= spares.keys():
        return ()
    return (replaced(wish, taken, spares, WayKind.OTHER_HALLS),)


def fewer_sites(
    wish: Wish,
    taken: frozenset[SiteId],
    spares: Mapping[SiteId, SiteId],
    *,
    room: int | None = None,
) -> tuple[Alternative, ...]:
    """Return the wish without the halls that are taken, and no more halls than there is room for.

    Where only some can be replaced, these are; where all can, that is offered apart, and here
    only the main hall is.
    """
    needed = {wish.main_site} & taken
    standing = needed if taken <= spares.keys() else taken & spares.keys()
    if not needed <= standing:
        return ()
    less = replaced(wish, taken, {one: spares[one] for one in standing}, WayKind.FEWER_SITES)
    if room is not None:
        less = narrowed(less, wish, room)
    if not FEWEST <= len(less.sites) < len(wish.sites):
        return ()
    return (less,)


def replaced(
    wish: Wish, taken: frozenset[SiteId], spares: Mapping[SiteId, SiteId], kind: WayKind
) -> Alternative:
    """Return the wish without what is taken, with what stands in for it."""
    sites = (wish.sites - taken) | {spares[site] for site in taken & spares.keys()}
    return Alternative(
        main_site=spares.get(wish.main_site, wish.main_site),
        sites=sites,
        period=wish.period,
        kind=kind,
        left_out=wish.sites - sites,
        added=sites - wish.sites,
    )


def narrowed(one: Alternative, wish: Wish, room: int) -> Alternative:
    """Return a way with so many halls at most: the main one, then those that came first."""
    others = sorted(one.sites - {one.main_site})
    sites = frozenset([one.main_site, *others][: max(1, room)])
    return replace(one, sites=sites, left_out=wish.sites - sites, added=sites - wish.sites)
