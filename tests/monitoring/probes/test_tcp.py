import asyncio
import socket
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest
import uvloop

from monitoring.model import Outcome
from monitoring.probes import tcp
from monitoring.resolving import Resolver
from monitoring.vantage import Vantage
from tests.monitoring.makers import HERE, NOON, a_target, listener
from tests.ports import free_port

SOON = timedelta(seconds=0.2)


async def test_a_port_that_accepts_is_good(vantage):
    async with listener() as port:
        begun = perf_counter()
        result = await tcp.probe(a_target(port=port), vantage)
        ended = perf_counter()

    assert (result.target, result.at, result.outcome, result.reason) == (1, NOON, Outcome.GOOD, "")
    assert result.seconds is not None
    assert 0 < result.seconds < ended - begun


async def test_a_closed_port_refuses(vantage):
    result = await tcp.probe(a_target(port=free_port()), vantage)

    assert (result.outcome, result.reason, result.seconds) == (Outcome.BAD, "refused", None)


async def test_a_port_that_never_accepts_times_out(vantage):
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):  # takes the only place in the queue
            result = await tcp.probe(a_target(port=port, timeout=SOON), vantage)

    assert (result.outcome, result.reason) == (Outcome.BAD, "timeout")


async def test_a_forbidden_address_is_not_connected_to(strict_vantage):
    met = []

    async def note(reader, writer):
        met.append(reader)

    async with listener(note) as port:
        result = await tcp.probe(a_target(port=port), strict_vantage)
        mapped = await tcp.probe(a_target(port=port, host="::ffff:127.0.0.1"), strict_vantage)

    assert (result.outcome, result.reason) == (Outcome.UNSEEN, "forbidden-address")
    assert (mapped.outcome, mapped.reason) == (Outcome.UNSEEN, "forbidden-address")
    assert met == []


@pytest.mark.parametrize("meaning", ["127.0.0.1", "0.0.0.0", "::1", "169.254.169.254"])
async def test_a_name_that_means_a_forbidden_address_is_not_connected_to(meaning):
    vantage = Vantage(resolver=Resolver(lambda _: [meaning]))
    result = await tcp.probe(a_target(host="codec.evil.example"), vantage)
    vantage.close()

    assert (result.outcome, result.reason) == (Outcome.UNSEEN, "forbidden-address")


async def test_the_checked_address_is_the_one_connected_to():
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])  # a name server that changes its mind
    vantage = Vantage(HERE, resolver=Resolver(lambda _: next(answers)))
    async with listener() as port:  # on 127.0.0.1 only
        result = await tcp.probe(a_target(host="codec.example", port=port), vantage)
    vantage.close()

    assert result.outcome is Outcome.GOOD


async def test_no_socket_is_left_over(vantage):
    closed = free_port()
    before = len(open_sockets())
    for _ in range(20):
        await tcp.probe(a_target(port=closed, timeout=SOON), vantage)

    assert len(open_sockets()) == before


def open_sockets() -> list[str]:
    links = [entry for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()]
    return [str(link.readlink()) for link in links if "socket:" in str(link.readlink())]


def test_it_works_on_the_loop_of_the_program():
    async def look():
        vantage = Vantage(HERE, clock=lambda: NOON)
        async with listener() as port:
            good = await tcp.probe(a_target(port=port), vantage)
        bad = await tcp.probe(a_target(port=free_port()), vantage)
        vantage.close()
        return good.outcome, bad.reason

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(look()) == (Outcome.GOOD, "refused")
