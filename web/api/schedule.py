"""The schedule: who holds what when, as grids and other programs want it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Self

from aiohttp import web
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from meetings.directory.finding import unit_by_code
from meetings.ids import OfficialId
from meetings.model import Period, SiteId, State
from meetings.office.workdays import local_day
from meetings.store.schedule import Entry, list_entries
from web.access.tier_sight import told_of
from web.api import views
from web.api.answering import shown
from web.api.endpoints import Endpoints, Tells
from web.api.reading import read_query
from web.input.forms import Body
from web.input.moments import Moment
from web.input.typed import TypedId
from web.input.words import UnitCode
from web.keys import CLOCK
from web.permissions import Permission, require, units_of
from web.transactions import connection

routes = Endpoints("schedule")

MOST = 2000
LONGEST = timedelta(days=62)


class ScheduleQuery(Body):
    """Whose schedule in `[from, to)`, at most two months: of a unit's subtree, of a hall."""

    after: Annotated[Moment, Field(alias="from")]
    before: Annotated[Moment, Field(alias="to")]
    unit: UnitCode | None = None
    site: TypedId | None = None
    official: TypedId | None = None

    @model_validator(mode="after")
    def check(self) -> Self:
        """Refuse an empty stretch and one that is too long to answer at once."""
        code = "end-before-start" if self.before <= self.after else "out-of-range"
        if not self.after < self.before <= self.after + LONGEST:
            what = {"field": "to", "code": code, "days": LONGEST.days}
            raise PydanticCustomError("between-fields", "{code}", what)
        return self


class EntryView(views.View):
    """Who holds halls when; of others' conferences the fields that are null are not told."""

    start: Moment
    end: Moment
    host: views.UnitName
    state: State
    sites: list[int]
    conference: int | None
    title: str | None
    chair: str | None


class ScheduleView(views.View):
    """What is held; `complete` is false where there is more than could be answered."""

    items: list[EntryView]
    complete: bool


@routes.endpoint(
    "GET",
    "/schedule",
    allow=Permission.READ_CONFERENCES,
    tells=Tells(answer=ScheduleView, query=ScheduleQuery),
)
async def show(request: web.Request) -> web.Response:
    """Tell who holds which halls when; of others' conferences only holder and period."""
    query = read_query(request, ScheduleQuery)
    today = local_day(request.config_dict[CLOCK]())
    actor, site = require(request), None if query.site is None else SiteId(query.site)
    async with connection(request) as conn:
        unit = None if query.unit is None else (await unit_by_code(conn, query.unit, today)).id
        found = await list_entries(
            conn,
            units_of(actor, Permission.READ_CONFERENCES),
            Period(query.after, query.before),
            unit=unit,
            site=site,
            official=None if query.official is None else OfficialId(query.official),
            limit=MOST + 1,
        )
        by_hall = query.official is None
        told = await told_of(conn, actor, found[:MOST], by_hall=by_hall, unit=unit, site=site)
    items = [entry_view(entry) for entry in told]
    return shown(ScheduleView(items=items, complete=len(found) <= MOST))


def entry_view(entry: Entry) -> EntryView:
    """Return one conference as far as it may be told."""
    return EntryView(
        start=entry.period.start,
        end=entry.period.end,
        host=views.UnitName(code=entry.host_code, name=entry.host_name),
        state=entry.state,
        sites=list(entry.sites),
        conference=entry.id if entry.visible else None,
        title=entry.title if entry.told else None,
        chair=entry.chair if entry.told else None,
    )
