"""Closing, renaming and merging units, alike from pages and programs: read, allowed, done."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from aiohttp import web
from pydantic import Field

from meetings.directory.finding import unit_by_code, units_by_ids
from meetings.directory.unit_rows import UnitRow
from meetings.errors import UnitNotFound
from meetings.model import Unit, UnitKind
from meetings.reforms.reforming import Merged, NewName, close_unit, merge_units, rename_unit
from meetings.store import Connection
from web.errors import BadForm, PageNotFound
from web.formats import local_day
from web.input.forms import Body
from web.input.moments import Day
from web.input.words import Name, ShortText, UnitCode, Who
from web.keys import CLOCK
from web.permissions import Permission, require, require_over

MOST_MERGED = 50

UnitCodes = Annotated[list[UnitCode], Field(max_length=MOST_MERGED)]
Since = Annotated[Day, Field(alias="from")]


class CloseBody(Body):
    """The first day without the unit."""

    since: Since


class RenameBody(Body):
    """What the unit is called from a day on; a full name left out is made of kind and name."""

    since: Since
    name: Name
    full_name: ShortText = ""
    name_en: ShortText = ""
    kind: UnitKind | None = None


class NewUnitBody(Body):
    """A unit that begins by a merger; a parent left out is that of the merged unit."""

    name: Name
    kind: UnitKind
    full_name: ShortText = ""
    hall: Who = ""
    parent: UnitCode | None = None


class MergeBody(Body):
    """Into which unit: one that is there, or a `new` one that begins under that code."""

    since: Since
    into: UnitCode
    also: UnitCodes = Field(default_factory=list)
    new: NewUnitBody | None = None


async def unit_of(conn: Connection, code: str, on: date) -> Unit:
    """Return the unit that an address names.

    Raises:
        PageNotFound: nobody carries the code on that day.
    """
    try:
        return await unit_by_code(conn, code, on)
    except UnitNotFound as error:
        raise PageNotFound from error


async def unit_over(
    conn: Connection, request: web.Request, code: str, permission: Permission, on: date
) -> Unit:
    """Return the unit that an address names, to somebody whose permission reaches it.

    Raises:
        PageNotFound: nobody carries the code on that day.
        Forbidden: it lies outside the actor's subtrees.
    """
    unit = await unit_of(conn, code, on)
    require_over(request, permission, unit.path)
    return unit


async def unit_to_reform(conn: Connection, request: web.Request, code: str, since: date) -> Unit:
    """Return the unit as it is on the eve, for somebody who decides over its parent.

    A commune's own administrator keeps its record but does not end it.

    Raises:
        PageNotFound: there is none on that day.
        Forbidden: its parent lies outside the actor's subtrees.
    """
    eve = date.fromordinal(since.toordinal() - 1)
    unit = await unit_of(conn, code, eve)
    require_over(request, Permission.MANAGE_DIRECTORY, unit.path[:-1] or unit.path)
    return unit


async def close(conn: Connection, request: web.Request, code: str, body: CloseBody) -> Unit:
    """End a unit; return it as it was."""
    unit = await unit_to_reform(conn, request, code, body.since)
    await close_unit(conn, unit, since=body.since, by=require(request).name)
    return (await units_by_ids(conn, [unit.id]))[unit.id]


async def rename(conn: Connection, request: web.Request, code: str, body: RenameBody) -> Unit:
    """Give a unit another name; return it as it is then."""
    unit = await unit_to_reform(conn, request, code, body.since)
    new = NewName(name=body.name, full_name=body.full_name, name_en=body.name_en, kind=body.kind)
    today = local_day(request.config_dict[CLOCK]())
    by = require(request).name
    return await rename_unit(conn, unit, new, since=body.since, today=today, by=by)


async def merge(conn: Connection, request: web.Request, code: str, body: MergeBody) -> Merged:
    """Let units become one; return that one, and what they had said differently."""
    codes = dict.fromkeys([code, *body.also])
    old = [await unit_to_reform(conn, request, one, body.since) for one in codes]
    into = await heir_in(conn, request, old[0], body)
    today, by = local_day(request.config_dict[CLOCK]()), require(request).name
    return await merge_units(conn, old, into, since=body.since, today=today, by=by)


async def try_merge(conn: Connection, request: web.Request, code: str, body: MergeBody) -> Merged:
    """Do the very same and undo it, so that it cannot promise what will not be."""
    trial = conn.transaction()
    await trial.start()
    try:
        return await merge(conn, request, code, body)
    finally:
        await trial.rollback()


async def heir_in(
    conn: Connection, request: web.Request, first: Unit, body: MergeBody
) -> Unit | UnitRow:
    """Return the unit that goes on, or the row of the one that begins.

    Raises:
        UnitNotFound: a unit that is to be there is not.
        BadForm: it would become itself.
        Forbidden: it lies outside the actor's subtrees.
    """
    if body.new is not None:
        parents = await units_by_ids(conn, first.path[-2:-1])
        above = [parent.code for parent in parents.values()]
        parent = await unit_by_code(conn, body.new.parent or (above or [""])[0], body.since)
        require_over(request, Permission.MANAGE_DIRECTORY, parent.path)
        return row_of(body.into, body.new, parent.code, body.since)
    into = await unit_by_code(conn, body.into, body.since)
    require_over(request, Permission.MANAGE_DIRECTORY, into.path)
    if into.code in {first.code, *body.also}:
        raise BadForm({"into": "not-a-choice"})
    return into


def row_of(code: str, new: NewUnitBody, parent: str, since: date) -> UnitRow:
    """Return what a form says of a new unit."""
    return UnitRow(
        line=0,
        code=code,
        name=new.name,
        kind=new.kind,
        full_name=new.full_name,
        hall=new.hall,
        parent=parent,
        valid_from=since,
    )
