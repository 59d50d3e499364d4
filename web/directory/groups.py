"""Groups of halls, alike from pages and programs: read, allowed, done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Self

from aiohttp import web
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from meetings.directory.finding import list_units, unit_by_code
from meetings.directory.groupings import Grouping
from meetings.directory.groups import add_group, change_group, forget_group, locked_group
from meetings.model import SiteId, UnitKind
from meetings.store import Connection
from meetings.store.groups import get_group
from web.input.forms import Body, Id
from web.input.words import LINE, OpenName, Tag, UnitCode, Who
from web.permissions import Permission, require, require_over

MOST_MEMBERS = 4000
MOST_TAGS = 20

Code = Annotated[str, Field(strict=True, pattern=r"^[a-z0-9][a-z0-9.-]{0,59}$"), LINE]
Kinds = Annotated[list[UnitKind], Field(max_length=len(UnitKind))]
Tags = Annotated[list[Tag], Field(max_length=MOST_TAGS)]
Members = Annotated[list[Id], Field(max_length=MOST_MEMBERS)]


class GroupBody(Body):
    """A group by rule (`kinds`, `below` a unit, `tags` of halls), by `sites`, or all together."""

    code: Code
    name: OpenName
    name_en: Who = ""
    kinds: Kinds = Field(default_factory=list)
    below: UnitCode | None = None
    tags: Tags = Field(default_factory=list)
    sites: Members = Field(default_factory=list)

    @model_validator(mode="after")
    def check(self) -> Self:
        """Refuse a group of nobody."""
        if not (self.kinds or self.below or self.tags or self.sites):
            raise PydanticCustomError("required", "a group of nobody", {"field": "sites"})
        return self


class GroupChanges(Body):
    """What is to be different; a field left out stays."""

    name: OpenName | None = None
    name_en: Who | None = None
    kinds: Kinds | None = None
    below: UnitCode | None = None
    tags: Tags | None = None
    sites: Members | None = None


async def require_all(conn: Connection, request: web.Request, on: date) -> str:
    """Return who asks, if they keep the whole directory: groups belong to everybody.

    Raises:
        Forbidden: they keep a part of it.
    """
    for unit in await list_units(conn, on=on):
        if unit.parent_id is None:
            require_over(request, Permission.MANAGE_DIRECTORY, unit.path)
    return require(request).name


async def add(conn: Connection, request: web.Request, body: GroupBody, on: date) -> Grouping:
    """Make a group."""
    by = await require_all(conn, request, on)
    values = await values_of(conn, body, on)
    return await add_group(conn, Grouping(code=body.code, **values), by=by)


async def values_of(conn: Connection, body: GroupBody | GroupChanges, on: date) -> dict[str, Any]:
    """Return what a form says, with the unit found in the directory."""
    values: dict[str, Any] = body.model_dump(exclude_none=True, include={"name", "name_en"})
    if body.kinds is not None:
        values["kinds"] = frozenset(body.kinds)
    if body.tags is not None:
        values["tags"] = frozenset(body.tags)
    if body.sites is not None:
        values["sites"] = frozenset(map(SiteId, body.sites))
    if body.below is not None:
        values["below"] = (await unit_by_code(conn, body.below, on)).id
    return values


async def amend(
    conn: Connection,
    request: web.Request,
    code: str,
    body: GroupChanges,
    *,
    version: int | None,
    on: date,
    offered: Collection[SiteId] | None = None,
) -> Grouping:
    """Change a group; where not every hall was `offered`, the others stay in it."""
    by = await require_all(conn, request, on)
    before = await locked_group(conn, code, version)
    stands = (await get_group(conn, code, on=on)).below
    values = await values_of(conn, body, on)
    if offered is not None and "sites" in values:
        values["sites"] |= before.sites.difference(offered)
    if values.get("below", 0) == stands:
        del values["below"]  # on earlier days it was below the unit that became this one
    saved = await change_group(conn, before, replace(before, **values), by=by)
    return saved if "below" in values else replace(saved, below=stands)


async def forget(
    conn: Connection, request: web.Request, code: str, *, version: int | None, on: date
) -> None:
    """Give a group up."""
    by = await require_all(conn, request, on)
    await forget_group(conn, await locked_group(conn, code, version), by=by)
