"""Links: each hall's own way in, to copy, to print as QR codes, to make anew, to take back."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import segno
from aiohttp import web
from markupsafe import Markup

from meetings.links.invitations import ShownLink, reset_link, revoke_link, show_links
from meetings.model import SiteId
from meetings.store import Connection
from web.answers import download, redirect
from web.errors import PageNotFound
from web.keys import SETTINGS
from web.pages.conference.conferences import Found, find_mine, id_in
from web.pages.halls.sites import office_line
from web.pages.reading import Reader, form_of, reader_of
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.scheduling.booking import desk_of
from web.transactions import transaction

routes = Routes()

PAGE = "/conferences/{id:[0-9]+}/links"
BOM = "\ufeff"
LARGEST_ID_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One hall's link; a revoked one has no address to show."""

    site: SiteId
    label: str
    second: str
    url: str
    revoked: bool
    svg: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The conference above its links."""

    id: int
    title: str
    when: str


@routes.get(PAGE, allow=Permission.SHOW_LINKS)
async def show(request: web.Request) -> web.Response:
    """Show every link; the look is audited."""
    reader = reader_of(request)
    found, links = await read_links(request, reader)
    rows = [row(request, link) for link in links]
    return render(request, "links.html", c=head(found, reader), rows=rows)


@routes.get(f"{PAGE}/qr", allow=Permission.SHOW_LINKS)
async def qr(request: web.Request) -> web.Response:
    """Show every link as a QR code, to be printed and cut."""
    reader = reader_of(request)
    found, links = await read_links(request, reader)
    rows = [qr_row(request, link) for link in links if not link.revoked]
    return render(request, "qr.html", c=head(found, reader), rows=rows)


@routes.get("/conferences/{id:[0-9]+}/links.csv", allow=Permission.SHOW_LINKS)
async def table(request: web.Request) -> web.Response:
    """Give every link to a spreadsheet."""
    reader = reader_of(request)
    found, links = await read_links(request, reader)
    speech = reader.speech
    heads = (speech.tell("Code"), speech.tell("Hall"), speech.tell("Unit"), speech.tell("Link"))
    lines = [
        (link.site.unit_code, link.site.label, link.site.unit_name, address(request, link))
        for link in links
        if not link.revoked
    ]
    content = (BOM + written([heads, *lines])).encode()
    return download(content, "text/csv", f"diemcau-{found.conference.id}-links.csv")


def written(lines: Sequence[Sequence[str]]) -> str:
    """Return the lines as CSV; nothing in them can be taken for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([[harmless(cell) for cell in line] for line in lines])
    return text.getvalue()


def harmless(cell: str) -> str:
    """Return the cell as text even where a spreadsheet would calculate."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


@routes.post(f"{PAGE}/reset", allow=Permission.SHOW_LINKS)
async def reset(request: web.Request) -> web.StreamResponse:
    """Make a hall's link anew; the old one opens nothing any more."""
    reader, site = reader_of(request), await site_in(request)
    desk = desk_of(request, reader.actor)
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.SHOW_LINKS)
        await reset_link(conn, found.conference.id, site, desk.link_key, by=reader.actor.name)
    return back(request, "reset")


@routes.post(f"{PAGE}/revoke", allow=Permission.SHOW_LINKS)
async def revoke(request: web.Request) -> web.StreamResponse:
    """Take a hall's link back."""
    reader, site = reader_of(request), await site_in(request)
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.SHOW_LINKS)
        await revoke_link(conn, found.conference.id, site, by=reader.actor.name, now=reader.now)
    return back(request, "revoked")


def back(request: web.Request, said: str) -> web.Response:
    """Lead back to the links with what was done."""
    return redirect(f"/conferences/{id_in(request)}/links?said={said}")


async def site_in(request: web.Request) -> SiteId:
    """Return the site that the form names."""
    text = (await form_of(request)).get("site")
    if not (text.isascii() and text.isdigit()) or len(text) > LARGEST_ID_DIGITS:
        raise PageNotFound
    return SiteId(int(text))


async def read_links(request: web.Request, reader: Reader) -> tuple[Found, list[ShownLink]]:
    """Return the conference with its links in Vietnamese order, and note that somebody looked."""
    async with transaction(request) as conn:
        found = await find_mine(conn, request, reader, Permission.SHOW_LINKS)
        return found, await list_links(conn, request, reader, found)


async def list_links(
    conn: Connection, request: web.Request, reader: Reader, found: Found
) -> list[ShownLink]:
    """Return the links, also those made under keys from before a rotation."""
    desk = desk_of(request, reader.actor)
    return await show_links(
        conn, found.conference, desk.link_key, reader.actor.name, older=desk.older_keys
    )


def head(found: Found, reader: Reader) -> Head:
    """Return what stands above the links."""
    conference = found.conference
    when = reader.speech.span(conference.period)
    return Head(id=conference.id, title=conference.title, when=when)


def address(request: web.Request, link: ShownLink) -> str:
    """Return the address that the hall opens."""
    return f"{request.config_dict[SETTINGS].base_url}/j/{link.secret}"


def row(request: web.Request, link: ShownLink) -> Row:
    """Return one hall's line."""
    return Row(
        site=link.site.id,
        label=link.site.label,
        second=office_line(link.site),
        url=address(request, link),
        revoked=link.revoked,
    )


def qr_row(request: web.Request, link: ShownLink) -> Row:
    """Return one hall's card with its code."""
    url = address(request, link)
    code = segno.make(url, error="m", micro=False)
    picture = code.svg_inline(omitsize=True, border=2, svgclass=None, lineclass=None)
    return Row(
        site=link.site.id,
        label=link.site.label,
        second=office_line(link.site),
        url=url,
        revoked=False,
        svg=Markup(picture),  # noqa: S704 - drawn by segno from dots, no text of anybody in it
    )
