"""T-A4, short: the server is killed twenty times amid requests, each of which is settled once."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from meetings.store import Connection
from tests.faults.test_killed_requests import kill_rounds


@pytest.mark.long
async def test_twenty_kills_leave_one_effect_for_each_key(
    database: str, conn: Connection, scratch: Path
) -> None:
    await kill_rounds(database, conn, scratch, Random(20), 20)
