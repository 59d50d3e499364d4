import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from monitoring.devices import target_by_id
from monitoring.metrics import ProbeMetrics
from monitoring.model import Health, Outcome, ProbeKind, TargetId
from monitoring.probes import PROBES
from monitoring.probing import Prober
from monitoring.vantage import Vantage
from tests.makers import a_directory, a_site
from tests.monitoring.makers import HERE, MINUTE, NOON, a_device, a_target, listener, only_target


class Clock:
    """A clock that moves on by a minute at each look."""

    def __init__(self):
        self.now = NOON

    def __call__(self):
        self.now += MINUTE
        return self.now


@pytest.fixture
def registry():
    return CollectorRegistry()


@pytest.fixture
async def prober(registry):
    vantage = Vantage(HERE, clock=Clock())
    yield Prober(vantage, ProbeMetrics(registry))
    vantage.close()


def transactions_of(pool):
    @asynccontextmanager
    async def transaction():
        async with pool.acquire() as conn, conn.transaction():
            yield conn

    return transaction


@asynccontextmanager
async def running(prober):
    stop = asyncio.Event()
    task = asyncio.create_task(prober.run(stop))
    yield task
    stop.set()
    await task


async def looks(prober, each: int, targets: int) -> Counter[int]:
    """Wait until each target was looked at so often."""
    seen = Counter[int]()
    async with asyncio.timeout(120):
        while len(seen) < targets or min(seen.values()) < each:
            await asyncio.sleep(0.01)
            seen = Counter(result.target for result in prober.buffer.results)
    return seen


async def test_a_hall_goes_down_when_its_listener_closes_and_up_when_it_is_back(
    conn, pool, prober, registry
):
    await a_directory(conn)
    transaction = transactions_of(pool)
    async with listener() as port:
        device = await a_device(conn, (await a_site(conn)).id, port=port)
        target = TargetId(only_target(device))
        await prober.reload(transaction)
        (watched,) = (plan.target for plan in prober.schedule.plans.values())
        assert await states_after(3, prober, watched, transaction, conn) == [Health.UP] * 3
    assert await states_after(3, prober, watched, transaction, conn) == [
        Health.UP,
        Health.UP,
        Health.DOWN,
    ]
    seen = await target_by_id(conn, target, prober.vantage.clock.now)
    assert (seen.reason, seen.since) == ("refused", NOON + 6 * MINUTE)
    assert registry.get_sample_value(
        "diemcau_probes_total", {"probe": "tcp", "outcome": "bad"}
    ) == pytest.approx(3)

    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port)
    states = await states_after(2, prober, watched, transaction, conn)
    server.close()
    assert states == [Health.DOWN, Health.UP]


async def states_after(times, prober, target, transaction, conn) -> list[Health]:
    states = []
    for _ in range(times):
        await prober.look(target)
        await prober.write(transaction)
        states.append((await target_by_id(conn, target.id, prober.vantage.clock.now)).state)
    return states


async def test_targets_are_looked_at_again_and_again(prober):
    async with listener() as port, running(prober):
        often = timedelta(seconds=0.2)
        targets = [a_target(number, port=port, interval=often) for number in range(1, 101)]
        prober.schedule.sync(targets, asyncio.get_running_loop().time())
        prober.changed.set()
        seen = await looks(prober, each=3, targets=100)

    assert set(seen) == set(range(1, 101))
    assert prober.tasks == set()


async def test_what_is_known_to_be_down_waits_apart(prober):
    dead, alive = a_target(1), a_target(2)
    prober.schedule.sync([dead, alive], 0)
    for _ in range(3):
        while (turn := prober.schedule.pop(1000)) is not None:
            outcome = Outcome.BAD if turn[0] == dead else Outcome.GOOD
            prober.schedule.done(turn[0], outcome, 0)

    assert prober.lane(dead) is prober.silent
    assert prober.lane(alive) is prober.connections
    assert prober.lane(a_target(3, ProbeKind.ICMP)) is prober.echoes


async def test_black_holes_do_not_hold_up_the_others(prober):
    silence = asyncio.Event()

    async def say_nothing(reader, writer):
        await silence.wait()

    async with listener() as port, listener(say_nothing) as hole, running(prober):
        often = timedelta(seconds=0.3)
        good = [a_target(number, port=port, interval=often) for number in range(1, 41)]
        dead = [
            a_target(number, ProbeKind.HTTP, port=hole, interval=often, timeout=MINUTE)
            for number in range(41, 81)
        ]
        prober.schedule.sync([*good, *dead], asyncio.get_running_loop().time())
        prober.changed.set()
        seen = await looks(prober, each=3, targets=40)
        silence.set()

    assert set(seen) == set(range(1, 41))


