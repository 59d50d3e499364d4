"""Take the demo away; what people booked themselves stays."""

from __future__ import annotations

from meetings.audit import record
from meetings.news import announce
from meetings.store import Connection
from web.demo import store


async def remove(conn: Connection, *, by: str) -> int:
    """Remove the demo with its attendance, devices and people; return how many conferences.

    It does not come back at the next start.
    """
    gone = await store.count_demo(conn)
    await store.delete_demo(conn)
    detail = {"conferences": gone}
    await record(conn, actor=by, action="demo.remove", subject="demo", detail=detail)
    await announce(conn, "snapshot", "board", "directory", "targets")
    return gone
