"""The weekly work schedule as offices print it: days, sessions, content, chair, place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from aiohttp import web

from meetings.directory import sites_by_ids, unit_by_id
from meetings.model import COMMUNE_KINDS, Site, SiteId, Unit, UnitId
from meetings.names import sort_key
from meetings.store import Connection
from meetings.store.schedule import Entry
from web.formats import clock_time, local, short_date
from web.i18n import N_
from web.pages.conferences import unit_name
from web.pages.lanes import day_period
from web.pages.reading import Reader, reader_of
from web.pages.schedule import host_of
from web.pages.spans import WEEK, WEEKLY, DayHead, Frame, day_head, entries_of, frame_of
from web.pages.speech import Speech
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.transactions import connection

routes = Routes()

SESSIONS = ((12, N_("Morning")), (18, N_("Afternoon")), (24, N_("Evening")))
MOST_COMMUNES = 6
MOST_OFFICES = 8
LONGEST_NAME = 200
MARCH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One conference of the schedule."""

    time: str
    title: str
    url: str
    chair: str
    place: str
    participants: str
    prepared: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A morning, an afternoon or an evening with its conferences."""

    words: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day with its sessions; `rows` is how many lines it takes in the table."""

    head: DayHead
    sessions: Sequence[Session]
    rows: int


@routes.get("/schedule/weekly", allow=Permission.READ_CONFERENCES)
async def show(request: web.Request) -> web.Response:
    """Show the week of a unit, of a leader or of a hall as a document."""
    reader = reader_of(request)
    site = site_in(request)
    leader = request.query.get("leader", "")[:LONGEST_NAME]
    async with connection(request) as conn:
        more = {"leader": leader or None, "site": str(site) if site else None}
        frame = await frame_of(conn, request, reader, view=WEEKLY, span=WEEK, more=more)
        held = [one for one in await entries_of(conn, frame, reader, site=site) if one.told]
        sites = await sites_by_ids(conn, {place for one in held for place in one.sites})
        office, province = await letterhead(conn, frame, reader)
    entries = [one for one in held if leader in {"", one.chair}]
    return render(
        request,
        "schedule-weekly.html",
        frame=frame,
        site=site,
        leader=leader,
        leaders=sorted({one.chair for one in held if one.chair}, key=sort_key),
        office=unit_name(office, reader.speech),
        above=unit_name(province, reader.speech) if province.id != office.id else "",
        dated=dated(province, reader),
        first=short_date(frame.days[0]),
        last=short_date(frame.days[-1]),
        number=frame.days[0].isocalendar().week,
        days=days(frame, entries, sites, reader),
        hall=sites[site].label if site in sites else "",
    )


def site_in(request: web.Request) -> SiteId | None:
    """Return the hall of the address; anything that is no number is none."""
    text = request.query.get("site", "")
    return SiteId(int(text)) if re.fullmatch(r"[1-9][0-9]{0,8}", text) else None


async def letterhead(conn: Connection, frame: Frame, reader: Reader) -> tuple[Unit, Unit]:
    """Return the unit that the schedule is of, and the province it belongs to."""
    own = min(reader.units(Permission.READ_CONFERENCES), default=UnitId(0))
    office = frame.unit or await unit_by_id(conn, own)
    return office, await unit_by_id(conn, office.path[0])


def dated(province: Unit, reader: Reader) -> str:
    """Return place and day as letters carry them: leading zeros before 10 and before March."""
    today = reader.day
    return reader.speech.tell(
        "%(place)s, %(day)s/%(month)s/%(year)s",
        place=province.name.removeprefix("Tỉnh "),
        day=f"{today:%d}",
        month=f"{today.month:02d}" if today.month < MARCH else today.month,
        year=today.year,
    )


def days(
    frame: Frame, entries: Sequence[Entry], sites: Mapping[SiteId, Site], reader: Reader
) -> list[Day]:
    """Return the days of the week; a free weekend day is left out."""
    found = [day_of(day, entries, sites, frame, reader) for day in frame.days]
    return [one for one in found if one.sessions or one.head.mark != "weekend"]


def day_of(
    day: date,
    entries: Iterable[Entry],
    sites: Mapping[SiteId, Site],
    frame: Frame,
    reader: Reader,
) -> Day:
    """Return one day with its sessions."""
    whole = day_period(day)
    on_day = [one for one in entries if one.period.overlaps(whole)]
    sessions = [
        Session(
            words=reader.speech.word(words),
            lines=[line(one, sites, reader.speech) for one in members],
        )
        for words, members in groupby(
            on_day, key=lambda one: session_of(max(one.period.start, whole.start))
        )
    ]
    rows = max(1, sum(len(one.lines) for one in sessions))
    return Day(head=day_head(day, frame, reader), sessions=sessions, rows=rows)


def session_of(moment: datetime) -> str:
    """Return the word for the part of the day in which a moment lies."""
    return next(words for before, words in SESSIONS if local(moment).hour < before)


def line(entry: Entry, sites: Mapping[SiteId, Site], speech: Speech) -> Line:
    """Return one conference as the schedule tells it."""
    main = sites.get(entry.main_site)
    invited = [sites[place] for place in entry.sites if place in sites and place != entry.main_site]
    return Line(
        time=f"{clock_time(entry.period.start)} – {clock_time(entry.period.end)}",
        title=entry.title,
        url=f"/conferences/{entry.id}" if entry.visible else "",
        chair=entry.chair,
        place=hall_words(main) if main else "",
        participants=participants(invited, speech),
        prepared=host_of(entry, speech),
    )


def hall_words(site: Site) -> str:
    """Return how a hall is called in a document: its own name, with its unit where it lacks it."""
    named = site.unit_name in site.name
    return (
        site.name
        if named or site.unit_kind not in COMMUNE_KINDS
        else (f"{site.name} ({site.unit_name})")
    )


def participants(invited: Sequence[Site], speech: Speech) -> str:
    """Return who else takes part: offices by name, communes by name while they are few."""
    communes = [site.unit_name for site in invited if site.unit_kind in COMMUNE_KINDS]
    offices = [site.unit_name for site in invited if site.unit_kind not in COMMUNE_KINDS]
    words = [speech.listing(offices, most=MOST_OFFICES)] if offices else []
    if len(communes) > MOST_COMMUNES:
        words.append(speech.tell_many("%(n)s commune hall", "%(n)s commune halls", len(communes)))
    elif communes:
        words.append(", ".join(communes))
    return "; ".join(words)
