"""Conferences in order of time: the schedule, by day, coming or past, searched by title."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypedDict

from aiohttp import web

from meetings.content.cascading import find_upstream
from meetings.exporting.calendars import conference_calendar
from meetings.model import State
from meetings.names import fold
from meetings.store.overview import Overview, Whose, list_overlapping
from web.answers import download
from web.content.tiering import seen_plan
from web.formats import clock_time, local_day, long_date
from web.i18n import N_
from web.pages.conference.conferences import find
from web.pages.looks import STATE_LOOKS, Chip, Tab
from web.pages.reading import Reader, reader_of, word_in
from web.pages.views.feeds import feed_url
from web.pages.views.spans import LIST
from web.pages.views.spans import tabs as view_tabs
from web.permissions import Permission
from web.render import render, same_page, url
from web.routes import Routes
from web.transactions import connection
from web.wording import phrases
from web.wording.speech import Speech

routes = Routes()

PAGE = 50
LONGEST_FROM = 7
PAST_DAYS = timedelta(days=366)
GONE = frozenset({State.CANCELLED, State.REFUSED})
HELD = frozenset(State) - GONE
OVER = frozenset({State.ENDED, State.CLOSED})

TABS = (
    ("coming", N_("Coming")),
    ("mine", N_("Mine")),
    ("past", N_("Past")),
    ("cancelled", N_("Cancelled")),
)
COMING = frozenset({"coming", "mine"})
NOTHING = {
    "coming": N_("No conference is planned."),
    "mine": N_("None of yours is planned."),
    "past": N_("No conference was held in the last twelve months."),
    "cancelled": N_("No conference was cancelled."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A line of the schedule; without `url` only its holder and period are shown."""

    start: str
    end: str
    title: str
    url: str
    host: str
    halls: int
    chip: Chip
    demo: bool
    gone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of the schedule."""

    words: str
    items: tuple[Item, ...]


class Within(TypedDict):
    """What a list is narrowed to."""

    start: datetime | None
    end: datetime | None
    ends_by: datetime | None
    states: Collection[State]
    whose: Whose


@routes.get("/conferences", allow=Permission.READ_CONFERENCES)
async def index(request: web.Request) -> web.Response:
    """Show the schedule: the coming conferences, unless another tab is chosen."""
    reader = reader_of(request)
    when = request.query.get("when", "coming")
    when = when if when in NOTHING else "coming"
    q = word_in(request)
    async with connection(request) as conn:
        units = reader.units(Permission.READ_CONFERENCES)
        found, total = await list_overlapping(
            conn,
            units,
            **within(when, reader.now),
            folded=fold(q),
            newest_first=when not in COMING,
            offset=first_in(request),
            limit=PAGE,
        )
        feed = await feed_url(request, conn, person) if (person := reader.actor.person) else ""
    return show(request, reader, found, total, when=when, q=q, feed=feed)


def first_in(request: web.Request) -> int:
    """Return how many conferences stand on the pages before."""
    text = request.query.get("from", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_FROM else 0


def show(
    request: web.Request,
    reader: Reader,
    found: Sequence[Overview],
    total: int,
    *,
    when: str,
    q: str,
    feed: str,
) -> web.Response:
    """Draw one page of the schedule."""
    speech, before = reader.speech, first_in(request)
    behind = before + len(found)
    return render(
        request,
        "conferences.html",
        sentence=speech.tell_many("%(n)s conference", "%(n)s conferences", total),
        part=f"{before + 1} – {behind}" if found and total > len(found) else "",
        tabs=[
            Tab(
                url=url("/conferences", when=name, q=q or None),
                words=speech.word(words),
                current=name == when,
            )
            for name, words in TABS
        ],
        views=view_tabs(LIST, reader.day, None, reader),
        when=when,
        q=q,
        feed=feed,
        days=days(found, speech),
        nothing=speech.word(NOTHING[when]),
        may_book=reader.holds(Permission.BOOK),
        previous_page=same_page(request, **{"from": max(0, before - PAGE)}) if before else "",
        next_page=same_page(request, **{"from": behind}) if total > behind else "",
    )


def within(when: str, now: datetime) -> Within:
    """Return what a tab shows: of which time, in which state, of whom."""
    whose = Whose.VISIBLE if when == "mine" else Whose.ALL
    if when in COMING:
        return Within(start=now, end=None, ends_by=None, states=HELD - OVER, whose=whose)
    if when == "past":
        return Within(start=now - PAST_DAYS, end=now, ends_by=now, states=HELD, whose=whose)
    return Within(start=now - PAST_DAYS, end=None, ends_by=None, states=GONE, whose=whose)


def days(found: Sequence[Overview], speech: Speech) -> list[Day]:
    """Return the conferences grouped by the local day on which they start."""
    return [
        Day(
            words=long_date(day, speech.locale),
            items=tuple(item(overview, speech) for overview in overviews),
        )
        for day, overviews in groupby(found, key=lambda one: local_day(one.period.start))
    ]


def item(overview: Overview, speech: Speech) -> Item:
    """Return a line; of others' conferences only holder and period."""
    return Item(
        start=clock_time(overview.period.start),
        end=speech.until(overview.period.end, since=overview.period.start),
        title=title_of(overview, speech),
        url=f"/conferences/{overview.id}" if overview.visible else "",
        host=host_of(overview, speech),
        halls=overview.halls,
        chip=Chip(
            state=STATE_LOOKS[overview.state], words=speech.word(phrases.STATES[overview.state])
        ),
        demo=overview.demo,
        gone=overview.state in GONE,
    )


def title_of(overview: Overview, speech: Speech) -> str:
    """Return the title, or that somebody has booked."""
    told = overview.visible or overview.open
    return overview.title if told else speech.tell("Already booked")


def host_of(overview: Overview, speech: Speech) -> str:
    """Return the host's name in the reader's language."""
    english = speech.locale == "en" and overview.host_name_en
    return overview.host_name_en if english else overview.host_name


@routes.get("/conferences/{id:[0-9]+}.ics", allow=Permission.READ_CONFERENCES)
async def one_calendar(request: web.Request) -> web.Response:
    """Give the conference to a calendar program."""
    reader = reader_of(request)
    async with connection(request) as conn:
        found = await find(conn, request, reader)
        plan = await seen_plan(conn, reader.actor, found)
        upstream = await find_upstream(conn, found.conference.id)
    body = conference_calendar(found.conference, found.sites, plan=plan, upstream=upstream)
    return download(body, "text/calendar", f"diemcau-{found.conference.id}.ics")
