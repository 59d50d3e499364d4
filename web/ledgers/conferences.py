"""Conferences: each row is a wish, booked as if it had been typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from bridges.errors import BridgesError
from meetings.conferences import list_conferences
from meetings.directory import units_by_ids
from meetings.errors import MeetingsError, SiteBusy
from meetings.model import Conference, State, Unit
from meetings.store import Connection
from meetings.store.sites import list_site_records
from web.booking import book_conference
from web.errors import BadForm, WebError
from web.formats import local
from web.forms import WishBody
from web.ledgers.model import Clerk, Difference, Draft, Row, given, read_row
from web.moments import on_the_clock, read_date, read_time
from web.permissions import Permission, units_of

MOST_WISHES = 2000
PLANNED = (State.DRAFT, State.REQUESTED, State.CONFIRMED)
TYPED = re.compile(r"(?P<day>[0-9/.-]{8,10})[ T]+(?P<time>.{1,12})")
COLUMN_OF = {
    "sites-not-found": "sites",
    "site-busy": "sites",
    "no-seats": "sites",
    "group-not-found": "sites",
    "unit-not-found": "host",
    "forbidden": "host",
    "in-the-past": "start",
}


class Conferences:
    """The ledger of conferences."""

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "id",
        "title",
        "kind",
        "host",
        "chair",
        "main_site",
        "sites",
        "start",
        "end",
        "note",
    )
    NEEDED: ClassVar[tuple[str, ...]] = ("title", "kind", "sites", "start", "end")
    PERMISSION: ClassVar[Permission] = Permission.BOOK

    async def listing(self, conn: Connection, clerk: Clerk) -> list[tuple[str, ...]]:
        """Return what is planned by units for which the clerk books."""
        found, hosts = await planned(conn, clerk)
        return [cells_of(one, hosts[one.host]) for one in found]

    async def carry_out(self, conn: Connection, clerk: Clerk, rows: Sequence[Row]) -> Draft:
        """Book every row; those that are known already must be as they are."""
        draft = Draft()
        if len(rows) > MOST_WISHES:
            draft.wrong(rows[MOST_WISHES], "", "too-many-rows")
            return draft
        found, hosts = await planned(conn, clerk)
        known = {str(one.id): cells_of(one, hosts[one.host]) for one in found}
        halls = await codes_of_halls(conn, clerk)
        for row in rows:
            if row.get("id"):
                await leave(draft, row, known)
            else:
                await book_row(conn, clerk, draft, row, halls)
        return draft


async def planned(conn: Connection, clerk: Clerk) -> tuple[list[Conference], Mapping[Any, Unit]]:
    """Return what is planned by units for which the clerk books, and those units."""
    units = units_of(clerk.actor, Permission.BOOK)
    found = await list_conferences(
        conn, after_moment=clerk.now, units=units, states=PLANNED, limit=MOST_WISHES
    )
    hosts = await units_by_ids(conn, {one.host for one in found})
    mine = [one for one in found if clerk.may(Permission.BOOK, hosts[one.host].path)]
    return mine, hosts


async def codes_of_halls(conn: Connection, clerk: Clerk) -> Mapping[str, int]:
    """Return the first hall of each unit by the unit's code."""
    found: dict[str, int] = {}
    for one in await list_site_records(conn, clerk.today):
        found.setdefault(one.unit, one.id)
    return found


async def leave(draft: Draft, row: Row, known: Mapping[str, Sequence[str]]) -> None:
    """Leave a conference that is known as it is; a file does not move it."""
    stored = known.get(row.get("id"))
    columns = [name for name in Conferences.COLUMNS if name in row.cells]
    if stored is None:
        draft.wrong(row, "id", "unknown-record")
        return
    cells = dict(zip(Conferences.COLUMNS, stored, strict=True))
    differing = [name for name in columns if row.get(name) != cells[name].strip()]
    for name in differing:
        draft.wrong(row, name, "change-on-page")
    draft.differences.append(Difference(line=row.line, what="same", label=row.get("title")))


async def book_row(
    conn: Connection, clerk: Clerk, draft: Draft, row: Row, halls: Mapping[str, int]
) -> None:
    """Book a row's wish in a savepoint of its own, or note why it cannot be."""
    body = read_row(draft, row, WishBody, values_in(row, halls))
    if body is None:
        return
    try:
        async with conn.transaction():
            await book_conference(conn, clerk.desk, body)
    except SiteBusy as error:
        named = ", ".join(sorted({one.title for one in error.rivals})[:3])
        shown = Row(line=row.line, cells={"sites": named})
        draft.wrong(shown, "sites", error.code)
    except BadForm as error:
        for place, problem in error.problems.items():
            draft.wrong(row, place, problem.code)
    except (MeetingsError, BridgesError, WebError) as error:
        draft.wrong(row, COLUMN_OF.get(error.code, ""), error.code)
    else:
        draft.differences.append(Difference(line=row.line, what="add", label=body.title))


def values_in(row: Row, halls: Mapping[str, int]) -> dict[str, Any]:
    """Return a row as programs write a wish."""
    values: dict[str, Any] = given(row, ("title", "kind", "host", "chair", "note"))
    sites = [hall_in(word, halls) for word in words_in(row.get("sites")) if word[0] != "@"]
    groups = [word[1:] for word in words_in(row.get("sites")) if word[0] == "@"]
    main = [hall_in(word, halls) for word in words_in(row.get("main_site"))]
    if first := main or sites:
        values["main_site"] = first[0]
    times = {name: moment_in(row.get(name)) for name in ("start", "end") if row.get(name)}
    return values | {"sites": sites, "groups": groups} | times


def words_in(cell: str) -> list[str]:
    """Return the parts of a cell that names several halls."""
    return [word.strip() for word in cell.split(";") if word.strip()]


def hall_in(word: str, halls: Mapping[str, int]) -> int | str:
    """Return the hall that `#12` or a unit's code names; what names none stays as it is."""
    if re.fullmatch(r"#[1-9][0-9]{0,8}", word):
        return int(word[1:])
    return halls.get(word, word)


def moment_in(cell: str) -> str | datetime:
    """Return the moment somebody typed as 25/11/2026 08:00 on the country's clocks."""
    match = TYPED.fullmatch(cell)
    day = read_date(match["day"]) if match else None
    at = read_time(match["time"]) if match else None
    return on_the_clock(day, at) if day and at else cell


def cells_of(conference: Conference, host: Unit) -> tuple[str, ...]:
    """Return a conference as the file shows it."""
    start, end = (
        f"{local(moment):%d/%m/%Y %H:%M}"
        for moment in (conference.period.start, conference.period.end)
    )
    return (
        str(conference.id),
        conference.title,
        conference.kind.value,
        host.code,
        conference.chair,
        f"#{conference.main_site}",
        "; ".join(f"#{site}" for site in sorted(conference.sites)),
        start,
        end,
        conference.note,
    )
