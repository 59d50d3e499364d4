"""Conferences: each row is a wish, booked as if it had been typed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from bridges.errors import BridgesError
from meetings.directory.finding import find_sites, units_by_ids
from meetings.directory.unit_rows import CellProblem
from meetings.errors import MeetingsError, OfficialsNotFound, SiteBusy
from meetings.model import Conference, Unit
from meetings.scheduling.conferences import conferences_by_ids
from meetings.scheduling.resources import SubjectKind
from meetings.store import Connection
from meetings.store.uids import LONGEST_UID, insert_uid, list_uids
from web.errors import BadForm, WebError
from web.input.forms import WishBody
from web.ledgers.conference_cells import Words, cells_of, values_in
from web.ledgers.model import Clerk, Difference, Draft, Row, only_ones, read_row
from web.ledgers.officials import in_office
from web.ledgers.planned import as_shown, named_in, planned
from web.permissions import Permission
from web.scheduling.booking import book_conference

MOST_WISHES = 2000
MOST_HALLS = 10_000
COLUMN_OF = {
    "sites-not-found": "sites",
    "site-busy": "sites",
    "no-seats": "sites",
    "group-not-found": "sites",
    "unit-not-found": "host",
    "forbidden": "host",
    "in-the-past": "start",
    "beyond-horizon": "start",
    "quota-reached": "host",
}


class Conferences:
    """The ledger of conferences."""

    COLUMNS: ClassVar[tuple[str, ...]] = (
        "id",
        "title",
        "kind",
        "host",
        "chair",
        "chair_id",
        "secretary",
        "delegates",
        "main_site",
        "sites",
        "start",
        "end",
        "note",
        "visibility",
        "urgency",
        "waiver",
        "uid",
    )
    NEEDED: ClassVar[tuple[str, ...]] = ("title", "kind", "sites", "start", "end")
    PERMISSION: ClassVar[Permission] = Permission.BOOK

    async def listing(self, conn: Connection, clerk: Clerk) -> list[tuple[str, ...]]:
        """Return what is planned by units for which the clerk books."""
        return list((await as_shown(conn, clerk, await planned(conn, clerk))).values())

    async def carry_out(self, conn: Connection, clerk: Clerk, rows: Sequence[Row]) -> Draft:
        """Book every row; those that are known already must be as they are."""
        draft = Draft()
        wishes = [row for row in rows if not row.get("id")]
        if len(wishes) > MOST_WISHES:
            draft.wrong(wishes[MOST_WISHES], "", "too-many-wishes", (("most", MOST_WISHES),))
            return draft
        known = await as_shown(conn, clerk, await named_in(conn, clerk, rows))
        words = Words(
            halls=await words_for_halls(conn, clerk),
            officials=await words_for_officials(conn, clerk, rows),
        )
        taken = await known_events(conn, [row.get("uid") for row in rows])
        seen: set[str] = set()
        for row in rows:
            if (uid := row.get("uid")) and uid in seen:
                draft.wrong(row, "uid", "repeated")
            elif len(uid) > LONGEST_UID:
                draft.wrong(row, "uid", "unreadable")
            elif row.get("id"):
                leave(draft, row, known)
            elif uid in taken:
                leave_event(clerk, draft, row, *taken[uid])
            else:
                await book_row(conn, clerk, draft, row, words)
            seen.add(uid)
        return draft


async def words_for_halls(conn: Connection, clerk: Clerk) -> Mapping[str, int]:
    """Return halls by their units' codes, the first of each, and by names that only one has."""
    sites = await find_sites(conn, on=clerk.today, limit=MOST_HALLS)
    first = {site.unit_code: site.id for site in reversed(sites)}
    named = only_ones(
        (name, one.id) for one in sites for name in (one.label, one.name, one.unit_name)
    )
    return named | first


