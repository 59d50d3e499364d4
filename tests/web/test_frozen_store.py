"""T-C2: bridges ask for rooms while PostgreSQL neither answers nor hangs up."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bridges.trial.config import Timing
from tests.conftest import FORGETFUL
from tests.faults.freezing import frozen
from tests.web.test_outage import a_day_with_a_conference, reservation_secret, wait_for_picture
from web.app import create_app
from web.embedded import embedded
from web.rooms import reservations

PROMISED = timedelta(seconds=2)
PROSODY_GIVES_UP = Timing().reservation_timeout


@pytest.fixture(autouse=True)
def patience() -> None:
    """The program's own limits are tried here."""


async def test_every_booked_room_is_granted_and_no_other_while_the_store_hangs(
    tmp_path: Path, settings, keyring
):
    store = tmp_path / "store"
    url, _, room = await a_day_with_a_conference(store, keyring)
    async with embedded(store, options=FORGETFUL) as cluster:
        app = create_app(settings, database_url=url, keyring=keyring)
        async with TestClient(TestServer(app)) as client:
            await wait_for_picture(app)
            headers = {"Authorization": f"Bearer {reservation_secret(app)}"}

            async def ask(name: str) -> tuple[int, float]:
                begun = time.perf_counter()
                async with client.post(
                    "/bridges/trial/reservations/conference",
                    data={"name": name, "start_time": "2026-11-24T00:00:00Z", "mail_owner": "a@b"},
                    headers=headers,
                ) as answer:
                    await answer.read()
                    return answer.status, time.perf_counter() - begun

            with frozen(cluster.pid):
                booked = await asyncio.gather(*(ask(room) for _ in range(50)))
                others = await asyncio.gather(*(ask(f"briefing-{n:010d}") for n in range(50)))

    slowest = max(seconds for _, seconds in (*booked, *others))
    print(f"slowest answer {slowest:.2f} s")
    assert [status for status, _ in booked] == [200] * 50
    assert [status for status, _ in others] == [403] * 50
    # What the program waits at most is exact; what a busy machine adds is not.
    assert reservations.PATIENCE <= PROMISED
    assert slowest < PROSODY_GIVES_UP.total_seconds()
