"""T-A9 in full: two editors at once over HTTP, each naming the version they saw."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from meetings.store import Connection
from tests.faults.clients import FIRST, PATH, book, wire
from tests.faults.conftest import serving_on
from tests.faults.history import OK, Call
from tests.service import speaking

STALE = 412
WRITTEN = """
    SELECT version, title FROM conference_versions WHERE conference_id = $1 ORDER BY version
"""


async def test_of_two_editors_one_is_told_and_no_change_is_lost(
    database: str,
    owner_database: str,
    conn: Connection,
    scratch: Path,
    rounds: Callable[[int], int],
) -> None:
    told: Counter[int] = Counter()
    kept = {1: "first"}
    async with serving_on(database, owner_database, conn, scratch / "keys.json", count=2) as house:
        urls = [one.url for one in house.services]
        end = wire(FIRST + timedelta(hours=1))
        sites = frozenset(house.communes[:3])
        async with speaking(None, house.token) as session:
            call = Call(key="first", sites=sites, start=wire(FIRST), end=end)
            await book(session, urls[:1], call)
            number = await conn.fetchval("SELECT max(id) FROM conferences")

            async def edit(url: str, version: int, title: str) -> tuple[int, str]:
                headers = {"If-Match": f'"{version}"'}
                place = f"{url}{PATH}/{number}"
                async with session.patch(place, json={"title": title}, headers=headers) as answer:
                    return answer.status, title

            for version in range(1, (count := rounds(1_000)) + 1):
                pair = (edit(url, version, f"{version}{url[-1]}{n}") for n, url in enumerate(urls))
                answers = await asyncio.gather(*pair)

                assert sorted(status for status, _ in answers) == [OK, STALE], f"round {version}"
                told.update(status for status, _ in answers)
                kept[version + 1] = next(title for status, title in answers if status == OK)

    assert told == {OK: count, STALE: count}
    assert {row["version"]: row["title"] for row in await conn.fetch(WRITTEN, number)} == kept
