"""Officials: found by their id, else by unit, title and name, else where the title has no name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, ClassVar

from pydantic import Field

from meetings.directory.errors import OfficialInUse
from meetings.directory.officials import USUAL_RANK, add_official, change_official, list_officials
from meetings.errors import AlreadyThere
from meetings.model import Unit
from meetings.scheduling.resources import Official
from meetings.store import Connection
from web.directory.contacts import ends_too_soon
from web.directory.officials import MOST_RANK, OfficialBody
from web.input.typed import Number
from web.ledgers.model import Clerk, Difference, Draft, Row, compared, day_text, given, read_row
from web.ledgers.sites import kept_units
from web.permissions import Permission

MOST_OFFICIALS = 100_000

Rank = Annotated[Number, Field(ge=1, le=MOST_RANK)]


class OfficialRow(OfficialBody):
    """What a row says of an official; its rank is a text."""

    rank: Rank = USUAL_RANK


class Officials:
    """The ledger of officials."""

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "id",
        "unit",
        "title",
        "name",
        "rank",
        "valid_from",
        "valid_to",
    )
    NEEDED: ClassVar[tuple[str, ...]] = ("unit", "title")
    PERMISSION: ClassVar[Permission] = Permission.MANAGE_RESOURCES

    async def listing(self, conn: Connection, clerk: Clerk) -> list[tuple[str, ...]]:
        """Return the officials in office today."""
        units = await kept_units(conn, clerk, self.PERMISSION)
        return [cells_of(one) for one in await in_office(conn, clerk) if one.unit_code in units]

    async def carry_out(self, conn: Connection, clerk: Clerk, rows: Sequence[Row]) -> Draft:
        """Add and change officials; a `valid_to` lets one be in office no more."""
        draft, units = Draft(), await kept_units(conn, clerk, self.PERMISSION)
        known = [one for one in await in_office(conn, clerk) if one.unit_code in units]
        for row in rows:
            body = read_row(draft, row, OfficialRow, given(row, self.COLUMNS[1:]))
            unit = units.get(row.get("unit"))
            before = match(row, known)
            if before is not None:
                known.remove(before)
            if row.get("id") and before is None:
                draft.wrong(row, "id", "unknown-record")
            elif row.get("unit") and (unit is None or (before and before.unit_id != unit.id)):
                draft.wrong(row, "unit", "unknown-unit")
            elif body is not None and unit is not None:
                await write(conn, clerk, draft, row, unit=unit, body=body, before=before)
        return draft


async def in_office(conn: Connection, clerk: Clerk) -> list[Official]:
    """Return every official in office today."""
    return await list_officials(conn, on=clerk.today, limit=MOST_OFFICIALS)


def match(row: Row, known: Sequence[Official]) -> Official | None:
    """Return the official that a row speaks of, of those that no other row has spoken of."""
    if identity := row.get("id"):
        return next((one for one in known if str(one.id) == identity), None)
    unit, title, name = row.get("unit"), row.get("title"), row.get("name")
    same = [one for one in known if (one.unit_code, one.title) == (unit, title)]
    named = [one for one in same if one.name == name]
    return next(iter(named or [one for one in same if not one.name]), None)


async def write(
    conn: Connection,
    clerk: Clerk,
    draft: Draft,
    row: Row,
    *,
    unit: Unit,
    body: OfficialBody,
    before: Official | None,
) -> None:
    """Write one official; columns that the file does not have change nothing, nor an empty rank."""
    values: dict[str, Any] = body.model_dump(exclude={"unit"})
    told = {name for name in values if name in row.cells} - ({"rank"} - set(given(row, ["rank"])))
    by, label = clerk.actor.name, f"{unit.name} · {body.title} {body.name}".strip()
    try:
        if before is None:
            since, until = values.pop("valid_from"), values.pop("valid_to")
            await add_official(conn, unit.id, since=since, until=until, by=by, **values)
            draft.differences.append(Difference(line=row.line, what="add", label=label))
            return
        after = replace(before, **{name: values[name] for name in told})
        if ends_too_soon(after.valid_from, after.valid_to):
            draft.wrong(row, "valid_to", "end-before-start")
            return
        changes = compared(Officials.COLUMNS, cells_of(before), cells_of(after))
        await change_official(conn, before, after, by=by)
    except AlreadyThere as error:
        draft.wrong(row, "title", error.code)
        return
    except OfficialInUse as error:
        draft.wrong(row, error.field, error.code)
        return
    what = "change" if changes else "same"
    draft.differences.append(Difference(line=row.line, what=what, label=label, changes=changes))


def cells_of(official: Official) -> tuple[str, ...]:
    """Return an official as the file shows it."""
    return (
        str(official.id),
        official.unit_code,
        official.title,
        official.name,
        str(official.rank),
        day_text(official.valid_from),
        day_text(official.valid_to),
    )