async def words_for_officials(
    conn: Connection, clerk: Clerk, rows: Sequence[Row]
) -> Mapping[str, int]:
    """Return officials in office by titles and names that only one has; read where one is named."""
    if not any(row.get(column) for row in rows for column in ("chair_id", "delegates")):
        return {}
    return only_ones((one.label, one.id) for one in await in_office(conn, clerk))


def leave(draft: Draft, row: Row, known: Mapping[str, Sequence[str]]) -> None:
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


async def known_events(
    conn: Connection, uids: Sequence[str]
) -> Mapping[str, tuple[Conference, Unit]]:
    """Return the conferences that came from these events, with their hosts."""
    taken = await list_uids(conn, uids)
    found = {one.id: one for one in await conferences_by_ids(conn, set(taken.values()))}
    hosts = await units_by_ids(conn, {one.host for one in found.values()})
    return {uid: (found[one], hosts[found[one].host]) for uid, one in taken.items()}


def leave_event(clerk: Clerk, draft: Draft, row: Row, stored: Conference, host: Unit) -> None:
    """Leave a conference that came from this event as it is, whatever became of it."""
    if not clerk.may(Permission.BOOK, host.path):
        draft.wrong(row, "uid", "unknown-record")
        return
    cells = dict(zip(Conferences.COLUMNS, cells_of(stored, host, ""), strict=True))
    for name in ("title", "start", "end"):
        if row.get(name) != cells[name]:
            draft.wrong(row, name, "change-on-page")
    draft.differences.append(Difference(line=row.line, what="same", label=row.get("title")))


async def book_event(conn: Connection, clerk: Clerk, body: WishBody, uid: str) -> Conference:
    """Book a wish and note the event it came from.

    Raises:
        BadForm: somebody else brought the same event meanwhile.
    """
    booked = await book_conference(conn, clerk.desk, body)
    if uid and not await insert_uid(conn, booked.id, uid):
        raise BadForm({"uid": "repeated"})
    return booked


async def book_row(conn: Connection, clerk: Clerk, draft: Draft, row: Row, words: Words) -> None:
    """Book a row's wish in a savepoint of its own, or note why it cannot be."""
    unknown = {column: (code, wrong) for column, code, wrong in words.unknown(row)}
    for column, (code, wrong) in unknown.items():
        draft.wrong(Row(line=row.line, cells={column: "; ".join(wrong)}), column, code)
    told = {*unknown, "main_site"} if "sites" in unknown else unknown
    body = read_row(draft, row, WishBody, values_in(row, words), told=told)
    if body is None or unknown:
        return
    try:
        async with conn.transaction():
            booked = await book_event(conn, clerk, body, row.get("uid"))
    except SiteBusy as error:
        draft.problems.append(clash_of(row, body, error))
    except BadForm as error:
        draft.refuse(row, error)
    except OfficialsNotFound as error:
        draft.wrong(row, column_of(body, error.officials), error.code)
    except (MeetingsError, BridgesError, WebError) as error:
        draft.wrong(row, COLUMN_OF.get(error.code, ""), error.code)
    else:
        added = Difference(
            line=row.line,
            what="add",
            label=body.title,
            warnings=booked.warnings,
            record=booked.id,
        )
        draft.differences.append(added)


def column_of(body: WishBody, officials: Collection[int]) -> str:
    """Return the column that names one of these officials."""
    return "chair_id" if body.chair_id in officials else "delegates"


def clash_of(row: Row, body: WishBody, error: SiteBusy) -> CellProblem:
    """Return why a row's wish cannot be had, with what could be."""
    column = COLUMN_OF.get(error.code, "sites")
    subjects = error.reasons[0].subjects if error.reasons and not error.rivals else ()
    if taken := {one.id for one in subjects if one.kind is SubjectKind.OFFICIAL}:
        column = column_of(body, taken)
    return CellProblem(
        line=row.line,
        column=column,
        code=error.code,
        value=row.get(column)[:200],
        reasons=error.reasons,
        ways=error.alternatives,
    )
