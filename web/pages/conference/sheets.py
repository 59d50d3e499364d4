"""The attendance sheet: who was there, on time, how long, with how many people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from meetings.attendance.rollcall import sheet_of, told_by
from meetings.attendance.stretches import Stretches
from meetings.content.cascading import stretches_of
from meetings.exporting.sheets import sheet_csv, sheet_xlsx
from meetings.model import Attendance, BlindSpot, ClockStep, Means, SheetRow, SiteId, State
from web.answers import download
from web.files.document_kinds import XLSX
from web.formats import clock_time
from web.pages.conference import attending
from web.pages.conference.cascade import Card, card_of
from web.pages.conference.conferences import Found, find, unit_name, when_of
from web.pages.door.answering import answer
from web.pages.halls.sites import office_line
from web.pages.looks import Figure, slices
from web.pages.reading import Reader, reader_of
from web.permissions import Permission
from web.render import render
from web.routes import Routes
from web.transactions import connection
from web.wording import phrases
from web.wording.room_phrases import BLIND, MEANS
from web.wording.speech import Speech

routes = Routes()

PAGE = "/conferences/{id:[0-9]+}/sheet"
SECONDS_A_MINUTE = 60
NEARLY = frozenset({"census", "estimated", "failover"})
"""By what a going is known about, not to the second, since nobody told it."""

COUNTED = (
    Attendance.PRESENT,
    Attendance.LATE,
    Attendance.EXPECTED,
    Attendance.ABSENT,
    Attendance.UNKNOWN,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The conference above its sheet."""

    id: int
    title: str
    when: str
    host: str
    chair: str
    live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One hall's line, ready to be read."""

    id: SiteId
    label: str
    second: str
    state: str
    words: str
    first_in: str
    last_out: str
    late: str
    early: str
    minutes: str
    people: str
    means: str = ""
    last_out_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A conference and the rows of it that the reader may see."""

    found: Found
    rows: Sequence[SheetRow]
    beside: Stretches
    upstream: Card | None = None


@routes.get(PAGE, allow=Permission.READ_SHEETS)
async def show(request: web.Request) -> web.Response:
    """Show the sheet as it stands now."""
    reader = reader_of(request)
    read = await read_sheet(request, reader)
    conference, sites, speech = read.found.conference, read.found.sites, reader.speech
    halls = attending.halls(conference, read.rows, sites, {}, now=reader.now)
    counts = Counter(row.state for row in read.rows)
    return render(
        request,
        "sheet.html",
        c=head(read.found, reader),
        upstream=read.upstream,
        blind=[blind_words(one, speech) for one in read.beside.blind],
        clocks=[clock_words(one, speech) for one in read.beside.clocks],
        answer=answer(conference, halls, speech, now=reader.now),
        figures=figures(read.rows, speech, unnamed=read.found.unnamed),
        bar=slices((phrases.ATTENDANCE_LOOKS[state], counts[state]) for state in COUNTED),
        rows=[line(row, read.found, reader) for row in read.rows],
    )


async def read_sheet(request: web.Request, reader: Reader) -> Read:
    """Return the conference of the address with the rows that the reader may see."""
    async with connection(request) as conn:
        found = await find(conn, request, reader)
        rows = await sheet_of(conn, found.conference.id, reader.now)
        beside = await stretches_of(conn, found.conference, reader.now)
        upstream = await card_of(conn, found, reader)
    seen = found.sites_for(reader)
    own = [row for row in rows if row.site in seen]
    return Read(found=found, rows=own, beside=beside, upstream=upstream)


def head(found: Found, reader: Reader) -> Head:
    """Return what stands above the rows."""
    conference = found.conference
    return Head(
        id=conference.id,
        title=conference.title,
        when=when_of(conference, reader.speech),
        host=unit_name(found.host, reader.speech),
        chair=conference.chair,
        live=conference.state in {State.CONFIRMED, State.LIVE},
    )


def figures(rows: Sequence[SheetRow], speech: Speech, *, unnamed: int = 0) -> list[Figure]:
    """Return how many halls were invited, those that are not named too, and how many stand how."""
    counts = Counter(row.state for row in rows)
    counted = [Figure(number=speech.number(len(rows)), words=speech.tell("halls invited"))]
    if unnamed:
        words = speech.tell("halls of other tiers")
        counted.append(Figure(number=speech.number(unnamed), words=words))
    for state in COUNTED:
        if counts[state]:
            words = speech.word(phrases.ATTENDANCES[state]).lower()
            look = phrases.ATTENDANCE_LOOKS[state]
            counted.append(Figure(number=speech.number(counts[state]), words=words, state=look))
    early = sum(row.left_early_minutes > 0 for row in rows)
    if early:
        words = speech.tell("left early")
        counted.append(Figure(number=speech.number(early), words=words, state="warn"))
    people = sum(row.headcount or 0 for row in rows)
    return [*counted, Figure(number=speech.number(people), words=speech.tell("people"))]


def line(row: SheetRow, found: Found, reader: Reader) -> Row:
    """Return one hall's line."""
    site, speech = found.sites[row.site], reader.speech
    return Row(
        id=site.id,
        label=site.label,
        second=office_line(site),
        state=phrases.ATTENDANCE_LOOKS[row.state],
        words=speech.word(phrases.ATTENDANCES[row.state]),
        first_in=clock(row.first_in),
        last_out=clock(row.last_out),
        last_out_by=speech.tell("estimated") if told_by(row)[1] in NEARLY else "",
        late=minutes(row.late_minutes),
        early=minutes(row.left_early_minutes),
        minutes=speech.number(row.present_seconds // SECONDS_A_MINUTE) if row.first_in else "",
        people="" if row.headcount is None else speech.number(row.headcount),
        means=means_words(row.means, speech),
    )


def means_words(means: Collection[Means], speech: Speech) -> str:
    """Say by what a hall was in where it was not, or not only, by its link."""
    if set(means) <= {Means.LINK}:
        return ""
    named = ", ".join(speech.word(MEANS[one]) for one in Means if one in means)
    return speech.tell("in by %(means)s", means=named)


def blind_words(spot: BlindSpot, speech: Speech) -> str:
    """Say when nobody could have been seen, how long, and why."""
    start, end = spot.period.start, spot.period.end
    span = f"{clock_time(start)} – {clock_time(end)} ({speech.length(end - start)})"
    return f"{span}: {speech.word(BLIND[spot.reason])}" if spot.reason in BLIND else span


def clock_words(step: ClockStep, speech: Speech) -> str:
    """Say between when a bridge's clock was set, and by how much."""
    start, end = step.period.start, step.period.end
    by = step_words(step.seconds, speech)
    return f"{clock_time(start)} – {clock_time(end)} · {step.bridge}: {by}"


def step_words(seconds: int, speech: Speech) -> str:
    """Say how far a clock was set: whole minutes as people say them, the rest in seconds."""
    if seconds % SECONDS_A_MINUTE == 0:
        length = speech.length(timedelta(seconds=abs(seconds)))
        back = speech.tell("back by %(length)s", length=length)
        return speech.tell("forward by %(length)s", length=length) if seconds > 0 else back
    if seconds > 0:
        return speech.tell_many("forward by %(n)s second", "forward by %(n)s seconds", seconds)
    return speech.tell_many("back by %(n)s second", "back by %(n)s seconds", -seconds)


def clock(moment: datetime | None) -> str:
    """Write a time of day, or nothing."""
    return clock_time(moment) if moment else ""


def minutes(count: int) -> str:
    """Write minutes, or nothing for none."""
    return f"{count}′" if count else ""


@routes.get(f"{PAGE}.csv", allow=Permission.READ_SHEETS)
async def as_csv(request: web.Request) -> web.Response:
    """Give the sheet as CSV."""
    reader = reader_of(request)
    read = await read_sheet(request, reader)
    found, locale = read.found, reader.speech.locale
    body = sheet_csv(found.conference, read.rows, found.sites, beside=read.beside, locale=locale)
    return download(body, "text/csv", f"diemcau-sheet-{found.conference.id}.csv")


@routes.get(f"{PAGE}.xlsx", allow=Permission.READ_SHEETS)
async def as_xlsx(request: web.Request) -> web.Response:
    """Give the sheet as a workbook."""
    reader = reader_of(request)
    read = await read_sheet(request, reader)
    found, locale = read.found, reader.speech.locale
    body = sheet_xlsx(found.conference, read.rows, found.sites, beside=read.beside, locale=locale)
    return download(body, XLSX, f"diemcau-sheet-{found.conference.id}.xlsx")
