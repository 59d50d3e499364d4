"""Officials who chair or attend, and lines that halls share: who and what they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace
from datetime import date, timedelta

from meetings.audit import record
from meetings.directory.errors import OfficialInUse, StaleRecord
from meetings.errors import AlreadyThere
from meetings.ids import LineId, OfficialId, SiteId, UnitId
from meetings.names import fold
from meetings.scheduling.resources import Line, Official
from meetings.store import Connection
from meetings.store import lines as line_store
from meetings.store import officials as store

USUAL_RANK = 100


async def list_officials(
    conn: Connection,
    q: str = "",
    *,
    on: date,
    units: Collection[UnitId] | None = None,
    after: OfficialId | None = None,
    limit: int = 200,
) -> list[Official]:
    """Return officials in office on that day, in order of precedence; `units` are subtrees."""
    return await store.list_officials(
        conn, on=on, folded=fold(q), units=units, after=after, limit=limit
    )


async def count_officials(
    conn: Connection, q: str = "", *, on: date, units: Collection[UnitId] | None = None
) -> int:
    """Return how many officials the list has, on all its pages."""
    return await store.count_officials(conn, on=on, folded=fold(q), units=units)


async def officials_by_ids(
    conn: Connection, officials: Collection[OfficialId]
) -> dict[OfficialId, Official]:
    """Return the officials of these ids, in office or not; unknown ids are left out."""
    if not officials:
        return {}
    return {one.id: one for one in await store.list_officials_by_ids(conn, officials)}


async def add_official(
    conn: Connection,
    unit: UnitId,
    *,
    title: str,
    name: str = "",
    rank: int = USUAL_RANK,
    since: date | None = None,
    until: date | None = None,
    by: str,
) -> Official:
    """Add an official; without `since` the position has always been.

    Raises:
        AlreadyThere: the unit has one of that title and name.
    """
    added = await store.insert_official(
        conn, unit, title=title, name=name, rank=rank, since=since, until=until
    )
    if added is None:
        raise AlreadyThere
    detail = {"title": title, "name": name, "rank": rank}
    subject = f"official:{added}"
    await record(conn, actor=by, action="official.add", subject=subject, unit=unit, detail=detail)
    return (await officials_by_ids(conn, [added]))[added]


async def locked_official(
    conn: Connection, official: OfficialId, version: int | None = None
) -> Official | None:
    """Return the official to somebody about to change it, None where there is none of that id.

    Raises:
        StaleRecord: somebody else changed it first (a version of None is never stale).
    """
    await store.lock_official(conn, official)
    found = (await officials_by_ids(conn, [official])).get(official)
    if found is not None and version is not None and version != found.version:
        raise StaleRecord("official", official)
    return found


async def change_official(
    conn: Connection, before: Official, after: Official, *, by: str
) -> Official:
    """Write what is different about an official; nothing different, nothing done.

    Raises:
        AlreadyThere: the unit has another one of that title and name.
        OfficialInUse: conferences are booked with them for days on which they would be gone.
    """
    if after == before:
        return before
    await refuse_use(conn, before, after)
    if not await store.save_official(conn, after):
        raise AlreadyThere
    changed = {
        one.name: [told(getattr(before, one.name)), told(getattr(after, one.name))]
        for one in fields(after)
        if getattr(before, one.name) != getattr(after, one.name)
    }
    await record(
        conn,
        actor=by,
        action="official.change",
        subject=f"official:{after.id}",
        unit=after.unit_id,
        detail=changed,
    )
    return replace(after, version=before.version + 1)


def told(value: object) -> object:
    """Return a value as the audit keeps it."""
    return value.isoformat() if isinstance(value, date) else value


async def refuse_use(conn: Connection, before: Official, after: Official) -> None:
    """Make sure that nobody counts on an official for days on which they would be gone.

    The official is locked: who books with them meanwhile comes before this, or after the commit.

    Raises:
        OfficialInUse: with the conferences, by their start.
    """
    await store.lock_official(conn, before.id)
    if seats := await store.list_seats(conn, before, after):
        raise OfficialInUse(before.id, seats, begins=after.valid_from)


async def remove_official(conn: Connection, official: Official, *, on: date, by: str) -> None:
    """Let an official be in office up to that day; whoever is in office no more stays so.

    Of one who has not begun by then the first day is kept.

    Raises:
        OfficialInUse: conferences are booked with them for that day or later.
    """
    gone = max(on, (official.valid_from or date.min) + timedelta(days=1))
    if official.valid_to is not None and official.valid_to <= gone:
        return
    await refuse_use(conn, official, replace(official, valid_to=gone))
    await store.close_official(conn, official.id, on=gone)
    subject = f"official:{official.id}"
    await record(
        conn,
        actor=by,
        action="official.remove",
        subject=subject,
        unit=official.unit_id,
        detail={"title": official.title, "name": official.name},
    )


async def list_lines(
    conn: Connection,
    *,
    units: Collection[UnitId] | None = None,
    after: LineId | None = None,
    limit: int | None = None,
) -> list[Line]:
    """Return the shared lines in Vietnamese order; `units` are subtrees, no limit is all."""
    return await line_store.list_lines(conn, units=units, after=after, limit=limit)


async def lines_by_ids(conn: Connection, lines: Collection[LineId]) -> dict[LineId, Line]:
    """Return the lines of these ids; unknown ids are left out."""
    if not lines:
        return {}
    return {one.id: one for one in await line_store.list_lines(conn, ids=lines, limit=len(lines))}


async def locked_lines_of(conn: Connection, sites: Collection[SiteId]) -> list[Line]:
    """Return the lines that these halls are on to somebody about to move them."""
    found = await line_store.lock_lines_of(conn, sites)
    return list((await lines_by_ids(conn, found)).values())


async def add_line(
    conn: Connection, unit: UnitId, name: str, *, sites: Collection[SiteId], by: str
) -> Line:
    """Add a line that these halls share from now on.

    Raises:
        AlreadyThere: the unit has one of that name.
    """
    added = await line_store.insert_line(conn, unit, name)
    if added is None:
        raise AlreadyThere
    await line_store.save_line_sites(conn, added, sites)
    detail = {"name": name, "sites": sorted(sites)}
    subject = f"line:{added}"
    await record(conn, actor=by, action="line.add", subject=subject, unit=unit, detail=detail)
    return (await lines_by_ids(conn, [added]))[added]


async def locked_line(conn: Connection, line: Line, sites: Collection[SiteId]) -> Line | None:
    """Return a line as it is, None where it is gone, to somebody about to give it these halls."""
    await line_store.lock_lines_of(conn, {*line.sites, *sites})
    await line_store.lock_line(conn, line.id)
    return (await lines_by_ids(conn, [line.id])).get(line.id)


async def change_line(conn: Connection, before: Line, after: Line, *, by: str) -> None:
    """Call a line that was locked otherwise, and let exactly these halls share it from now on.

    Raises:
        AlreadyThere: its unit has another one of that name.
    """
    if after == before:
        return
    if not await line_store.save_name(conn, before.id, after.name):
        raise AlreadyThere
    await line_store.save_line_sites(conn, before.id, after.sites)
    detail: dict[str, object] = {}
    if after.name != before.name:
        detail["name"] = [before.name, after.name]
    if after.sites != before.sites:
        detail["sites"] = [sorted(before.sites), sorted(after.sites)]
    subject = f"line:{before.id}"
    await record(
        conn, actor=by, action="line.change", subject=subject, unit=before.unit_id, detail=detail
    )


async def remove_line(conn: Connection, line: Line, *, by: str) -> None:
    """Forget a line; its halls are free of each other from now on."""
    await line_store.delete_line(conn, line.id)
    await record(
        conn,
        actor=by,
        action="line.remove",
        subject=f"line:{line.id}",
        unit=line.unit_id,
        detail={"name": line.name, "sites": sorted(line.sites)},
    )
