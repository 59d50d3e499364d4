"""The leader's report: who was there, month by month, commune by commune."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from meetings.attendance.reports import Report, ReportRow, Tally, report
from meetings.exporting.sheets import report_xlsx
from web import formats
from web.answers import download
from web.files.document_kinds import XLSX
from web.pages.reading import Reader, reader_of
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.transactions import connection
from web.wording.speech import Speech

routes = Routes()

MONTHS = 12
FIRST_YEAR = 2025
NAMES_IN_ANSWER = 4
MOST_YEARS = 6
GOOD = 0.8
HALF = 0.5
"""Shares of conferences from which a month is shaded as mostly there, and as there by half."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A year to choose."""

    year: int
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A commune in a month: in `here` of `of` conferences, with what else to say."""

    look: str
    here: int
    of: int
    remarks: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A commune."""

    label: str
    cells: Sequence[Cell]
    total: str
    people: str


@routes.get("/report", allow=Permission.READ_REPORT)
async def show(request: web.Request) -> web.Response:
    """Show one year."""
    reader = reader_of(request)
    year = year_in(request, reader)
    found = await read_report(request, reader, year)
    last, shown = reader.day.year, months_shown(found)
    return render(
        request,
        "report.html",
        answer=answer(found, year, reader.speech),
        second=second(found, reader.speech),
        year=year,
        follow=follows(request),
        years=[Year(year=one, current=one == year) for one in range(first_year(last), last + 1)],
        months=[reader.speech.tell("M%(n)s", n=month.month) for month in found.months[shown]],
        rows=[line(row, shown, reader.speech) for row in found.rows] if found.conferences else [],
    )


@routes.get("/report.xlsx", allow=Permission.READ_REPORT)
async def as_xlsx(request: web.Request) -> web.Response:
    """Give one year as a workbook."""
    reader = reader_of(request)
    year = year_in(request, reader)
    found = await read_report(request, reader, year)
    title = reader.speech.tell("Who was there, month by month, in %(year)s", year=year)
    body = report_xlsx(found, title=title, locale=reader.speech.locale)
    return download(body, XLSX, f"diemcau-report-{year}.xlsx")


def first_year(last: int) -> int:
    """Return the first year that can be chosen."""
    return max(FIRST_YEAR, last - MOST_YEARS + 1)


def year_in(request: web.Request, reader: Reader) -> int:
    """Return the year asked for, else this one."""
    text = request.query.get("year", "")
    year = int(text) if re.fullmatch(r"20[0-9]{2}", text) else reader.day.year
    return min(max(year, first_year(reader.day.year)), reader.day.year)


def follows(request: web.Request) -> bool:
    """Tell whether what a unit did counts for the one that it became."""
    return request.query.get("follow") == "successors"


async def read_report(request: web.Request, reader: Reader, year: int) -> Report:
    """Return the year over the reader's subtrees."""
    units = reader.units(Permission.READ_REPORT)
    async with connection(request) as conn:
        return await report(
            conn, first=date(year, 1, 1), months=MONTHS, below=units, follow=follows(request)
        )


def answer(found: Report, year: int, speech: Speech) -> str:
    """Return the page's answer as one sentence."""
    invited = found.total.invited
    if not invited:
        return speech.tell("Nothing to report for %(year)s yet", year=year)
    share = formats.percent((found.total.present + found.total.late) / invited, speech.locale)
    return speech.tell(
        "Present at %(share)s of all invitations in %(year)s", share=share, year=year
    )


def second(found: Report, speech: Speech) -> str:
    """Say in how many conferences, and who was missing most."""
    count = speech.tell_many("%(n)s conference", "%(n)s conferences", found.conferences)
    missing = sorted((row for row in found.rows if row.total.absent), key=absence)
    if not missing:
        return count
    names = speech.listing(
        (row.unit.name for row in missing[:NAMES_IN_ANSWER]), most=NAMES_IN_ANSWER
    )
    return f"{count} · " + speech.tell("most often absent: %(names)s", names=names)


def absence(row: ReportRow) -> int:
    """Rank who was absent most often first."""
    return -row.total.absent


def months_shown(found: Report) -> slice:
    """Return the stretch of months from the first with a conference to the last."""
    held = [place for place, tally in enumerate(found.totals) if tally.invited]
    return slice(held[0], held[-1] + 1) if held else slice(0, 0)


def line(row: ReportRow, shown: slice, speech: Speech) -> Line:
    """Return one commune's line."""
    total = row.total
    return Line(
        label=row.unit.name,
        cells=[cell(month, speech) for month in row.months[shown]],
        total=f"{total.present + total.late}/{total.invited}" if total.invited else "–",
        people=speech.number(total.people),
    )


def cell(tally: Tally, speech: Speech) -> Cell:
    """Return one month of a commune with its words: colour is never alone."""
    here = tally.present + tally.late
    told = (
        (tally.late, speech.tell("%(n)s late", n=tally.late)),
        (tally.unknown, speech.tell("%(n)s not known", n=tally.unknown)),
    )
    return Cell(
        look=f"heat {shade(here, tally)}" if tally.invited else "",
        here=here,
        of=tally.invited,
        remarks=[words for count, words in told if count],
    )


def shade(here: int, tally: Tally) -> str:
    """Return the shade: what is not known counts neither way."""
    known = tally.invited - tally.unknown
    if not known:
        return "h0"
    share = here / known
    if share >= 1:
        return "h4"
    return "h3" if share >= GOOD else "h2" if share >= HALF else "h1"
