"""What a series relays: said once for its coming dates and for those that are yet to be made."""

from __future__ import annotations

from datetime import datetime

from meetings.content.agenda import length_minutes
from meetings.content.cascading import plan_upstream, relay, relay_no_more
from meetings.content.planning import CHANGEABLE
from meetings.content.upstreams import Upstream
from meetings.model import Conference
from meetings.series.plan import Series, SeriesId
from meetings.series.writing import tell
from meetings.store import Connection
from meetings.store import upstreams as store
from meetings.store.occurrences import list_held
from meetings.store.series import lock_series
from meetings.store.seriesedits import lock_dates


async def plan_for_series(
    conn: Connection,
    series: SeriesId,
    conference: Conference,
    upstream: Upstream | None,
    *,
    version: int | None,
    by: str,
    now: datetime,
) -> int:
    """Write, or take away, what one date and all coming ones relay; return that date's version.

    A date that does not invite the relaying hall is left as it is.

    Raises:
        StaleVersion, IllegalMove, SitesNotFound, SecretContent, UpstreamNotFound: as for one date.
    """
    found = await lock_series(conn, series)
    await lock_dates(conn, series)
    after = await plan_upstream(conn, conference.id, upstream, version=version, by=by, now=now)
    coming = [one for one in await others(conn, found, conference) if one.period.start > now]
    if upstream is None:
        await store.delete_series_upstream(conn, series)
        dates = await relay_no_more(conn, coming, by=by, now=now)
    else:
        await store.save_series_upstream(conn, series, upstream)
        fitted = [
            (one, upstream.fitted(length_minutes(one.period)))
            for one in coming
            if upstream.relay in one.sites
        ]
        await relay(conn, fitted, by=by, now=now)
        dates = len(fitted)
    told = {"name": upstream.name} if upstream else {}
    await tell(conn, series, "series.relay", unit=found.wish.host, by=by, dates=dates + 1, **told)
    return after


async def others(conn: Connection, series: Series, conference: Conference) -> list[Conference]:
    """Return the dates of a series that can be changed, but for one."""
    held = (await list_held(conn, series.id)).values()
    return [one for one in held if one.id != conference.id and one.state in CHANGEABLE]
