"""The weekly work schedule: as JSON for programs, as Word and a workbook for offices."""

from __future__ import annotations

from datetime import date
from typing import Literal

from aiohttp import web

from web.api import views
from web.api.accepting import choose_media
from web.api.answering import shown
from web.api.endpoints import JSON, Endpoints, Tells
from web.api.reading import read_query
from web.api.sheets import VARIES
from web.files.document_kinds import DOCX, XLSX
from web.input.forms import Body
from web.input.moments import Day, Moment
from web.input.typed import TypedId
from web.input.words import ShortText, UnitCode
from web.pages.reading import reader_of
from web.pages.views.week_days import Day as DayOfWeek
from web.pages.views.week_days import Line
from web.pages.views.weekly import Paper, docx_of, paper_of, xlsx_of
from web.permissions import Permission

routes = Endpoints("weekly-schedule")


class WeeklyQuery(Body):
    """Whose week: the one that holds the day `on`, of a unit's subtree, of a hall, of a leader.

    `leader` is the number sign and an official's id, or the words by which a chair is named.
    """

    on: Day | None = None
    unit: UnitCode | None = None
    site: TypedId | None = None
    leader: ShortText | None = None


class LineView(views.View):
    """One conference; `conference` is null where one may not open it."""

    conference: int | None
    start: Moment
    end: Moment
    title: str
    chair: str
    place: str
    participants: str
    prepared_by: str


class SessionView(views.View):
    """A part of a day with its conferences, by start."""

    part: Literal["morning", "afternoon", "evening"]
    items: list[LineView]


class WeekdayView(views.View):
    """A day; `mark` says what is particular about it, and is empty on a usual one."""

    day: date
    mark: Literal["", "off", "made-up", "weekend"]
    sessions: list[SessionView]


class WeeklyView(views.View):
    """The document of a week: letterhead, days, and who signs it."""

    first: date
    last: date
    office: str
    above: str
    subject: str
    dated: str
    signature: list[str]
    days: list[WeekdayView]


@routes.endpoint(
    "GET",
    "/schedule/weekly",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=WeeklyView, query=WeeklyQuery, media=(JSON, DOCX, XLSX), negotiates=True),
)
async def show(request: web.Request) -> web.Response:
    """Give the week as offices print it: as JSON, a Word file or a workbook."""
    media, reader = choose_media(request, (JSON, DOCX, XLSX)), reader_of(request)
    read_query(request, WeeklyQuery)
    paper = await paper_of(request, reader)
    if media == JSON:
        return shown(weekly_view(paper), headers=VARIES)
    answer = await (docx_of if media == DOCX else xlsx_of)(paper, reader)
    answer.headers.update(VARIES)
    return answer


def weekly_view(paper: Paper) -> WeeklyView:
    """Return the document; a free weekend day is left out, as on paper."""
    return WeeklyView(
        first=paper.frame.days[0],
        last=paper.frame.days[-1],
        office=paper.office,
        above=paper.above,
        subject=paper.subject,
        dated=paper.dated,
        signature=list(paper.signature),
        days=[day_view(day) for day in paper.days],
    )


def day_view(day: DayOfWeek) -> WeekdayView:
    """Return one day."""
    return WeekdayView(
        day=day.head.day,
        mark=day.head.mark,
        sessions=[
            SessionView(part=one.part, items=[line_view(line) for line in one.lines])
            for one in day.sessions
        ],
    )


def line_view(line: Line) -> LineView:
    """Return one conference."""
    return LineView(
        conference=line.entry.id if line.entry.visible else None,
        start=line.entry.period.start,
        end=line.entry.period.end,
        title=line.title,
        chair=line.chair,
        place=line.place,
        participants=line.participants,
        prepared_by=line.prepared,
    )
