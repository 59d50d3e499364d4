"""Groups of halls: made, changed and given up."""

from __future__ import annotations

from dataclasses import replace

from meetings.audit import record
from meetings.directory.errors import StaleRecord
from meetings.directory.finding import sites_by_ids
from meetings.directory.groupings import Grouping
from meetings.errors import SitesNotFound
from meetings.store import Connection
from meetings.store import groups as store


async def add_group(conn: Connection, group: Grouping, *, by: str) -> Grouping:
    """Make a group.

    Raises:
        GroupExists: there is one of that code.
        SitesNotFound: some of its sites never existed.
    """
    await _check(conn, group)
    await store.insert_group(conn, group)
    await _tell(conn, group, "group.add", by=by)
    return group


async def locked_group(conn: Connection, code: str, version: int | None = None) -> Grouping:
    """Return the group to somebody about to change it.

    Raises:
        GroupNotFound: there is none of that code.
        StaleRecord: somebody else changed it first (a version of None is never stale).
    """
    found = await store.get_group(conn, code, lock=True)
    if version is not None and version != found.version:
        raise StaleRecord("group", found.version)
    return found


async def change_group(conn: Connection, before: Grouping, after: Grouping, *, by: str) -> Grouping:
    """Write what is different about a group that was locked."""
    if after == before:
        return before
    await _check(conn, after)
    saved = replace(after, version=before.version + 1)
    await store.save_group(conn, saved)
    await _tell(conn, saved, "group.change", by=by)
    return saved


async def forget_group(conn: Connection, group: Grouping, *, by: str) -> None:
    """Give a group up; conferences keep the halls that were invited by it."""
    await store.delete_group(conn, group.code)
    await _tell(conn, group, "group.forget", by=by)


async def _check(conn: Connection, group: Grouping) -> None:
    missing = group.sites - (await sites_by_ids(conn, group.sites)).keys()
    if missing:
        raise SitesNotFound(frozenset(missing))


async def _tell(conn: Connection, group: Grouping, action: str, *, by: str) -> None:
    detail = {"kinds": sorted(group.kinds), "sites": len(group.sites)}
    await record(
        conn,
        actor=by,
        action=action,
        subject=f"group:{group.code}",
        detail=detail,
        news=("directory",),
    )
