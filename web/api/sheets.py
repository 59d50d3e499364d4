"""Sheets: who was there, as JSON for programs and as CSV or a workbook for offices."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from aiohttp import web

from meetings.attendance.rollcall import sheet_of
from meetings.attendance.stretches import Stretches
from meetings.content.cascading import stretches_of
from meetings.directory.finding import sites_by_ids
from meetings.exporting.sheets import sheet_csv, sheet_xlsx
from meetings.model import Conference, ConferenceId, Interval, Means, SheetRow, Site, SiteId
from meetings.office.workdays import local_day
from web.access.actors import Actor
from web.access.visibility import Seen, see
from web.answers import download
from web.api import sheet_views as views
from web.api.accepting import choose_media
from web.api.answering import shown
from web.api.endpoints import ID, JSON, Endpoints, Tells
from web.files.document_kinds import XLSX
from web.i18n import locale_of
from web.input.addressed import id_of
from web.keys import CLOCK
from web.permissions import Permission, may, require
from web.transactions import connection

routes = Endpoints("sheets")

CSV = "text/csv"
VARIES = {"Vary": "Accept, Accept-Language"}


def interval_view(interval: Interval) -> views.IntervalView:
    """Return a stretch of presence, as long as it really was."""
    return views.IntervalView(
        from_=interval.start,
        to=interval.end,
        evidence=interval.evidence,
        from_evidence=interval.start_evidence,
        to_evidence=interval.end_evidence,
        means=[one for one in Means if one in interval.means],
    )


def row_view(row: SheetRow, site: Site) -> views.SheetRowView:
    """Return what the record says of one site."""
    return views.SheetRowView(
        site=row.site,
        label=site.label,
        state=row.state,
        present_seconds=row.present_seconds,
        intervals=[interval_view(interval) for interval in row.intervals],
        first_in=row.first_in,
        last_out=row.last_out,
        late_minutes=row.late_minutes,
        left_early_minutes=row.left_early_minutes,
        headcount=row.headcount,
        means=[one for one in Means if one in row.means],
    )


def readable(
    actor: Actor, seen: Seen, rows: Sequence[SheetRow], sites: Mapping[SiteId, Site]
) -> list[SheetRow]:
    """Return every row to those who act for the host, and to the invited their own sites' rows."""
    if may(actor, Permission.READ_SHEETS, seen.host.path):
        return list(rows)
    return [row for row in rows if may(actor, Permission.READ_SHEETS, sites[row.site].unit_path)]


@routes.endpoint(
    "GET",
    f"/conferences/{ID}/sheet",
    allow=Permission.READ_SHEETS,
    tells=Tells(answer=views.SheetView, media=(JSON, CSV, XLSX), negotiates=True),
)
async def show(request: web.Request) -> web.Response:
    """Show who was there: as JSON, CSV or a workbook, as the client accepts."""
    media, actor = choose_media(request, (JSON, CSV, XLSX)), require(request)
    async with connection(request) as conn:
        seen = await see(conn, actor, ConferenceId(id_of(request)))
        now = request.config_dict[CLOCK]()
        rows = await sheet_of(conn, seen.conference.id, now)
        beside = await stretches_of(conn, seen.conference, now)
        day = local_day(seen.conference.period.start)
        sites = await sites_by_ids(conn, seen.conference.sites, on=day)
    own = readable(actor, seen, rows, sites)
    if media == JSON:
        return shown(sheet_view(seen.conference, own, sites, beside), headers=VARIES)
    write = sheet_csv if media == CSV else sheet_xlsx
    content = await asyncio.to_thread(
        write, seen.conference, own, sites, beside=beside, locale=locale_of(request)
    )
    return file_of(content, media, seen.conference)


def sheet_view(
    conference: Conference,
    rows: Sequence[SheetRow],
    sites: Mapping[SiteId, Site],
    beside: Stretches,
) -> views.SheetView:
    """Return the sheet as far as it may be read."""
    return views.SheetView(
        conference=conference.id,
        state=conference.state,
        complete=len(rows) == len(conference.sites),
        rows=[row_view(row, sites[row.site]) for row in rows],
        blind_spots=[
            views.BlindSpotView(from_=one.period.start, to=one.period.end, reason=one.reason)
            for one in beside.blind
        ],
        clock_steps=[
            views.ClockStepView(
                bridge=one.bridge, from_=one.period.start, to=one.period.end, seconds=one.seconds
            )
            for one in beside.clocks
        ],
    )


def file_of(content: bytes, media: str, conference: Conference) -> web.Response:
    """Answer with a file that a browser saves."""
    suffix = "csv" if media == CSV else "xlsx"
    return download(content, media, f"sheet-{conference.id}.{suffix}", VARIES)
