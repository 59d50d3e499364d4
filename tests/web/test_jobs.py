import asyncio
from datetime import timedelta

from web.jobs import Job, repeat, running

SOON = timedelta(milliseconds=1)


async def test_a_failing_turn_does_not_end_the_job():
    stop = asyncio.Event()
    turns: list[int] = []

    async def work() -> None:
        turns.append(len(turns))
        if len(turns) == 3:
            stop.set()
        raise ValueError("one bad row")

    await repeat(Job(name="job", work=work, every=SOON), stop)

    assert turns == [0, 1, 2]


async def test_a_turn_that_hangs_is_cut_off():
    stop = asyncio.Event()
    turns: list[int] = []

    async def work() -> None:
        turns.append(len(turns))
        if len(turns) == 2:
            stop.set()
            return
        await asyncio.Event().wait()

    await repeat(Job(name="job", work=work, every=SOON, limit=SOON), stop)

    assert turns == [0, 1]


async def test_stopping_waits_for_the_present_turn():
    stop, begun, may_end, ended = (asyncio.Event() for _ in range(4))

    async def work() -> None:
        begun.set()
        await may_end.wait()
        ended.set()

    async with running([Job(name="job", work=work, every=timedelta(hours=1))], stop):
        await begun.wait()
        asyncio.get_running_loop().call_later(0.01, may_end.set)

    assert ended.is_set()
    assert stop.is_set()


async def test_turns_of_one_job_never_overlap():
    stop, at_work, most = asyncio.Event(), 0, 0

    async def work() -> None:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(0)
        at_work -= 1
        if most and stop_after.pop():
            stop.set()

    stop_after = [True, False, False, False]
    await repeat(Job(name="job", work=work, every=timedelta()), stop)

    assert most == 1
