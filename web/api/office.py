"""The office calendar: holidays, swapped days, and the hours of the seasons."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from aiohttp import web
from pydantic import Field

from meetings.idempotency import Answer
from meetings.office import keeping as office
from meetings.office.days import DayKind, OfficeDay, SeasonHours, SeasonName
from meetings.store import Connection
from web.api import views
from web.api.answering import change, done, etag, shown
from web.api.endpoints import ID, Endpoints, Tells
from web.api.reading import read_body, read_query, read_version
from web.directory.officeforms import DayBody, DayChangesBody, HoursBody, SwapBody
from web.formats import local_day
from web.input.addressed import id_of
from web.input.forms import Body
from web.input.moments import YEARS, Clock, Day
from web.input.typed import Number
from web.keys import CLOCK
from web.permissions import Permission, require
from web.transactions import connection, transaction

routes = Endpoints("office calendar")


class CalendarDayView(views.View):
    """A special day; one in doubt (`confirmed` is false) does not count."""

    id: int
    day: Day
    kind: DayKind
    name: str
    name_en: str
    source: str
    confirmed: bool
    note: str
    version: int


class OfficeHoursView(views.View):
    """Hours that hold from a day of the year on until the other season begins."""

    season: SeasonName
    month: int
    day: int
    opens: Clock
    lunch_begins: Clock
    lunch_ends: Clock
    closes: Clock
    version: int


class YearQuery(Body):
    """Which year; this one unless another is named."""

    year: Annotated[Number, Field(ge=YEARS.start, lt=YEARS.stop)] | None = None


def day_view(entry: OfficeDay) -> CalendarDayView:
    """Return an entry of the calendar."""
    what = entry.what
    return CalendarDayView(
        id=entry.id,
        day=what.day,
        kind=what.kind,
        name=what.name,
        name_en=what.name_en,
        source=what.source,
        confirmed=what.confirmed,
        note=what.note,
        version=entry.version,
    )


def hours_view(stored: SeasonHours) -> OfficeHoursView:
    """Return a season's hours."""
    hours = stored.hours
    return OfficeHoursView(
        season=stored.name,
        month=hours.month,
        day=hours.day,
        opens=hours.opens,
        lunch_begins=hours.lunch_begins,
        lunch_ends=hours.lunch_ends,
        closes=hours.closes,
        version=stored.version,
    )


@routes.endpoint(
    "GET",
    "/calendar-days",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=views.Page[CalendarDayView], query=YearQuery),
)
async def list_year(request: web.Request) -> web.Response:
    """List the special days of a year in order."""
    year = read_query(request, YearQuery).year or local_day(request.config_dict[CLOCK]()).year
    async with connection(request) as conn:
        found = await office.days_of(conn, year)
    return shown(views.Page[CalendarDayView](items=[day_view(entry) for entry in found]))


@routes.endpoint(
    "POST",
    "/calendar-days",
    allow=Permission.MANAGE_CALENDAR,
    tells=Tells(
        answer=CalendarDayView,
        status=HTTPStatus.CREATED,
        body=DayBody,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def add(request: web.Request) -> web.Response:
    """Enter a special day; it counts at once."""
    actor, body = require(request), await read_body(request, DayBody)

    async def work(conn: Connection) -> Answer:
        return answer(
            await office.add_day(conn, body.new(), by=actor.name), status=HTTPStatus.CREATED
        )

    return await change(request, work)


def answer(entry: OfficeDay, *, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    """Return an entry with its version."""
    return done(day_view(entry), status=status, headers={"ETag": etag(entry.version)})


@routes.endpoint(
    "POST",
    "/calendar-days/swap",
    allow=Permission.MANAGE_CALENDAR,
    tells=Tells(
        answer=views.Page[CalendarDayView],
        status=HTTPStatus.CREATED,
        body=SwapBody,
        keyed=True,
        refusals=(HTTPStatus.CONFLICT,),
    ),
)
async def swap(request: web.Request) -> web.Response:
    """Give a day off in exchange for a weekend day that is worked."""
    actor, body = require(request), await read_body(request, SwapBody)

    async def work(conn: Connection) -> Answer:
        pair = await office.swap_days(
            conn, body.off, body.worked, source=body.source, by=actor.name
        )
        items = [day_view(entry) for entry in pair]
        return done(views.Page[CalendarDayView](items=items), status=HTTPStatus.CREATED)

    return await change(request, work)


@routes.endpoint(
    "GET",
    f"/calendar-days/{ID}",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=CalendarDayView),
)
async def show(request: web.Request) -> web.Response:
    """Show one special day; its ETag is what a change must name."""
    async with transaction(request) as conn:
        entry = await office.day_by_id(conn, id_of(request))
    return shown(day_view(entry), headers={"ETag": etag(entry.version)})


@routes.endpoint(
    "PATCH",
    f"/calendar-days/{ID}",
    allow=Permission.MANAGE_CALENDAR,
    tells=Tells(answer=CalendarDayView, body=DayChangesBody, keyed=True, versioned=True),
)
async def amend(request: web.Request) -> web.Response:
    """Change what is said of a special day: confirm it, for example."""
    actor, version = require(request), read_version(request)
    body = await read_body(request, DayChangesBody)
    given = body.model_dump(exclude_none=True)

    async def work(conn: Connection) -> Answer:
        found = await office.day_by_id(conn, id_of(request))
        what = replace(found.what, **given)
        return answer(await office.change_day(conn, found.id, what, version=version, by=actor.name))

    return await change(request, work)


@routes.endpoint(
    "DELETE",
    f"/calendar-days/{ID}",
    allow=Permission.MANAGE_CALENDAR,
    tells=Tells(answer=CalendarDayView, keyed=True, versioned=True),
)
async def remove(request: web.Request) -> web.Response:
    """Take a special day out; it is an ordinary one again."""
    actor, version = require(request), read_version(request)

    async def work(conn: Connection) -> Answer:
        entry = await office.remove_day(conn, id_of(request), version=version, by=actor.name)
        return answer(entry)

    return await change(request, work)


@routes.endpoint(
    "GET",
    "/office-hours",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=views.Page[OfficeHoursView]),
)
async def list_hours(request: web.Request) -> web.Response:
    """List the office hours of both seasons with their versions."""
    async with connection(request) as conn:
        found = await office.seasons(conn)
    return shown(views.Page[OfficeHoursView](items=[hours_view(one) for one in found]))


@routes.endpoint(
    "PATCH",
    "/office-hours",
    allow=Permission.MANAGE_CALENDAR,
    tells=Tells(answer=OfficeHoursView, body=HoursBody, keyed=True, versioned=True),
)
async def set_hours(request: web.Request) -> web.Response:
    """Write a season's hours; If-Match names the version of that season."""
    actor, version = require(request), read_version(request)
    body = await read_body(request, HoursBody)

    async def work(conn: Connection) -> Answer:
        stored = await office.set_hours(
            conn, body.season, body.hours(), version=version, by=actor.name
        )
        return done(hours_view(stored), headers={"ETag": etag(stored.version)})

    return await change(request, work)
