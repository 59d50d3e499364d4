"""What the watch knows of halls, in the words of pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from meetings.model import SiteId
from meetings.store import Connection
from monitoring.board import board
from monitoring.model import Health, SiteHealth
from web.pages.looks import Chip
from web.pages.reading import Reader
from web.wording import phrases
from web.wording.speech import Speech

HTTP = "http-"


async def health_of(
    conn: Connection, sites: Collection[SiteId], *, now: datetime
) -> Mapping[SiteId, tuple[str, datetime | None]]:
    """Return state and since when for those of the sites that are looked at."""
    wanted = frozenset(sites)
    return {
        row.site.id: (row.health.state.value, row.health.since)
        for row in await board(conn, now)
        if row.health.watched and row.site.id in wanted
    }


def chip_of(health: SiteHealth, speech: Speech) -> Chip:
    """Return a hall's state; one that is not looked at is not known, and says why."""
    state = health.state.value if health.watched else ""
    return Chip(state=phrases.HEALTH_LOOKS[state], words=speech.word(phrases.HEALTH[state]))


def since(health: SiteHealth, reader: Reader) -> str:
    """Say since when, and how long that is."""
    if not health.watched or health.since is None:
        return ""
    moment = reader.speech.moment(health.since, today=reader.now)
    return f"{moment} ({reader.speech.length(reader.now - health.since)})"


def reason_words(code: str, speech: Speech) -> str:
    """Return a result's code in words; one without words stays a code."""
    if code.startswith(HTTP):
        return speech.tell("the web page answered error %(code)s", code=code.removeprefix(HTTP))
    return speech.word(phrases.REASONS[code]) if code in phrases.REASONS else code


def why(health: SiteHealth, speech: Speech) -> str:
    """Say why a hall is down, or why we do not know."""
    if not health.watched or health.state is Health.UP:
        return ""
    return reason_words(health.reason, speech)
