"""The weekly work schedule as offices print it: days, sessions, content, chair, place."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from meetings.directory.finding import find_sites, sites_by_ids, unit_by_id
from meetings.directory.officials import officials_by_ids
from meetings.model import Kind, Site, SiteId, Unit, UnitId
from meetings.scheduling.defaults import Defaults, defaults_of
from meetings.store import Connection
from meetings.store.schedule import Entry
from web.answers import download
from web.files.document_kinds import DOCX, XLSX
from web.files.weekly_file import Sheet, SheetRow, workbook
from web.formats import short_date, weekday
from web.i18n import N_
from web.pages.conference.conferences import unit_name
from web.pages.reading import Reader, reader_of
from web.pages.views.narrowing import narrowed
from web.pages.views.spans import WEEK, WEEKLY, Frame, entries_of, frame_of
from web.pages.views.week_days import Day, Known, days
from web.pages.views.week_leaders import Leader, Leaders, in_order, leader_of, leaders_of
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.transactions import connection
from web.wording.speech import Speech

routes = Routes()

COLUMNS = (
    N_("Day"),
    N_("Session"),
    N_("Time"),
    N_("Content"),
    N_("Chaired by"),
    N_("Place"),
    N_("Participants"),
    N_("Prepared by"),
)
MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
LONGEST_NAME = 200
MOST_HALLS = 4000
MARCH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A week as a document: of whom, by whom, and signed how."""

    frame: Frame
    site: SiteId | None
    halls: Sequence[Site]
    chosen: str
    leaders: Sequence[Leader]
    office: str
    above: str
    dated: str
    subject: str
    week: str
    days: Sequence[Day]
    signature: Sequence[str]


@routes.get("/schedule/weekly", allow=Permission.READ_CONFERENCES)
@narrowed
async def show(request: web.Request) -> web.Response:
    """Show the week of a unit, of a leader or of a hall as a document."""
    paper = await paper_of(request, reader_of(request))
    return render(request, "schedule-weekly.html", frame=paper.frame, paper=paper)


@routes.get("/schedule/weekly.xlsx", allow=Permission.READ_CONFERENCES)
@narrowed
async def give(request: web.Request) -> web.Response:
    """Give the same document as a workbook that offices fill in further."""
    reader = reader_of(request)
    return await xlsx_of(await paper_of(request, reader), reader)


@routes.get("/schedule/weekly.docx", allow=Permission.READ_CONFERENCES)
@narrowed
async def give_word(request: web.Request) -> web.Response:
    """Give the same document as a Word file that offices write on in."""
    reader = reader_of(request)
    return await docx_of(await paper_of(request, reader), reader)


async def xlsx_of(paper: Paper, reader: Reader) -> web.Response:
    """Return the week as a workbook."""
    content = await asyncio.to_thread(workbook, sheet_of(paper, reader.speech))
    return as_file(paper, content, kind=XLSX, ending="xlsx")


async def docx_of(paper: Paper, reader: Reader) -> web.Response:
    """Return the week as a Word file."""
    sheet, locale = sheet_of(paper, reader.speech), reader.speech.locale
    content = await asyncio.to_thread(word_file, sheet, locale=locale, made=reader.now)
    return as_file(paper, content, kind=DOCX, ending="docx")


def word_file(sheet: Sheet, *, locale: str, made: datetime) -> bytes:
    """Return the Word file."""
    from web.files.weekly_word import document  # noqa: PLC0415 - who wants no Word file needs no library

    return document(sheet, locale=locale, made=made)


def as_file(paper: Paper, content: bytes, *, kind: str, ending: str) -> web.Response:
    """Return a file named by its week."""
    return download(content, kind, f"lich-cong-tac-{paper.frame.days[0].isoformat()}.{ending}")


