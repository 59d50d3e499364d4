"""The region of a bridge: a unit of today, as whose halls come to it first."""

from __future__ import annotations

from datetime import datetime

from meetings.directory.finding import unit_by_code
from meetings.errors import UnitNotFound
from meetings.office.workdays import local_day
from meetings.store import Connection
from web.errors import BadForm


async def require_region(conn: Connection, region: str, now: datetime, *, before: str = "") -> None:
    """Let a region pass that is none, a unit, or what the bridge had before.

    Raises:
        BadForm: it is no unit, and the bridge would be near nobody.
    """
    if region in {"", before}:
        return
    try:
        await unit_by_code(conn, region, local_day(now))
    except UnitNotFound as error:
        raise BadForm({"region": error.code}) from error
