"""T-A8 in full: two pending requests for one slot, approved at once; and the same with notices."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from meetings.approval import submitting
from meetings.approval.approving import approve, tell_clash
from meetings.approval.asking import request
from meetings.approval.chains import Decider, Step
from meetings.approval.submissions import Subject, Submission, What
from meetings.attempts import attempt
from meetings.errors import SiteBusy
from meetings.model import (
    Changes,
    Conference,
    ConferenceId,
    Grant,
    Period,
    Role,
    State,
    UnitId,
)
from meetings.scheduling.booking import amend, cancel
from meetings.store import Connection
from tests.faults.clients import FIRST
from tests.makers import a_conference, a_directory, a_unit, a_wish
from web.database import Pool, open_pool

NOW = FIRST - timedelta(hours=1)
BY = "token:robot"


async def answer(pool: Pool, asked: Conference, decider: Decider) -> str:
    """Approve in a transaction of its own, as the handlers do; say how it ended."""

    async def once() -> str:
        async with pool.acquire() as conn, conn.transaction():
            after = await approve(conn, asked.id, decider=decider, version=1, now=NOW)
            return after.state.value

    try:
        return await attempt(once)
    except SiteBusy as busy:
        async with pool.acquire() as conn, conn.transaction():
            await tell_clash(conn, asked.id, busy, by=BY, now=NOW)
        return "clash"


async def test_of_two_pending_requests_exactly_one_is_approved(
    database: str, conn: Connection, rounds: Callable[[int], int]
) -> None:
    await a_directory(conn)
    unit = UnitId((await a_unit(conn)).id)
    grants = frozenset({Grant(role=Role.LEADER, unit=unit)})
    decider = Decider(name="person:1", person=None, grants=grants)
    told: Counter[str] = Counter()
    async with open_pool(database, largest=4) as pool:
        for number in range(count := rounds(1_000)):
            wish = await a_wish(conn, start=FIRST)
            async with conn.transaction():
                pair = [
                    await request(conn, wish, steps=(), bridge="", by=BY, now=NOW) for _ in range(2)
                ]

            ends = await asyncio.gather(*(answer(pool, one, decider) for one in pair))

            assert sorted(ends) == ["clash", State.CONFIRMED.value], f"round {number}"
            told.update(ends)
            async with conn.transaction():
                for one in pair:
                    await cancel(conn, one.id, reason="", version=None, by=BY, now=NOW)
    clashes = "SELECT count(*) FROM audit WHERE action = 'conference.clash'"
    assert await conn.fetchval(clashes) == count
    assert told == {"clash": count, State.CONFIRMED.value: count}


async def test_of_two_submitted_changes_onto_one_slot_exactly_one_is_approved(
    database: str, conn: Connection, rounds: Callable[[int], int]
) -> None:
    await a_directory(conn)
    unit = UnitId((await a_unit(conn)).id)
    step = Step(role=Role.LEADER, unit=unit)
    decider = Decider(
        name="person:1", person=None, grants=frozenset({Grant(role=Role.LEADER, unit=unit)})
    )
    wanted = Period(FIRST + timedelta(hours=9), FIRST + timedelta(hours=11))
    pair = [
        await a_conference(conn, start=FIRST + timedelta(hours=hours), now=NOW) for hours in (1, 4)
    ]

    async def carry_out(inner: Connection, found: Submission) -> None:
        number = ConferenceId(found.subject.conference or 0)
        await amend(inner, number, Changes(period=wanted), version=None, by=BY, now=NOW)

    async def say_yes(pool: Pool, number: int) -> str:
        async def once() -> str:
            async with pool.acquire() as inner, inner.transaction():
                after = await submitting.approve(
                    inner, number, decider=decider, now=NOW, carry_out=carry_out
                )
                return after.state.value

        try:
            return await attempt(once)
        except SiteBusy:
            return "clash"

    async with open_pool(database, largest=4) as pool:
        for number in range(rounds(1_000)):
            async with conn.transaction():
                submitted = [await a_change(conn, one, wanted, step) for one in pair]

            ends = await asyncio.gather(*(say_yes(pool, one) for one in submitted))

            assert sorted(ends) == ["approved", "clash"], f"round {number}"
            async with conn.transaction():
                for one in pair:
                    back = Changes(period=one.period)
                    await amend(conn, one.id, back, version=None, by=BY, now=NOW)


async def a_change(conn: Connection, held: Conference, wanted: Period, step: Step) -> int:
    """Submit that a conference is held at another time."""
    subject = Subject(
        what=What.CHANGE,
        host=held.host,
        title=held.title,
        period=wanted,
        sites=held.sites,
        payload={},
        lapses_at=held.period.start,
        conference=held.id,
    )
    return (await submitting.submit(conn, subject, [step], by=BY, now=NOW)).id
