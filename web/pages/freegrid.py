"""The grid beside the booking form: the chosen halls on the wished day, and where it clashes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from meetings.directory import resolve_groups, sites_by_ids
from meetings.errors import MeetingsError
from meetings.model import ConferenceId, Period, Site, SiteId
from meetings.resources import Hall
from meetings.store import Connection
from meetings.store.claims import list_halls
from meetings.store.held import Held, list_held
from meetings.workdays import local_day
from web.formats import clock_time
from web.forms import LONGEST, MOST_GROUPS, MOST_SITES
from web.pages.hallgrid import ticks
from web.pages.lanes import Grid, Place, day_period, grid_for, place
from web.pages.reading import Reader, Texts, form_of, reader_of
from web.pages.speech import Speech
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.transactions import connection
from web.typed import read_times

routes = Routes()

MINUTES = 5
MOST_NAMES = 4
MOST_REASONS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What stands in a hall; `clash` says that the wish would meet it."""

    start: int
    span: int
    lane: int
    words: str
    clash: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A hall of the grid, the wished stretch with its set-up and tear-down, and what is there."""

    label: str
    wish: tuple[int, int]
    bars: Sequence[Bar]
    clash: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Free:
    """The whole grid; `quiet` counts halls that nobody holds on that day, which have no row."""

    sentence: str
    clashes: int
    grid: Grid
    ticks: Sequence[tuple[int, int, str]]
    rows: Sequence[Row]
    quiet: int
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """When and where somebody would like to meet, as far as it was typed."""

    period: Period
    sites: frozenset[SiteId]
    groups: frozenset[str]


@routes.post("/conferences/new/grid", allow=Permission.BOOK)
async def show(request: web.Request) -> web.Response:
    """Show the grid for what is typed so far, for the form's own script."""
    reader, form = reader_of(request), await form_of(request)
    free = await free_of(request, reader, form)
    return render(request, "_free.html", free=free)


async def free_of(request: web.Request, reader: Reader, form: Texts) -> Free | None:
    """Return the grid for what is typed, or None while day, time or halls are missing."""
    asked = asked_in(form)
    if asked is None:
        return None
    async with connection(request) as conn:
        sites = await sites_of(conn, asked)
        if not sites:
            return None
        day = local_day(asked.period.start)
        halls = await list_halls(conn, sites, on=day)
        shown = day_period(day, local_day(asked.period.end))
        held = await list_held(
            conn,
            reader.units(Permission.READ_CONFERENCES),
            sites,
            shown,
            besides=conference_in(form),
        )
    return draw(asked.period, sites, halls, held, reader.speech)


def asked_in(form: Texts) -> Asked | None:
    """Return what is asked for, or None while it cannot be understood."""
    times, problems = read_times(form)
    if problems or not times["start"] < times["end"] <= times["start"] + LONGEST:
        return None
    places = [*form.getall("sites")[:MOST_SITES], form.get("main_site")]
    numbers = [int(text) for text in places if re.fullmatch(r"[1-9][0-9]{0,8}", text)]
    groups = [code for code in form.getall("groups")[:MOST_GROUPS] if code.isprintable()]
    return Asked(
        period=Period(times["start"], times["end"]),
        sites=frozenset(map(SiteId, numbers)),
        groups=frozenset(groups),
    )


def conference_in(form: Texts) -> ConferenceId:
    """Return the conference that is being changed; it is no clash with itself."""
    text = form.get("conference")
    return ConferenceId(int(text) if re.fullmatch(r"[1-9][0-9]{0,8}", text) else 0)


async def sites_of(conn: Connection, asked: Asked) -> dict[SiteId, Site]:
    """Return the halls asked for, those of groups too, in Vietnamese order."""
    wanted = asked.sites
    if asked.groups:
        try:
            wanted |= await resolve_groups(conn, asked.groups, local_day(asked.period.start))
        except MeetingsError:
            # A group that is gone is told when the form is sent.
            wanted = asked.sites
    return await sites_by_ids(conn, wanted)


def draw(
    wish: Period,
    sites: Mapping[SiteId, Site],
    halls: Mapping[SiteId, Hall],
    held: Sequence[Held],
    speech: Speech,
) -> Free:
    """Return the grid: halls that clash first, then others that somebody holds on that day."""
    day = local_day(wish.start)
    grid = grid_for((day,), [wish, *(one.period for one in held)], minutes=MINUTES)
    by_site: dict[SiteId, list[Held]] = {}
    for one in held:
        by_site.setdefault(one.site, []).append(one)
    rows = [
        row(
            site, halls.get(site.id, Hall(site=site.id)).reach(wish), by_site[site.id], grid, speech
        )
        for site in sites.values()
        if site.id in by_site
    ]
    rows.sort(key=lambda one: not one.clash)
    clashing = [one for one in rows if one.clash]
    return Free(
        sentence=sentence(wish, clashing, len(sites), speech),
        clashes=len(clashing),
        grid=grid,
        ticks=ticks(grid),
        rows=rows,
        quiet=len(sites) - len(rows),
        day=day,
    )


def row(site: Site, wish: Period, held: Sequence[Held], grid: Grid, speech: Speech) -> Row:
    """Return one hall's row."""
    placed = place([wish], grid, period_of=lambda one: one)
    bars = [bar(one, wish, speech) for one in place(held, grid, period_of=lambda one: one.period)]
    return Row(
        label=site.label,
        wish=(placed[0].start, placed[0].span) if placed else (0, 1),
        bars=bars,
        clash=any(one.clash for one in bars),
    )


def bar(one: Place[Held], wish: Period, speech: Speech) -> Bar:
    """Return one stretch that is taken, with who holds it."""
    held = one.item
    times = f"{clock_time(held.period.start)}–{clock_time(held.period.end)}"
    holder = held.holder_en if speech.locale == "en" and held.holder_en else held.holder
    words = [holder if held.conference else speech.tell("Not in use"), held.title]
    return Bar(
        start=one.start,
        span=one.span,
        lane=one.lane,
        words=f"{times} {': '.join(word for word in words if word)}",
        clash=held.period.overlaps(wish),
    )


def sentence(wish: Period, clashing: Sequence[Row], count: int, speech: Speech) -> str:
    """Say in words whether the wish can be had."""
    times = {"start": clock_time(wish.start), "end": clock_time(wish.end)}
    if not clashing:
        return speech.tell_many(
            "The hall is free from %(start)s to %(end)s.",
            "All %(n)s halls are free from %(start)s to %(end)s.",
            count,
            **times,
        )
    reasons: dict[str, list[str]] = {}
    for one in clashing:
        reasons.setdefault(first_clash(one), []).append(one.label)
    told = [
        f"{words} ({speech.listing(labels, most=MOST_NAMES)})" for words, labels in reasons.items()
    ]
    return speech.tell_many(
        "%(n)s hall is taken from %(start)s to %(end)s: %(reasons)s.",
        "%(n)s halls are taken from %(start)s to %(end)s: %(reasons)s.",
        len(clashing),
        reasons="; ".join(told[:MOST_REASONS]) + "; …" * (len(told) > MOST_REASONS),
        **times,
    )


def first_clash(row: Row) -> str:
    """Return the words of the first stretch in the way."""
    return next(one.words for one in row.bars if one.clash)
