"""What the booking form tells while one types: which halls are taken, and the grid of the day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from aiohttp import web

from meetings.directory.finding import resolve_groups, sites_by_ids
from meetings.directory.officials import officials_by_ids
from meetings.errors import MeetingsError
from meetings.model import ConferenceId, OfficialId, Period, Site, SiteId
from meetings.office.workdays import local_day
from meetings.scheduling.resources import Hall
from meetings.store import Connection
from meetings.store.grounds import list_halls
from meetings.store.overview import Taken, list_taken
from web.input.forms import LONGEST, MOST_DELEGATES, MOST_GROUPS, MOST_SITES
from web.input.typed import read_times
from web.pages.booking.freetimes import Free, draw
from web.pages.booking.wanted import Wanted, halls_wanted, lines_wanted, officials_wanted
from web.pages.reading import Reader, Texts, form_of, reader_of
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.scheduling.freeday import Asked, find_taken
from web.scheduling.policies import MOST_MINUTES
from web.transactions import connection
from web.wording.explaining import span
from web.wording.speech import Speech

routes = Routes()

LONGEST_BUFFER = timedelta(minutes=MOST_MINUTES)


@routes.get("/conferences/new/clashes", allow=Permission.BOOK)
async def clashes(request: web.Request) -> web.Response:
    """Tell which halls are taken at the typed time, for the form's own script."""
    times, problems = read_times(Texts(request.query))
    if problems or times["end"] - times["start"] > LONGEST:
        return web.json_response({"taken": {}})
    text = request.query.get("except", "")
    besides = ConferenceId(int(text)) if re.fullmatch(r"[0-9]{1,9}", text) else None
    async with connection(request) as conn:
        wished = Period(times["start"], times["end"])
        near = Period(wished.start - LONGEST_BUFFER, wished.end + LONGEST_BUFFER)
        taken = await list_taken(conn, near, besides=besides)
        sites = {one.site for one in taken}
        halls = await list_halls(conn, sites, on=local_day(wished.start))
    speech, said = reader_of(request).speech, dict[str, str]()
    for one in sorted(taken, key=lambda one: not held(one).overlaps(wished)):
        hall = halls.get(one.site, Hall(site=one.site))
        reach = wished if one.line else hall.reach(wished)
        if held(one).overlaps(reach):
            said.setdefault(str(one.site), taken_words(one, wished, reach, speech))
    return web.json_response({"taken": said})


def held(one: Taken) -> Period:
    """Return for how long the hall is held, with what the other conference needs around it."""
    return one.kept or one.period


def taken_words(one: Taken, wished: Period, reach: Period, speech: Speech) -> str:
    """Say who holds a hall until when, or from when until when it is being set up or cleared.

    Where only what the wish needs around it would meet that, it is said from when until when.
    """
    if not held(one).overlaps(wished):
        return speech.tell(
            "%(host)s, %(when)s; with set-up and clearing away this would need %(needed)s",
            host=one.host_name,
            when=span(held(one)),
            needed=span(reach),
        )
    if one.kept and not one.period.overlaps(wished):
        return speech.tell(
            "%(host)s, %(when)s; with set-up and clearing away %(kept)s",
            host=one.host_name,
            when=span(one.period),
            kept=span(one.kept),
        )
    until = speech.until(one.period.end, since=wished.start)
    if one.line:
        return speech.tell(
            "shared line %(line)s: %(host)s until %(at)s",
            line=one.line,
            host=one.host_name,
            at=until,
        )
    return speech.tell("%(host)s until %(at)s", host=one.host_name, at=until)


@routes.post("/conferences/new/grid", allow=Permission.BOOK)
async def show(request: web.Request) -> web.Response:
    """Show the grid for what is typed so far, for the form's own script."""
    reader, form = reader_of(request), await form_of(request)
    free = await free_of(request, reader, form)
    return render(request, "_free.html", free=free)


async def free_of(request: web.Request, reader: Reader, form: Texts) -> Free | None:
    """Return the grid for what is typed, or None while day, time or whom to ask are missing."""
    asked = asked_in(form)
    if asked is None:
        return None
    async with connection(request) as conn:
        wanted, sites = await wanted_of(conn, asked, reader), await sites_of(conn, asked)
        if not wanted and not sites:
            return None
        taken = await find_taken(conn, reader.actor, asked, sites)
    wanted += lines_wanted(taken.lines, sites, asked.period, reader.speech)
    wanted += halls_wanted(sites.values(), taken.halls, asked.period)
    return draw(asked.period, wanted, taken.held, reader.speech)


async def wanted_of(conn: Connection, asked: Asked, reader: Reader) -> list[Wanted]:
    """Return the officials asked for, the chair first, then in order of precedence."""
    found = await officials_by_ids(conn, asked.officials)
    return officials_wanted(found.values(), asked.chair, asked.period, reader.speech)


def asked_in(form: Texts) -> Asked | None:
    """Return what is asked for, or None while it cannot be understood."""
    times, problems = read_times(form)
    if problems or times["end"] - times["start"] > LONGEST:
        return None
    places = [*form.getall("sites")[:MOST_SITES], form.get("main_site")]
    groups = [code for code in form.getall("groups")[:MOST_GROUPS] if code.isprintable()]
    chair = [OfficialId(one) for one in numbers([form.get("chair_id")])]
    return Asked(
        period=Period(times["start"], times["end"]),
        sites=frozenset(map(SiteId, numbers(places))),
        groups=frozenset(groups),
        chair=chair[0] if chair else None,
        delegates=frozenset(map(OfficialId, numbers(form.getall("delegates")[:MOST_DELEGATES]))),
        conference=conference_in(form),
    )


def numbers(texts: Iterable[str]) -> list[int]:
    """Return those of the texts that could be an id."""
    return [int(text) for text in texts if re.fullmatch(r"[1-9][0-9]{0,8}", text)]


def conference_in(form: Texts) -> ConferenceId:
    """Return the conference that is being changed; it is no clash with itself."""
    found = numbers([form.get("conference")])
    return ConferenceId(found[0] if found else 0)


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