async def paper_of(request: web.Request, reader: Reader) -> Paper:
    """Return the week that the address asks for."""
    site, chosen = site_in(request), request.query.get("leader", "")[:LONGEST_NAME]
    async with connection(request) as conn:
        more = {"leader": chosen or None, "site": str(site) if site else None}
        frame = await frame_of(conn, request, reader, view=WEEKLY, span=WEEK, more=more)
        held = official_of(await entries_of(conn, frame, reader, site=site))
        leaders = await leaders_of(conn, held, chosen)
        own = {site} if site else set()
        sites = await sites_by_ids(conn, own.union(*(one.sites for one in held)), on=frame.on)
        named = await officials_by_ids(conn, {who for one in held for who in one.delegates})
        halls = await find_sites(conn, on=frame.on, limit=MOST_HALLS)
        office, province = await letterhead(conn, frame, reader)
        signed = (await defaults_of(conn, office.id)).own
    entries = [one for one in held if is_led(one, chosen, leaders)]
    speech = reader.speech
    return Paper(
        frame=frame,
        site=site,
        halls=[*halls, *(sites[one] for one in own - {one.id for one in halls} if one in sites)],
        chosen=chosen,
        leaders=in_order(leaders.values()),
        office=unit_name(office, speech),
        above=unit_name(province, speech) if province.id != office.id else "",
        dated=dated(province, reader),
        subject=subject(chosen, leaders, sites.get(site) if site else None, speech),
        week=week_words(frame, speech),
        days=days(frame, entries, Known(sites=sites, officials=named), reader),
        signature=signature(signed, speech),
    )


def official_of(entries: Sequence[Entry]) -> list[Entry]:
    """Return what stands in an office's schedule: what may be told, without tests of lines."""
    return [one for one in entries if one.told and one.kind is not Kind.REHEARSAL]


def is_led(entry: Entry, chosen: str, leaders: Leaders) -> bool:
    """Tell whether the chosen leader chairs; with nobody chosen, everything is told."""
    leader = leader_of(entry, leaders)
    return not chosen or (leader is not None and leader.key == chosen)


def subject(chosen: str, leaders: Leaders, site: Site | None, speech: Speech) -> str:
    """Say whose week it is, nothing for a whole unit's."""
    name = next((one.name for one in leaders.values() if one.key == chosen), chosen)
    if chosen:
        return speech.tell("of %(who)s", who=name)
    return speech.tell("of the hall %(hall)s", hall=site.label) if site else ""


def week_words(frame: Frame, speech: Speech) -> str:
    """Say which week it is."""
    return speech.tell(
        "Week %(number)s (from %(first)s to %(last)s)",
        number=frame.days[0].isocalendar().week,
        first=short_date(frame.days[0]),
        last=short_date(frame.days[-1]),
    )


def signature(signed: Defaults, speech: Speech) -> list[str]:
    """Return the lines of the signature: for whom, as whom, and the name below."""
    office = signed.signed_as or speech.tell("HEAD OF THE OFFICE")
    return [signed.signed_for, office, signed.signed_by or speech.tell("(signature, full name)")]


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


def sheet_of(paper: Paper, speech: Speech) -> Sheet:
    """Return the document as the workbook lays it out."""
    return Sheet(
        left=(paper.above.upper(), paper.office.upper()),
        right=MOTTO,
        heading=(speech.tell("Weekly work schedule").upper(), paper.subject, paper.week),
        header=tuple(speech.word(words) for words in COLUMNS),
        rows=[row for day in paper.days for row in rows_of(day, speech)],
        receivers=speech.tell("Recipients:"),
        dated=paper.dated,
        signature=paper.signature,
    )


def rows_of(day: Day, speech: Speech) -> list[SheetRow]:
    """Return the rows of one day; a day without conferences says so."""
    head = day.head
    marked = head.mark_words if head.mark in {"off", "made-up"} else ""
    name = "\n".join(filter(None, (weekday(head.day, speech.locale), short_date(head.day), marked)))
    if not day.sessions:
        return [SheetRow(day=name, empty=head.mark_words or speech.tell("No conference"))]
    return [
        SheetRow(
            day=name,
            session=session.words,
            cells=(
                line.time,
                line.title,
                line.chair,
                line.place,
                line.participants,
                line.prepared,
            ),
        )
        for session in day.sessions
        for line in session.lines
    ]
