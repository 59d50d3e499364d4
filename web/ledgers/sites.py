"""Halls: found by their id, else by unit and name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, model_validator

from meetings.audit import record
from meetings.directory.finding import list_units
from meetings.model import SiteId, Unit
from meetings.office.workdays import midnight
from meetings.store import Connection
from meetings.store import sites as store
from meetings.store.sites import SiteRecord
from web.directory.contacts import Phone, check_dates, ends_too_soon
from web.directory.gateways import Gateway
from web.directory.groups import Tags
from web.input.forms import Body, Id
from web.input.moments import Day
from web.input.words import OpenName, UnitCode, tags_in
from web.ledgers.model import (
    Clerk,
    Difference,
    Draft,
    Row,
    compared,
    day_text,
    given,
    id_in,
    only_ones,
    read_row,
)
from web.ledgers.site_terms import Needed, lines_named, set_terms
from web.permissions import Permission

EMPTY: tuple[object, ...] = (None, "", [])
"""What an empty cell is read as; no minutes are something else."""


def read_tags(value: Any) -> Any:
    """Return the tags that a cell writes, each once and in order."""
    return sorted({tag.lower() for tag in tags_in(value)}) if isinstance(value, str) else value


class SiteBody(Body):
    """What a row says of a hall."""

    unit: UnitCode
    name: OpenName
    phone: Phone = ""
    gateway: Gateway = ""
    tags: Annotated[Tags, BeforeValidator(read_tags)] = Field(default_factory=list)
    valid_from: Day | None = None
    valid_to: Day | None = None
    line: Id | None = None
    set_up_minutes: Needed | None = None
    tear_down_minutes: Needed | None = None

    @model_validator(mode="after")
    def check(self) -> SiteBody:
        """Refuse an end before the start."""
        check_dates(self.valid_from, self.valid_to)
        return self


class Sites:
    """The ledger of halls."""

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "id",
        "unit",
        "name",
        "phone",
        "valid_from",
        "valid_to",
        "gateway",
        "tags",
        "line",
        "set_up_minutes",
        "tear_down_minutes",
    )
    NEEDED: ClassVar[tuple[str, ...]] = ("unit", "name")
    PERMISSION: ClassVar[Permission] = Permission.MANAGE_DIRECTORY

    async def listing(self, conn: Connection, clerk: Clerk) -> list[tuple[str, ...]]:
        """Return the halls in use today."""
        units = await kept_units(conn, clerk)
        found = await store.list_site_records(conn, clerk.today)
        return [cells_of(one) for one in found if one.unit in units]

    async def carry_out(self, conn: Connection, clerk: Clerk, rows: Sequence[Row]) -> Draft:
        """Add and change halls; one that is still invited is not ended."""
        draft, units = Draft(), await kept_units(conn, clerk)
        found = await store.list_site_records(conn, clerk.today)
        by_id = {str(one.id): one for one in found}
        by_name = {(one.unit, one.name): one for one in found}
        lines = await lines_named(conn, rows)
        words = only_ones((line.name, line.id) for line in lines.values())
        for row in rows:
            line = id_in(row.get("line"), words)
            if line and line not in lines:
                draft.wrong(row, "line", "no-such-line")
            said = given(row, self.COLUMNS[1:]) | {"line": line if line in lines else None}
            body = read_row(draft, row, SiteBody, said)
            known = by_id.get(row.get("id")) or by_name.get((row.get("unit"), row.get("name")))
            if row.get("id") and row.get("id") not in by_id:
                draft.wrong(row, "id", "unknown-record")
            elif body is not None and (
                body.unit not in units or (known is not None and known.unit != body.unit)
            ):
                draft.wrong(row, "unit", "unknown-unit")
            elif body is not None:
                unit = units[body.unit]
                site = await write(conn, clerk, draft, row, unit=unit, body=body, known=known)
                if site is not None and site != known:
                    await set_terms(conn, clerk, draft, row, site=site, lines=lines)
        return draft


async def kept_units(
    conn: Connection, clerk: Clerk, permission: Permission = Permission.MANAGE_DIRECTORY
) -> dict[str, Unit]:
    """Return today's units over which the clerk holds the permission, by their code."""
    return {
        unit.code: unit
        for unit in await list_units(conn, on=clerk.today)
        if clerk.may(permission, unit.path)
    }