async def test_looks_are_bounded(registry):
    prober = Prober(Vantage(HERE), ProbeMetrics(registry), most_connections=5)
    running_at_once = []
    silence = asyncio.Event()

    async def hold(reader, writer):
        running_at_once.append(prober.connections.running)
        if len(running_at_once) >= 5:
            silence.set()
        await silence.wait()

    async with listener(hold) as port, running(prober):
        targets = [a_target(number, ProbeKind.HTTP, port=port) for number in range(1, 51)]
        prober.schedule.sync(targets, asyncio.get_running_loop().time())
        prober.changed.set()
        await looks(prober, each=1, targets=50)
    prober.vantage.close()

    assert max(running_at_once) == 5


async def test_with_the_store_away_results_wait_and_looking_goes_on(conn, pool, prober):
    await a_directory(conn)

    @asynccontextmanager
    async def away():
        raise ConnectionError
        yield conn

    async with listener() as port:
        device = await a_device(conn, (await a_site(conn)).id, port=port)
        target = a_target(only_target(device), port=port)
        for _ in range(3):
            await prober.look(target)
            with pytest.raises(ConnectionError):
                await prober.write(away)
    assert len(prober.buffer) == 3

    await prober.write(transactions_of(pool))
    assert len(prober.buffer) == 0
    assert await conn.fetchval("SELECT count(*) FROM results") == 3


async def test_lost_results_are_counted(prober, registry, pool):
    prober.buffer.most = 2
    async with listener() as port:
        for _ in range(5):
            await prober.look(a_target(port=port))
    await prober.write(transactions_of(pool))

    assert registry.get_sample_value("diemcau_probe_results_lost_total") == pytest.approx(3)


async def test_a_broken_probe_ends_neither_watching_nor_its_target(registry):
    broken = asyncio.Event()

    async def bug(target, vantage):
        broken.set()
        raise ZeroDivisionError

    probes = {**PROBES, ProbeKind.HTTP: bug}
    prober = Prober(Vantage(HERE), ProbeMetrics(registry), probes=probes)
    async with listener() as port, running(prober) as task:
        targets = [a_target(1, ProbeKind.HTTP, port=port), a_target(2, port=port)]
        prober.schedule.sync(targets, asyncio.get_running_loop().time())
        prober.changed.set()
        await looks(prober, each=1, targets=1)
        await broken.wait()
        assert not task.done()
    prober.vantage.close()

    assert {target for _, target in prober.schedule.heap} == {1, 2}


async def test_stopping_lets_go_of_what_runs(prober):
    silence = asyncio.Event()
    met = asyncio.Event()

    async def say_nothing(reader, writer):
        met.set()
        await silence.wait()

    async with listener(say_nothing) as port:
        async with running(prober):
            target = a_target(probe=ProbeKind.HTTP, port=port, timeout=MINUTE)
            prober.schedule.sync([target], asyncio.get_running_loop().time())
            prober.changed.set()
            await met.wait()
        silence.set()

    assert prober.tasks == set()
    assert len(prober.buffer) == 0


async def test_reloading_follows_the_store(conn, pool, prober):
    await a_directory(conn)
    site = (await a_site(conn)).id
    transaction = transactions_of(pool)
    first = only_target(await a_device(conn, site, name="First"))
    await prober.reload(transaction)
    assert set(prober.schedule.plans) == {first}

    await conn.execute("UPDATE targets SET enabled = FALSE")
    second = only_target(await a_device(conn, site, name="Second"))
    await prober.reload(transaction)
    assert set(prober.schedule.plans) == {second}


async def test_all_kinds_are_looked_at(prober):
    assert set(PROBES) == set(ProbeKind) == set(prober.probes)


async def test_metrics_have_bounded_labels(prober, registry):
    async with listener() as port:
        await prober.look(a_target(port=port))
    labels = {
        tuple(sorted(sample.labels)) for family in registry.collect() for sample in family.samples
    }

    assert labels <= {(), ("le",), ("probe",), ("outcome", "probe"), ("le", "probe")}
    assert registry.get_sample_value(
        "diemcau_probes_total", {"probe": "tcp", "outcome": Outcome.GOOD.value}
    ) == pytest.approx(1)
