"""Short lines beside a hall: what it is promised to, and what changed."""

from __future__ import annotations

from dataclasses import dataclass

from meetings.store.overview import Overview
from monitoring.model import Happening, Health
from web import phrases
from web.formats import day_and_time
from web.pages.calendar import title_of
from web.pages.reading import Reader
from web.pages.watching import reason_words


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