async def write(
    conn: Connection,
    clerk: Clerk,
    draft: Draft,
    row: Row,
    *,
    unit: Unit,
    body: SiteBody,
    known: SiteRecord | None,
) -> SiteRecord | None:
    """Write one hall and return it, if it can be; empty cells of a known one change nothing.

    How it is booked is left to `set_terms`.
    """
    said = body.model_dump(exclude={"unit"}).items()
    values = {name: value for name, value in said if value not in EMPTY}
    before = known or SiteRecord(
        id=SiteId(0),
        unit=unit.code,
        unit_id=unit.id,
        name=body.name,
        phone="",
        valid_from=None,
        valid_to=None,
    )
    after = replace(before, **values)
    changes = compared(Sites.COLUMNS, cells_of(before), cells_of(after)) if known else ()
    what = "add" if known is None else "change" if changes else "same"
    label = f"{unit.name} · {after.name}"
    draft.differences.append(Difference(line=row.line, what=what, label=label, changes=changes))
    if known is None:
        return await add(conn, clerk, draft, row, unit=unit, site=after)
    if itself(after) != itself(before):
        await change(conn, draft, row, unit=unit, before=before, after=after)
        await tell(conn, clerk, unit, after, what)
    return after


def itself(site: SiteRecord) -> SiteRecord:
    """Return a hall without how it is booked."""
    return replace(site, line=None, set_up_minutes=None, tear_down_minutes=None)


async def add(
    conn: Connection, clerk: Clerk, draft: Draft, row: Row, *, unit: Unit, site: SiteRecord
) -> SiteRecord | None:
    """Add a hall, unless the unit has one of that name."""
    dates = (site.valid_from or unit.valid_from, site.valid_to)
    if ends_too_soon(*dates):
        draft.wrong(row, "valid_to", "end-before-start")
        return None
    number = await store.insert_site(conn, unit, site, valid=dates)
    if number is None:
        draft.wrong(row, "name", "twice")
        return None
    added = replace(site, id=number)
    await tell(conn, clerk, unit, added, "add")
    return added


async def change(
    conn: Connection, draft: Draft, row: Row, *, unit: Unit, before: SiteRecord, after: SiteRecord
) -> None:
    """Change a hall, unless it is promised for days on which it would not be there."""
    first, end = after.valid_from, after.valid_to
    if ends_too_soon(first, end):
        draft.wrong(row, "valid_to", "end-before-start")
        return
    begins = midnight(first) if first and first != before.valid_from else None
    ends = midnight(end) if end and end != before.valid_to else None
    if begins or ends:
        await store.lock_site(conn, before.id)
    if begins and await store.is_promised(conn, before.id, before=begins):
        draft.wrong(row, "valid_from", "hall-needed")
        return
    if ends and await store.is_promised(conn, before.id, after=ends):
        draft.wrong(row, "valid_to", "hall-in-use")
        return
    if not await store.save_site(conn, unit, after):
        draft.wrong(row, "name", "hall-name-taken")


async def tell(conn: Connection, clerk: Clerk, unit: Unit, site: SiteRecord, what: str) -> None:
    """Write the audit row."""
    await record(
        conn,
        actor=clerk.actor.name,
        action=f"site.{what}",
        subject=f"site:{site.id}",
        unit=unit.id,
        detail={"name": site.name},
        news=("directory", "snapshot"),
    )


def cells_of(site: SiteRecord) -> tuple[str, ...]:
    """Return a hall as the file shows it."""
    return (
        str(site.id or ""),
        site.unit,
        site.name,
        site.phone,
        day_text(site.valid_from),
        day_text(site.valid_to),
        site.gateway,
        "; ".join(site.tags),
        "" if site.line is None else f"#{site.line}",
        *("" if one is None else str(one) for one in (site.set_up_minutes, site.tear_down_minutes)),
    )
