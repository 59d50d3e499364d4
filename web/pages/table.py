"""The tables of routes of all pages, and what every page's frame shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from aiohttp import web

from web.i18n import N_
from web.keys import ACTOR
from web.pages.approval import approvals, chains, deputies, handing, submissions, turns
from web.pages.booking import booking, copying, freegrid, waiting
from web.pages.bridges import bridge, bridges
from web.pages.conference import (
    agenda,
    cascade,
    conference,
    daypolls,
    documents,
    history,
    line_tests,
    links,
    polls,
    recordings,
    report,
    sheets,
    tiers,
)
from web.pages.directory import (
    calling,
    corrections,
    defaults,
    groups,
    importing,
    office,
    official,
    officials,
    policies,
    reforming,
    units,
)
from web.pages.door import beating, halls
from web.pages.halls import (
    gateway,
    hallsettings,
    line_change,
    lines,
    site,
    sitehistory,
    sites,
    tagging,
)
from web.pages.home import board, mine, today
from web.pages.live import control, dialling, leading, seating, watching
from web.pages.looks import Tab
from web.pages.people import audit, people, person, welcoming
from web.pages.series import series, serieschange
from web.pages.views import calendar, feeds, hallgrid, leaders, schedule, weekly
from web.permissions import Permission, permissions_of
from web.routes import Routes
from web.wording import phrases
from web.wording.speech import speech_of

ROUTES: tuple[Routes, ...] = (
    today.routes,
    booking.routes,
    calendar.routes,
    schedule.routes,
    leaders.routes,
    hallgrid.routes,
    freegrid.routes,
    weekly.routes,
    conference.routes,
    control.routes,
    leading.routes,
    seating.routes,
    watching.routes,
    dialling.routes,
    approvals.routes,
    handing.routes,
    history.routes,
    waiting.routes,
    agenda.routes,
    tiers.routes,
    turns.routes,
    cascade.routes,
    chains.routes,
    documents.routes,
    recordings.routes,
    copying.routes,
    line_tests.routes,
    polls.routes,
    daypolls.routes,
    feeds.routes,
    links.routes,
    office.routes,
    series.routes,
    serieschange.routes,
    sites.routes,
    units.routes,
    defaults.routes,
    reforming.routes,
    calling.routes,
    mine.routes,
    deputies.routes,
    submissions.routes,
    corrections.routes,
    gateway.routes,
    groups.routes,
    officials.routes,
    official.routes,
    line_change.routes,
    lines.routes,
    policies.routes,
    hallsettings.routes,
    importing.routes,
    report.routes,
    bridges.routes,
    bridge.routes,
    people.routes,
    person.routes,
    welcoming.routes,
    audit.routes,
    board.routes,
    site.routes,
    sitehistory.routes,
    tagging.routes,
    sheets.routes,
    halls.routes,
    beating.routes,
)

MENU: tuple[tuple[str, str, Permission], ...] = (
    ("/", N_("Today"), Permission.READ_CONFERENCES),
    ("/conferences", N_("Schedule"), Permission.READ_CONFERENCES),
    ("/approvals", N_("Approvals"), Permission.READ_CONFERENCES),
    ("/sites", N_("Halls"), Permission.READ_SITES),
    ("/board", N_("Watch"), Permission.READ_BOARD),
    ("/report", N_("Report"), Permission.READ_REPORT),
)
"""What people open every day; it fits an old laptop."""

MORE: tuple[tuple[str, str, Permission], ...] = (
    ("/office-calendar", N_("Office calendar"), Permission.READ_CONFERENCES),
    ("/units", N_("Directory"), Permission.READ_SITES),
    ("/bridges", N_("Bridges"), Permission.READ_BRIDGES),
    ("/deputies", N_("Deputies"), Permission.SIGNED_IN),
    ("/people", N_("People and roles"), Permission.MANAGE_PEOPLE),
    ("/approval-chains", N_("Who must agree"), Permission.MANAGE_CHAINS),
    ("/policies", N_("Booking rules"), Permission.MANAGE_POLICIES),
    ("/audit", N_("Audit"), Permission.READ_AUDIT),
)
"""What is set up and looked up now and then."""


SECTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "/conferences": ("/schedule", "/series", "/templates", "/polls"),
        "/approvals": ("/submissions",),
        "/units": ("/officials", "/lines", "/groups", "/corrections", "/import"),
        "/bridges": ("/bridge",),
    }
)
"""What else belongs to an entry of the menu, by the first word of its address."""


def frame(request: web.Request) -> Mapping[str, Any]:
    """Return the names of the frame around every page: menu and what was just done."""
    speech = speech_of(request)
    held = permissions_of(request.get(ACTOR))
    said = phrases.SAID.get(request.query.get("said", ""))

    def tabs(entries: Iterable[tuple[str, str, Permission]]) -> list[Tab]:
        return [
            Tab(url=url, words=speech.word(words), current=is_current(request.path, url))
            for url, words, permission in entries
            if permission.value in held
        ]

    return {"nav": tabs(MENU), "more": tabs(MORE), "said": speech.word(said) if said else ""}


def is_current(path: str, url: str) -> bool:
    """Tell whether the page belongs to an entry of the menu."""
    return f"/{path.split('/')[1]}" in (url, *SECTIONS.get(url, ()))
