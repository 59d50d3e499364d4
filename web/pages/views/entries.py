"""Short lines beside a hall: what it is promised to, and what changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from meetings.model import SiteId
from meetings.store import Connection
from meetings.store.overview import Overview, list_overlapping
from monitoring.model import Happening, Health
from web.access.tier_sight import untold_at
from web.formats import day_and_time
from web.pages.home.watching import reason_words
from web.pages.reading import Reader
from web.pages.views.calendar import title_of
from web.permissions import Permission
from web.wording import phrases

UPCOMING = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A conference, or a change, with its moment."""

    title: str
    when: str
    url: str = ""
    state: str = ""


def conference_entry(overview: Overview, reader: Reader) -> Entry:
    """Return a conference that the hall is promised to."""
    return Entry(
        title=title_of(overview, reader.speech),
        when=reader.speech.span(overview.period),
        url=f"/conferences/{overview.id}" if overview.visible else "",
    )


async def coming_of(
    conn: Connection, site: SiteId, reader: Reader, *, until: datetime
) -> dict[str, Any]:
    """Return the next conferences that want the hall, and how many follow them."""
    units = reader.units(Permission.READ_CONFERENCES)
    found, total = await list_overlapping(
        conn, units, start=reader.now, end=until, site=site, limit=UPCOMING
    )
    told = await untold_at(conn, reader.actor, site, found)
    upcoming = [conference_entry(one, reader) for one in told]
    return {"upcoming": upcoming, "later": total - len(found)}


def change_entry(change: Happening, reader: Reader) -> Entry:
    """Return one change of a device."""
    speech, state = reader.speech, change.now.value
    reason = reason_words(change.reason, speech) if change.now is not Health.UP else ""
    words = f"{change.device}: {speech.word(phrases.HEALTH[state]).lower()}"
    return Entry(
        title=f"{words} ({reason})" if reason else words,
        when=day_and_time(change.at),
        state=phrases.HEALTH_LOOKS[state],
    )
