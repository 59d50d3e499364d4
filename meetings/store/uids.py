"""Events of other calendars, and the conferences that came from them."""

from __future__ import annotations

import re
from collections.abc import Collection

from meetings.exporting.calendars import DOMAIN
from meetings.model import ConferenceId
from meetings.store import Connection

LONGEST_UID = 300
OWN = re.compile(rf"conference-([1-9][0-9]{{0,17}})@{re.escape(DOMAIN)}")

LIST_UIDS = "SELECT uid, conference_id FROM conference_uids WHERE uid = ANY ($1::text[])"
LIST_IDS = "SELECT id FROM conferences WHERE id = ANY ($1::bigint[])"
UIDS_BY_IDS = """
    SELECT uid, conference_id FROM conference_uids WHERE conference_id = ANY ($1::bigint[])
"""
INSERT_UID = """
    INSERT INTO conference_uids (uid, conference_id) VALUES ($1, $2)
        ON CONFLICT (uid) DO NOTHING
    RETURNING TRUE
"""


async def list_uids(conn: Connection, uids: Collection[str]) -> dict[str, ConferenceId]:
    """Return the conferences that these events became; our own events are what they were."""
    own = {uid: int(match[1]) for uid in uids if (match := OWN.fullmatch(uid))}
    there = {row["id"] for row in await conn.fetch(LIST_IDS, list(own.values()))}
    found = {uid: ConferenceId(number) for uid, number in own.items() if number in there}
    rows = await conn.fetch(LIST_UIDS, [uid for uid in uids if uid])
    return found | {row["uid"]: row["conference_id"] for row in rows}


async def uids_by_ids(
    conn: Connection, conferences: Collection[ConferenceId]
) -> dict[ConferenceId, str]:
    """Return the events that these conferences came from; most came from none."""
    rows = await conn.fetch(UIDS_BY_IDS, list(conferences))
    return {row["conference_id"]: row["uid"] for row in rows}


async def insert_uid(conn: Connection, conference: ConferenceId, uid: str) -> bool:
    """Note which event a conference came from; False where another one came from it."""
    return await conn.fetchval(INSERT_UID, uid, conference) is not None
