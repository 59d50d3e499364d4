"""How one hall is booked: the line it shares, and what it needs before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from meetings.audit import record
from meetings.directory.errors import StaleRecord
from meetings.model import Site, SiteId
from meetings.scheduling.reaches import reckon_again
from meetings.scheduling.resources import HallTerms
from meetings.store import Connection
from meetings.store import halls as store

BUFFERS = frozenset({"set_up_minutes", "tear_down_minutes"})
SAID = ("line", "set_up_minutes", "tear_down_minutes")


async def terms_of(conn: Connection, site: SiteId) -> HallTerms:
    """Return what a hall that is there says itself."""
    return await store.get_terms(conn, site)


async def locked_terms(conn: Connection, site: SiteId, version: int | None) -> HallTerms:
    """Return what a hall says; nobody changes the hall until the transaction ends.

    Raises:
        StaleRecord: somebody else changed the hall first (a version of None is never stale).
    """
    found = await store.lock_terms(conn, site)
    if version is not None and version != found.version:
        raise StaleRecord("site", site)
    return found


async def change_terms(
    conn: Connection,
    site: Site,
    changes: Mapping[str, Any],
    *,
    version: int | None,
    by: str,
    now: datetime,
) -> HallTerms:
    """Change how a hall is booked from now on; what is promised stays promised.

    It is held for coming conferences as it needs that now, where that is free.

    Raises:
        StaleRecord: as `locked_terms`.
    """
    before = await locked_terms(conn, site.id, version)
    after = replace(before, **changes)
    if after == before:
        return before
    await store.save_terms(conn, after)
    detail: dict[str, object] = {
        name: [getattr(before, name), getattr(after, name)]
        for name in SAID
        if getattr(before, name) != getattr(after, name)
    }
    if BUFFERS & detail.keys() and (moved := await reckon_again(conn, [site.id], now=now)):
        detail["holds"] = moved
    subject = f"site:{site.id}"
    await record(
        conn, actor=by, action="site.terms", subject=subject, unit=site.unit_id, detail=detail
    )
    return await store.get_terms(conn, site.id)
