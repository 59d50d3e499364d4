"""The tiers' page: up to five levels, and for each invited hall the level it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from aiohttp import web

from meetings.content.tier_rules import MOST_TIERS, Tier
from meetings.content.tiers import plan_tiers, tiers_of
from meetings.errors import MeetingsError, StaleVersion
from meetings.model import COMMUNE_KINDS, Site, SiteId
from web.answers import redirect
from web.content.tiering import TiersBody
from web.errors import BadForm
from web.formats import clock_time
from web.i18n import N_
from web.input.forms import parse_form
from web.input.typed import number_or_text
from web.pages.booking.wishing import form_status, words_of
from web.pages.conference.conferences import Found, find_mine
from web.pages.conference.plan_rows import moment_in
from web.pages.reading import Reader, Texts, form_of, reader_of, version_in
from web.pages.troubles import TIERS, troubles
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.transactions import connection, transaction
from web.wording.moves import say_fact
from web.wording.speech import speech_of

routes = Routes()

PAGE = "/conferences/{id:[0-9]+}/tiers"
COLUMNS = ("name", "host", "chair", "from", "until", "down_to")
FIELDS = {"from": "start", "until": "end", "down_to": "papers_down_to"}
"""What the form's columns are called in the API, where that is another word."""

LEVELS = range(1, MOST_TIERS + 1)
USUAL = {2: N_("Province"), 3: N_("Communes and wards")}
"""What the tiers are called that the kinds of the halls' units suggest."""

Row = dict[str, str]
Levels = Mapping[SiteId, str]


@routes.get(PAGE, allow=Permission.BOOK)
async def show(request: web.Request) -> web.Response:
    """Show the form of the tiers to somebody who acts for the host."""
    reader = reader_of(request)
    async with connection(request) as conn:
        found = await find_mine(conn, request, reader, Permission.BOOK)
        tiers = await tiers_of(conn, found.conference.id)
    levels = {site: str(tier.level) for tier in tiers for site in tier.sites}
    rows = rows_of(tiers, found.conference.period.start)
    return page(request, found, rows, levels, version=found.conference.version)


@routes.post(PAGE, allow=Permission.BOOK)
async def change(request: web.Request) -> web.StreamResponse:
    """Write the tiers in place of those before, or suggest them by the kinds of the units."""
    reader, form = reader_of(request), await form_of(request)
    async with connection(request) as conn:
        found = await find_mine(conn, request, reader, Permission.BOOK)
    rows, version = rows_in(form), version_in(form)
    levels: Levels = {site: form.get(f"site-{site}")[:1] for site in found.sites}
    if form.get("do") == "suggest":
        rows, levels = suggested(rows, levels, found.sites, reader)
        return page(request, found, rows, levels, version=version)
    try:
        await save(request, reader, found, form)
    except StaleVersion as error:
        return page(request, found, rows, levels, version=error.version, stale=True)
    except BadForm as error:
        wrong = words_of(request, error)
    except MeetingsError as error:
        wrong = {"tiers": say_fact(request, error)}
    else:
        return redirect(f"/conferences/{found.conference.id}/agenda?said=tiers-saved")
    return page(request, found, rows, levels, wrong, version=version)


async def save(request: web.Request, reader: Reader, found: Found, form: Texts) -> None:
    """Write the tiers as typed."""
    sent = tiers_in(form, found)
    try:
        tiers = parse_form(TiersBody, {"tiers": sent}).within(found.conference.period)
    except BadForm as error:
        raise BadForm({by_level(name, sent): one for name, one in error.problems.items()}) from None
    async with transaction(request) as conn:
        await plan_tiers(
            conn,
            found.conference.id,
            tiers,
            version=version_in(form),
            by=reader.actor.name,
            now=reader.now,
        )


def by_level(name: str, sent: list[dict[str, Any]]) -> str:
    """Return the place of a problem by the tier's level: `tiers.0.name` may be level 2."""
    parts = name.split(".")
    if len(parts) > 1 and parts[1].isdigit() and int(parts[1]) < len(sent):
        parts[1] = str(sent[int(parts[1])]["level"])
    return ".".join(parts)


def rows_in(form: Texts) -> list[Row]:
    """Return the five rows of the form as they were typed."""
    cells = [form.getall(name)[:MOST_TIERS] for name in COLUMNS]
    typed = [dict(zip(COLUMNS, row, strict=True)) for row in zip_longest(*cells, fillvalue="")]
    return typed + [dict.fromkeys(COLUMNS, "")] * (MOST_TIERS - len(typed))


def tiers_in(form: Texts, found: Found) -> list[dict[str, Any]]:
    """Return the tiers as the API's JSON would say them; empty ones are left out."""
    start = found.conference.period.start
    return [
        {
            "level": level,
            "name": row["name"],
            "host": row["host"],
            "chair": row["chair"],
            "start": moment_in(row["from"], start),
            "end": moment_in(row["until"], start),
            "papers_down_to": number_or_text(row["down_to"]) if row["down_to"] else None,
            "sites": sites,
        }
        for level, row in zip(LEVELS, rows_in(form), strict=True)
        if (sites := sites_on(level, form, found)) or any(row.values())
    ]


def sites_on(level: int, form: Texts, found: Found) -> list[int]:
    """Return the halls that were put on a level."""
    return [int(site) for site in found.sites if form.get(f"site-{site}") == str(level)]


def rows_of(tiers: list[Tier], start: datetime) -> list[Row]:
    """Return the rows of the form that show these tiers."""
    known = {tier.level: tier for tier in tiers}
    return [row_of(known[level], start) if level in known else {} for level in LEVELS]


def row_of(tier: Tier, start: datetime) -> Row:
    """Return the row of one tier."""
    return {
        "name": tier.name,
        "host": tier.host,
        "chair": tier.chair,
        "from": clock_in(tier.from_minute, start),
        "until": clock_in(tier.to_minute, start),
        "down_to": "" if tier.papers_down_to == tier.level else str(tier.papers_down_to),
    }


def clock_in(minute: int | None, start: datetime) -> str:
    """Write a minute after the start as a clock time, nothing for none."""
    return "" if minute is None else clock_time(start + timedelta(minutes=minute))


def suggested(
    rows: list[Row], levels: Levels, sites: Mapping[SiteId, Site], reader: Reader
) -> tuple[list[Row], Levels]:
    """Return the form with halls of communes on the third level and all others on the second."""
    found = {
        site.id: levels[site.id] or ("3" if site.unit_kind in COMMUNE_KINDS else "2")
        for site in sites.values()
    }
    named = [
        row | {"name": row["name"] or reader.speech.word(USUAL[level])}
        if level in USUAL and str(level) in found.values()
        else row
        for level, row in zip(LEVELS, rows, strict=True)
    ]
    return named, found


def page(
    request: web.Request,
    found: Found,
    rows: list[Row],
    levels: Levels,
    wrong: Mapping[str, str] | None = None,
    *,
    version: int,
    stale: bool = False,
) -> web.Response:
    """Return the page with these rows and halls in its form, of the version that was looked at."""
    return render(
        request,
        "tiers.html",
        status=form_status(wrong=bool(wrong), stale=stale),
        c=found.conference,
        version=version,
        stale=stale,
        rows=list(zip(LEVELS, rows, strict=True)),
        fields=FIELDS,
        sites=[(site, levels.get(site.id, "")) for site in found.sites.values()],
        wrong=wrong or {},
        troubles=troubles(wrong or {}, TIERS, speech_of(request), whole="tiers"),
    )
