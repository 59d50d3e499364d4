"""As of which day a page of the directory is shown: `?on=`, typed or sent by a program."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aiohttp import web

from web.formats import short_date
from web.i18n import N_
from web.input.moments import date_problem, read_date
from web.pages.looks import Tab
from web.pages.reading import Reader
from web.permissions import Permission
from web.wording.sentences import say

LONGEST_TYPED = 40

TABS: tuple[tuple[str, str, Permission], ...] = (
    ("/units", N_("Units"), Permission.READ_SITES),
    ("/sites", N_("Halls"), Permission.READ_SITES),
    ("/groups", N_("Groups"), Permission.READ_SITES),
    ("/officials", N_("Officials"), Permission.READ_SITES),
    ("/lines", N_("Shared lines"), Permission.READ_SITES),
    ("/corrections", N_("Corrections"), Permission.PROPOSE),
    ("/import", N_("Import and export"), Permission.READ_SITES),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayField:
    """The day that was asked for; `query` is what links carry on, None for today."""

    day: date
    typed: str
    wrong: str
    query: str | None

    def link(self, path: str) -> str:
        """Return an address as of the same day."""
        return f"{path}?on={self.query}" if self.query else path


def day_field(request: web.Request, reader: Reader) -> DayField:
    """Return the day of the address; what cannot be read is kept and explained."""
    typed = request.query.get("on", "")[:LONGEST_TYPED]
    found = read_date(typed) if typed else reader.day
    return DayField(
        day=found or reader.day,
        typed=short_date(found) if found else typed,
        wrong="" if found else say(request, date_problem(typed)),
        query=found.isoformat() if found and found != reader.day else None,
    )


def tabs(request: web.Request, reader: Reader, day: DayField | None = None) -> list[Tab]:
    """Return the ways through the directory."""
    return [
        Tab(
            url=day.link(url) if day else url,
            words=reader.speech.word(words),
            current=request.path == url,
        )
        for url, words, permission in TABS
        if reader.holds(permission)
    ]
