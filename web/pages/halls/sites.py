"""The directory of halls: search without diacritics, narrow by group, page by page."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from meetings.directory import finding as directory
from meetings.model import COMMUNE_KINDS, Group, Site, SiteId
from web.pages.days import day_field, tabs
from web.pages.reading import after_in, reader_of, word_in
from web.permissions import Permission
from web.render import render, same_page
from web.routes import Routes
from web.transactions import connection
from web.wording import phrases
from web.wording.speech import Speech

routes = Routes()

PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A hall in the list."""

    id: SiteId
    label: str
    second: str
    code: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A group to narrow by."""

    code: str
    words: str
    count: str


@routes.get("/sites", allow=Permission.READ_SITES)
async def index(request: web.Request) -> web.Response:
    """Show the halls that match, in Vietnamese order."""
    reader = reader_of(request)
    q = word_in(request)
    day = day_field(request, reader)
    async with connection(request) as conn:
        groups = await directory.list_groups(conn, on=day.day)
        group = request.query.get("group", "")
        known = group if group in {item.code for item in groups} else ""
        found = await directory.find_sites(
            conn,
            q,
            on=day.day,
            group=known or None,
            after=after_in(request, SiteId),
            limit=PAGE + 1,
        )
        count = await directory.count_sites(conn, q, on=day.day, group=known or None)
    return render(
        request,
        "sites.html",
        day=day,
        tabs=tabs(request, reader, day),
        q=q,
        group=known,
        groups=[choice(item, reader.speech) for item in groups],
        rows=[row(site, reader.speech) for site in found[:PAGE]],
        sentence=reader.speech.tell_many("%(n)s hall", "%(n)s halls", count),
        next_page=same_page(request, after=found[PAGE - 1].id) if len(found) > PAGE else "",
    )


def choice(group: Group, speech: Speech) -> Choice:
    """Return a group in the reader's language."""
    name = group.name_en if speech.locale == "en" and group.name_en else group.name
    return Choice(code=group.code, words=name, count=speech.number(group.size))


def row(site: Site, speech: Speech) -> Row:
    """Return a line of the list."""
    return Row(
        id=site.id,
        label=site.label,
        second=second_line(site, speech),
        code=site.unit_code,
        phone=site.phone,
    )


def second_line(site: Site, speech: Speech) -> str:
    """Return what tells halls of like names apart: the kind of commune, or whose hall it is."""
    if site.unit_kind in COMMUNE_KINDS:
        return speech.word(phrases.UNIT_KINDS[site.unit_kind])
    return site.unit_name


def office_line(site: Site) -> str:
    """Return whose hall it is; a commune's own name says that already."""
    return "" if site.unit_kind in COMMUNE_KINDS else site.unit_name
