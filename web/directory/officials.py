"""Officials, alike from pages, programs and files: read, allowed, done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Self

from aiohttp import web
from pydantic import Field, model_validator

from meetings.directory.finding import unit_by_code
from meetings.directory.officials import (
    USUAL_RANK,
    add_official,
    change_official,
    locked_official,
    remove_official,
)
from meetings.model import OfficialId, Unit
from meetings.scheduling.resources import Official
from meetings.store import Connection
from web.directory.contacts import check_dates, ends_too_soon
from web.errors import BadForm, PageNotFound
from web.input.forms import Body, said_in
from web.input.moments import Day
from web.input.words import OpenName, UnitCode, Who
from web.permissions import Permission, require, require_over

MOST_RANK = 1000
Rank = Annotated[int, Field(strict=True, ge=1, le=MOST_RANK)]


class OfficialBody(Body):
    """A position of a unit; who holds it may be left out, and so may the days."""

    unit: UnitCode
    title: OpenName
    name: Who = ""
    rank: Rank = USUAL_RANK
    valid_from: Day | None = None
    valid_to: Day | None = None

    @model_validator(mode="after")
    def check(self) -> Self:
        """Refuse an end before the start."""
        check_dates(self.valid_from, self.valid_to)
        return self


class OfficialChanges(Body):
    """What is to be different; a field left out stays, a day of null is an open end."""

    title: OpenName | None = None
    name: Who | None = None
    rank: Rank | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None


async def own_unit(conn: Connection, request: web.Request, code: str, on: date) -> Unit:
    """Return the unit of that code, if the actor looks after what belongs to it."""
    unit = await unit_by_code(conn, code, on)
    require_over(request, Permission.MANAGE_RESOURCES, unit.path)
    return unit


async def add(conn: Connection, request: web.Request, body: OfficialBody, on: date) -> Official:
    """Add an official to a unit that the actor looks after.

    Raises:
        UnitNotFound: there is no such unit on that day.
        AlreadyThere: the unit has one just like it.
    """
    unit = await own_unit(conn, request, body.unit, on)
    return await add_official(
        conn,
        unit.id,
        title=body.title,
        name=body.name,
        rank=body.rank,
        since=body.valid_from,
        until=body.valid_to,
        by=require(request).name,
    )


async def owned(
    conn: Connection, request: web.Request, official: int, version: int | None = None
) -> Official:
    """Return an official, locked, to somebody who looks after its unit.

    Raises:
        PageNotFound: there is none.
        Forbidden: its unit lies outside the actor's subtrees.
        StaleRecord: somebody else changed it first.
    """
    found = await locked_official(conn, OfficialId(official))
    if found is None:
        raise PageNotFound
    require_over(request, Permission.MANAGE_RESOURCES, found.unit_path)
    return await locked_official(conn, found.id, version) or found


async def amend(
    conn: Connection, request: web.Request, before: Official, body: OfficialChanges
) -> Official:
    """Change an official that was locked.

    Raises:
        BadForm: the days do not fit each other.
        AlreadyThere: the unit has another one of that title and name.
        OfficialInUse: conferences are booked with them for days on which they would be gone.
    """
    after = replace(before, **said_in(body, clearing=("valid_from", "valid_to")))
    if ends_too_soon(after.valid_from, after.valid_to):
        raise BadForm({"valid_to": "end-before-start"})
    return await change_official(conn, before, after, by=require(request).name)


async def end(conn: Connection, request: web.Request, official: Official, on: date) -> None:
    """Let an official that was locked be in office no more; twice is once.

    Raises:
        OfficialInUse: conferences are booked with them for today or later.
    """
    await remove_official(conn, official, on=on, by=require(request).name)
