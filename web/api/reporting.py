"""The report: attendance month by month, commune by commune."""

from __future__ import annotations

import asyncio
import re
from datetime import date
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from meetings.attendance.reports import Report, ReportRow, Tally, report
from meetings.exporting.sheets import report_csv, report_xlsx
from meetings.office.workdays import local_day
from web.answers import download
from web.api.accepting import choose_media
from web.api.answering import shown
from web.api.endpoints import JSON, Endpoints, Tells
from web.api.presenting import unit_name
from web.api.reading import read_query
from web.api.sheets import CSV, VARIES
from web.api.views import UnitName, View
from web.files.document_kinds import XLSX
from web.i18n import locale_of
from web.input.forms import Body
from web.input.moments import YEARS
from web.input.typed import Number
from web.keys import CLOCK
from web.permissions import Permission, require, units_of
from web.transactions import connection

routes = Endpoints("report")

MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
MOST_MONTHS = 12


def read_month(value: Any) -> date:
    """Return the first day of a month written as 2026-11."""
    match = MONTH.fullmatch(str(value))
    if match is None or int(match[1]) not in YEARS:
        raise PydanticCustomError("bad-time", "no month", {"month": "2026-11"})
    return date(int(match[1]), int(match[2]), 1)


Month = Annotated[
    date | None,
    BeforeValidator(read_month),
    WithJsonSchema({"type": "string", "pattern": r"^20[0-9]{2}-(0[1-9]|1[0-2])$"}),
]


class TallyView(View):
    """How often somebody was invited and what became of it; people as halls declared."""

    invited: int
    present: int
    late: int
    absent: int
    unknown: int
    people: int


class ReportRowView(View):
    """One commune, month by month."""

    unit: UnitName
    months: list[TallyView]
    total: TallyView


class ReportView(View):
    """Attendance over months; `months` are named as 2026-11."""

    months: list[str]
    rows: list[ReportRowView]
    totals: list[TallyView]
    total: TallyView
    conferences: int


class ReportQuery(Body):
    """Which months: `months` of them, beginning with the month `first`.

    `follow=successors` counts what a unit did before a reform for the one that it became.
    """

    first: Month = None
    months: Annotated[Number, Field(ge=1, le=MOST_MONTHS)] = 1
    follow: Literal["successors"] | None = None


def tally_view(tally: Tally) -> TallyView:
    """Return how often somebody was invited and what became of it."""
    return TallyView(
        invited=tally.invited,
        present=tally.present,
        late=tally.late,
        absent=tally.absent,
        unknown=tally.unknown,
        people=tally.people,
    )


def row_view(row: ReportRow) -> ReportRowView:
    """Return one commune."""
    return ReportRowView(
        unit=unit_name(row.unit),
        months=[tally_view(tally) for tally in row.months],
        total=tally_view(row.total),
    )


def report_view(found: Report) -> ReportView:
    """Return the whole report."""
    return ReportView(
        months=[f"{month:%Y-%m}" for month in found.months],
        rows=[row_view(row) for row in found.rows],
        totals=[tally_view(tally) for tally in found.totals],
        total=tally_view(found.total),
        conferences=found.conferences,
    )


@routes.endpoint(
    "GET",
    "/report",
    allow=Permission.READ_REPORT,
    tells=Tells(
        answer=ReportView,
        query=ReportQuery,
        media=(JSON, CSV, XLSX),
        negotiates=True,
    ),
)
async def show(request: web.Request) -> web.Response:
    """Show how often each commune was present, late, absent or unknown, month by month."""
    query = read_query(request, ReportQuery)
    media = choose_media(request, (JSON, CSV, XLSX))
    first = query.first or local_day(request.config_dict[CLOCK]()).replace(day=1)
    units = units_of(require(request), Permission.READ_REPORT)
    async with connection(request) as conn:
        found = await report(
            conn, first=first, months=query.months, below=units, follow=query.follow is not None
        )
    if media == JSON:
        return shown(report_view(found), headers=VARIES)
    content = await asyncio.to_thread(write_file, found, media, locale_of(request))
    name = f"report-{first:%Y-%m}.{'csv' if media == CSV else 'xlsx'}"
    return download(content, media, name, VARIES)


def write_file(found: Report, media: str, locale: str) -> bytes:
    """Return the report as a file."""
    if media == CSV:
        return report_csv(found, locale=locale)
    months = f"{found.months[0]:%m/%Y} – {found.months[-1]:%m/%Y}"
    return report_xlsx(found, title=months, locale=locale)
