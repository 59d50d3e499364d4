"""SQL of the demo: claimed once, found again, removed whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from meetings.model import ConferenceId
from meetings.store import Connection

CLAIM_DEMO = """
    UPDATE installation SET demo_loaded_at = $1
     WHERE demo_loaded_at IS NULL AND NOT EXISTS (SELECT FROM conferences)
    RETURNING TRUE
"""
GET_ROOM_NAME = """
    SELECT name FROM rooms WHERE conference_id = $1
"""
LIST_UNTOLD = """
    SELECT c.id FROM conferences c
     WHERE c.demo AND c.state = 'ended' AND c.created_by = $1
       AND NOT EXISTS (SELECT FROM evidence e WHERE e.conference_id = c.id)
     ORDER BY lower(c.period)
"""
COUNT_DEMO = """
    SELECT count(*) FROM conferences WHERE demo
"""

# In the order in which nothing points at what goes; audit rows stay, as they always do.
REMOVALS: Sequence[str] = (
    "DELETE FROM presences USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM blind_spots USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM clock_steps USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM evidence USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM beat_strips USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM denials USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM rooms USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM room_pins USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM room_actions USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM recording_readers USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM recording_access USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM recordings USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM control_seats USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM room_moves USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM conference_uids USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM upstream_losses USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM conference_upstreams USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM conference_tiers USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM segments USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM agenda_items USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM documents USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM conference_warnings USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM line_holds USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM official_holds USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM delegates USING conferences c WHERE c.id = conference_id AND c.demo",
    (
        "DELETE FROM line_tests USING conferences c"
        " WHERE c.id IN (conference_id, rehearsal_id) AND c.demo"
    ),
    (
        "UPDATE polls SET conference_id = NULL FROM conferences c"
        " WHERE c.id = conference_id AND c.demo"
    ),
    (
        "UPDATE series_skips SET conference_id = NULL FROM conferences c"
        " WHERE c.id = conference_id AND c.demo"
    ),
    "DELETE FROM seat_holds USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM holds USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM links USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM invitations USING conferences c WHERE c.id = conference_id AND c.demo",
    "DELETE FROM conferences WHERE demo",
    (
        "DELETE FROM results USING targets t, devices d"
        " WHERE t.id = target_id AND d.id = t.device_id AND d.demo"
    ),
    "DELETE FROM devices WHERE demo",
    "DELETE FROM outbox o USING people p WHERE p.demo AND p.email = o.recipient",
    "DELETE FROM people WHERE demo",
)


async def claim_demo(conn: Connection, now: datetime) -> bool:
    """Note that the demo is loaded, once and only into a store without conferences."""
    return bool(await conn.fetchval(CLAIM_DEMO, now))


async def get_room_name(conn: Connection, conference: ConferenceId) -> str:
    """Return the room of a conference."""
    return str(await conn.fetchval(GET_ROOM_NAME, conference))


async def list_untold(conn: Connection, by: str) -> list[ConferenceId]:
    """Return the demo's past conferences of which no evidence came yet."""
    return [ConferenceId(row["id"]) for row in await conn.fetch(LIST_UNTOLD, by)]


async def count_demo(conn: Connection) -> int:
    """Return how many conferences are the demo's."""
    return int(await conn.fetchval(COUNT_DEMO))


async def delete_demo(conn: Connection) -> None:
    """Remove every row of the demo."""
    for statement in REMOVALS:
        await conn.execute(statement)
