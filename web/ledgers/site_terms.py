"""How halls of a file are booked: the line each shares, and what it needs before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import BeforeValidator

from meetings.directory.finding import site_by_id
from meetings.directory.officials import list_lines
from meetings.scheduling.halls import SAID, change_terms, locked_terms
from meetings.scheduling.resources import Line
from meetings.store import Connection
from meetings.store.sites import SiteRecord
from web.input.typed import number_or_text
from web.ledgers.model import Clerk, Draft, Row
from web.permissions import Permission
from web.scheduling.policies import Minutes

Needed = Annotated[Minutes, BeforeValidator(number_or_text)]


async def lines_named(conn: Connection, rows: Sequence[Row]) -> Mapping[int, Line]:
    """Return every line, read where a row names one."""
    if not any(row.get("line") for row in rows):
        return {}
    return {one.id: one for one in await list_lines(conn)}


async def set_terms(
    conn: Connection,
    clerk: Clerk,
    draft: Draft,
    row: Row,
    *,
    site: SiteRecord,
    lines: Mapping[int, Line],
) -> None:
    """Let a hall be booked as its row says; to join or leave a line one must look after it too."""
    before = await locked_terms(conn, site.id, None)
    wanted = {name: getattr(site, name) for name in SAID if getattr(site, name) is not None}
    changes = {name: value for name, value in wanted.items() if value != getattr(before, name)}
    if not changes:
        return
    if "line" in changes:
        touched = [lines[one] for one in (site.line, before.line) if one is not None]
        if not all(clerk.may(Permission.MANAGE_RESOURCES, one.unit_path) for one in touched):
            draft.wrong(row, "line", "forbidden")
            return
    hall, by = await site_by_id(conn, site.id), clerk.actor.name
    await change_terms(conn, hall, changes, version=None, by=by, now=clerk.now)
