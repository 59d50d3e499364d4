"""Claiming: all that a wish needs is locked and free, or the refusal says why it is not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from meetings.conflicts import HORIZON, alternatives
from meetings.errors import NotFree, OfficialsNotFound, SiteBusy, SitesNotFound
from meetings.model import ConferenceId, Period, SiteId, Wish
from meetings.resources import Hall
from meetings.store import Connection, claims, holds
from meetings.store.officials import list_in_office
from meetings.workdays import ZONE, local_day


async def check_sites(conn: Connection, wish: Wish) -> Mapping[SiteId, Hall]:
    """Make sure that halls and officials are in use, and return the halls; others may hold them.

    Raises:
        SitesNotFound, OfficialsNotFound: some do not exist or are not in use on that day.
    """
    day = local_day(wish.period.start)
    halls = await claims.list_halls(conn, wish.sites, on=day)
    if halls.keys() != wish.sites:
        raise SitesNotFound(wish.sites - halls.keys())
    if wish.officials:
        missing = wish.officials - await list_in_office(conn, wish.officials, on=day)
        if missing:
            raise OfficialsNotFound(missing)
    return halls


async def claim_wish(
    conn: Connection, wish: Wish, *, now: datetime, own: ConferenceId
) -> Mapping[SiteId, Hall]:
    """Lock all that is wished for, make sure that it can be had, and return the halls."""
    halls = await check_sites(conn, wish)
    await claims.lock(conn, wish, halls)
    if await claims.is_near(conn, wish, halls, own=own):
        raise await refusal(conn, wish, now=now, own=own)
    return halls


async def refusal(
    conn: Connection, wish: Wish, *, now: datetime, own: ConferenceId
) -> SiteBusy | NotFree:
    """Return why the sites cannot be promised, with what else would be free."""
    rivals = await holds.list_rivals(conn, wish.sites, wish.period, own=own)
    if not rivals:
        return NotFree()
    ahead = Period(now, max(now, wish.period.end) + HORIZON + timedelta(days=1))
    busy = await holds.list_busy(conn, wish.sites, ahead, own=own)
    last_day = await holds.find_last_day(conn, wish.sites)
    until = datetime.combine(last_day, time(), ZONE).astimezone(UTC) if last_day else None
    taken = frozenset(rival.site for rival in rivals)
    return SiteBusy(rivals, alternatives(wish, busy, taken=taken, now=now, until=until))
