"""What is planned by units for which the clerk books, as a file of conferences shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from meetings.directory.finding import units_by_ids
from meetings.model import Conference, ConferenceId, State
from meetings.scheduling.conferences import conferences_by_ids
from meetings.store import Connection
from meetings.store.listing import every_conference
from meetings.store.uids import uids_by_ids
from web.ledgers.conference_cells import cells_of
from web.ledgers.model import Clerk, Row
from web.permissions import Permission, units_of

PLANNED = (State.DRAFT, State.REQUESTED, State.CONFIRMED)
AN_ID = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


async def planned(conn: Connection, clerk: Clerk) -> list[Conference]:
    """Return all that is planned by or with units for which the clerk books."""
    units = units_of(clerk.actor, Permission.BOOK)
    return await every_conference(conn, after_moment=clerk.now, units=units, states=PLANNED)


async def named_in(conn: Connection, clerk: Clerk, rows: Sequence[Row]) -> list[Conference]:
    """Return what is planned of what rows name by their ids."""
    ids = {int(row.get("id")) for row in rows if AN_ID.fullmatch(row.get("id"))}
    found = await conferences_by_ids(conn, {ConferenceId(one) for one in ids})
    return [one for one in found if one.state in PLANNED and one.period.end > clerk.now]


async def as_shown(
    conn: Connection, clerk: Clerk, found: Sequence[Conference]
) -> dict[str, tuple[str, ...]]:
    """Return those that the clerk books for as the file shows them, by ids as texts."""
    hosts = await units_by_ids(conn, {one.host for one in found})
    mine = [one for one in found if clerk.may(Permission.BOOK, hosts[one.host].path)]
    uids = await uids_by_ids(conn, [one.id for one in mine])
    return {str(one.id): cells_of(one, hosts[one.host], uids.get(one.id, "")) for one in mine}
