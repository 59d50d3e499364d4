"""Officials: who chairs and attends, found by word, unit and day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from meetings.directory.finding import list_units
from meetings.directory.officials import count_officials, list_officials
from meetings.model import OfficialId, Unit
from meetings.scheduling.resources import Official
from web.pages.conference.conferences import unit_name
from web.pages.days import DayField, day_field, tabs
from web.pages.directory.units import dates_of, in_tree
from web.pages.reading import Reader, after_in, reader_of, word_in
from web.permissions import Permission, may
from web.render import render, same_page
from web.routes import Routes
from web.transactions import connection

routes = Routes()

SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An official in the list."""

    id: OfficialId
    title: str
    name: str
    unit: str
    unit_url: str
    rank: int
    dates: str
    mine: bool


@routes.get("/officials", allow=Permission.READ_SITES)
async def index(request: web.Request) -> web.Response:
    """Show the officials in office on a day, the first in precedence first."""
    reader = reader_of(request)
    day, q = day_field(request, reader), word_in(request)
    async with connection(request) as conn:
        units = in_tree(await list_units(conn, on=day.day))
        unit = next((one for one in units if one.code == request.query.get("unit")), None)
        below = [unit.id] if unit else None
        found = await list_officials(
            conn,
            q,
            on=day.day,
            units=below,
            after=after_in(request, OfficialId),
            limit=SHOWN + 1,
        )
        count = await count_officials(conn, q, on=day.day, units=below)
    return render(
        request,
        "officials.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if day.wrong else HTTPStatus.OK,
        tabs=tabs(request, reader, day),
        day=day,
        q=q,
        unit=unit.code if unit else "",
        units=choices(units, reader),
        sentence=reader.speech.tell_many("%(n)s official", "%(n)s officials", count),
        rows=[line(one, day, reader) for one in found[:SHOWN]],
        next_page=same_page(request, after=found[SHOWN - 1].id) if len(found) > SHOWN else "",
    )


def line(official: Official, day: DayField, reader: Reader) -> Line:
    """Return an official's line."""
    return Line(
        id=official.id,
        title=official.title,
        name=official.name,
        unit=official.unit_name,
        unit_url=day.link(f"/units/{official.unit_code}"),
        rank=official.rank,
        dates=dates_of(official, reader.speech),
        mine=may(reader.actor, Permission.MANAGE_RESOURCES, official.unit_path),
    )


def choices(units: Sequence[Unit], reader: Reader) -> list[tuple[str, str]]:
    """Return units to choose from, each under its own name."""
    return [(unit.code, unit_name(unit, reader.speech)) for unit in units]
