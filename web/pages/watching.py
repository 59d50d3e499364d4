"""What the watch knows of halls, as pages about conferences need it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from meetings.model import SiteId
from meetings.store import Connection


async def health_of(
    conn: Connection, sites: Collection[SiteId]
) -> Mapping[SiteId, tuple[str, datetime | None]]:
    """Return state and since when for those of the sites that are looked at."""
    _ = conn, sites
    return {}
