"""Shared lines, alike from pages and programs: what is sent, whose they may be, done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Annotated

from aiohttp import web
from pydantic import Field

from meetings.directory.errors import StaleRecord
from meetings.directory.finding import sites_by_ids
from meetings.directory.officials import (
    add_line,
    change_line,
    lines_by_ids,
    locked_line,
    locked_lines_of,
    remove_line,
)
from meetings.errors import SitesNotFound
from meetings.model import LineId, SiteId
from meetings.scheduling.resources import Line
from meetings.store import Connection
from web.directory.officials import own_unit
from web.errors import PageNotFound
from web.input.forms import MOST_SITES, Body, Id
from web.input.words import OpenName, UnitCode
from web.permissions import Permission, may, require, require_over


class LineBody(Body):
    """A channel, and the halls that share it from now on."""

    unit: UnitCode
    name: OpenName
    sites: Annotated[tuple[Id, ...], Field(max_length=MOST_SITES)] = ()


class LineChanges(Body):
    """What a line is called, and the halls that share it from now on; what is left out stays."""

    name: OpenName | None = None
    sites: Annotated[tuple[Id, ...], Field(max_length=MOST_SITES)] | None = None


async def add(conn: Connection, request: web.Request, body: LineBody, on: date) -> Line:
    """Add a line for halls that the actor looks after; they leave the lines they were on.

    Raises:
        UnitNotFound: there is no such unit on that day.
        SitesNotFound: some of the halls are not there.
        Forbidden: the unit, a hall, or a line that a hall leaves belongs to somebody else.
        AlreadyThere: the unit has one of that name.
    """
    unit = await own_unit(conn, request, body.unit, on)
    wanted = frozenset(map(SiteId, body.sites))
    sites = await sites_by_ids(conn, wanted)
    if sites.keys() != wanted:
        raise SitesNotFound(wanted - sites.keys())
    left = await locked_lines_of(conn, wanted)
    for path in [one.unit_path for one in sites.values()] + [one.unit_path for one in left]:
        require_over(request, Permission.MANAGE_RESOURCES, path)
    return await add_line(conn, unit.id, body.name, sites=wanted, by=require(request).name)


def mark_of(line: Line) -> str:
    """Return what tells a line as it is from what it was before, or after, a change."""
    return sha256(f"{line.name}/{sorted(line.sites)}".encode()).hexdigest()[:16]


async def amend(
    conn: Connection,
    request: web.Request,
    line: Line,
    body: LineChanges,
    *,
    offered: Collection[SiteId],
    mark: str,
) -> Line:
    """Change a line's name and halls; a hall that was not offered stays on it or away from it.

    Raises:
        PageNotFound: it was forgotten meanwhile.
        Forbidden: it, or a line that a hall leaves for it, belongs to somebody else.
        StaleRecord: somebody else changed it since it bore that mark; without one nobody did.
        SitesNotFound: a hall is none of those offered.
        AlreadyThere: its unit has another one of that name.
    """
    actor = require_over(request, Permission.MANAGE_RESOURCES, line.unit_path)
    chosen = line.sites if body.sites is None else body.sites
    before = await locked_line(conn, line, frozenset(map(SiteId, chosen)))
    if before is None:
        raise PageNotFound
    wanted = before.sites if body.sites is None else frozenset(map(SiteId, chosen))
    if mark and mark != mark_of(before):
        raise StaleRecord("line", line.id)
    if strange := wanted - before.sites - frozenset(offered):
        raise SitesNotFound(strange)
    for left in await locked_lines_of(conn, wanted - before.sites):
        require_over(request, Permission.MANAGE_RESOURCES, left.unit_path)
    sites = wanted | (before.sites - frozenset(offered))
    after = replace(before, name=body.name or before.name, sites=sites)
    await change_line(conn, before, after, by=actor.name)
    return after


async def in_ones_care(
    conn: Connection, request: web.Request, line: Line, body: LineChanges
) -> frozenset[SiteId]:
    """Return which halls, of those on the line and those wanted, the actor looks after."""
    sites = await sites_by_ids(conn, line.sites.union(map(SiteId, body.sites or ())))
    actor, manages = require(request), Permission.MANAGE_RESOURCES
    return frozenset(one.id for one in sites.values() if may(actor, manages, one.unit_path))


async def line_of(conn: Connection, line: int) -> Line:
    """Return the line of an address, or raise PageNotFound."""
    found = (await lines_by_ids(conn, [LineId(line)])).get(LineId(line))
    if found is None:
        raise PageNotFound
    return found


async def forget(conn: Connection, request: web.Request, line: Line) -> None:
    """Forget a line, for somebody who looks after it."""
    actor = require_over(request, Permission.MANAGE_RESOURCES, line.unit_path)
    await remove_line(conn, line, by=actor.name)
