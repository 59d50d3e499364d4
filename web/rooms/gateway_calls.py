"""Room systems that call in: which hall's one is, and with what it enters as that hall."""

from __future__ import annotations

from datetime import datetime

from bridges.placement.rooms import room_of
from bridges.registered.registry import Seal
from bridges.rules import is_open
from meetings.directory.gateways import means_of, without_port
from meetings.model import Conference, ConferenceId, SiteId
from meetings.scheduling.conferences import conference_by_id
from meetings.store import Connection
from meetings.store.gateways import list_gateways
from meetings.store.invitations import lock_link
from web.rooms.entering import entry_token


async def hall_token(
    conn: Connection,
    seal: Seal,
    conference: ConferenceId,
    caller: str,
    *,
    by: str,
    now: datetime,
) -> str:
    """Return the token of the invited hall whose room system that is, "" where there is none.

    Whose link is revoked does not come in by a room system either; it is audited.
    """
    found, room = await conference_by_id(conn, conference), await room_of(conn, conference)
    site = await hall_of(conn, found, caller)
    if site is None or not is_open(found, room, now):
        return ""
    link = await lock_link(conn, conference, site)
    if link is None or link.revoked_at is not None:
        return ""
    means = means_of(caller)
    return await entry_token(
        conn, seal, found, room, site, by=by, now=now, means=means, gateway=caller
    )


async def hall_of(conn: Connection, conference: Conference, caller: str) -> SiteId | None:
    """Return the one invited hall of that address; two of the same address are nobody's."""
    known = await list_gateways(conn, conference.sites)
    found = [site for site, address in known.items() if without_port(address) == caller]
    return found[0] if len(found) == 1 else None
