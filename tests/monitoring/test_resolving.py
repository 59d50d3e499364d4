import asyncio
import socket
from datetime import timedelta
from ipaddress import ip_address
from threading import Event

import pytest

from monitoring import resolving
from monitoring.errors import NoAnswer, Unseen
from monitoring.model import Outcome
from monitoring.probes import tcp
from monitoring.resolving import Resolver
from monitoring.vantage import Vantage
from tests.monitoring.makers import HERE, NOON, a_target, listener

CODEC = ip_address("10.0.0.7")


async def test_an_address_needs_no_name_server():
    def refuse(name: str) -> list[str]:
        raise AssertionError(name)

    assert await Resolver(refuse).address("::ffff:10.0.0.7") == CODEC


async def test_a_name_is_asked_for_once_by_many():
    asked = []

    def answer(name: str) -> list[str]:
        asked.append(name)
        return ["10.0.0.7", "10.0.0.8"]

    resolver = Resolver(answer)
    first = await asyncio.gather(*(resolver.address("codec.example") for _ in range(50)))
    again = await resolver.address("codec.example")
    resolver.close()

    assert {*first, again} == {CODEC}
    assert asked == ["codec.example"]


@pytest.mark.parametrize(
    ("error", "fact", "reason"),
    [
        (socket.gaierror(socket.EAI_NONAME, "none"), NoAnswer, "no-such-name"),
        (socket.gaierror(socket.EAI_AGAIN, "later"), Unseen, "names-unavailable"),
        (UnicodeError("label too long"), Unseen, "names-unavailable"),
        (OSError("anything"), Unseen, "names-unavailable"),
    ],
)
async def test_no_such_name_is_an_answer_and_silence_is_none(error, fact, reason):
    def fail(name: str) -> list[str]:
        raise error

    resolver = Resolver(fail)
    with pytest.raises(fact) as caught:
        await resolver.address("codec.example")
    resolver.close()

    assert caught.value.reason == reason


async def test_a_name_without_addresses_is_no_name():
    resolver = Resolver(lambda _: [])
    with pytest.raises(NoAnswer):
        await resolver.address("codec.example")
    resolver.close()


async def test_a_dead_name_server_stops_neither_addresses_nor_the_queue():
    over = Event()

    def hang(name: str) -> list[str]:
        over.wait()
        return ["10.0.0.7"]

    vantage = Vantage(HERE, resolver=Resolver(hang), clock=lambda: NOON)
    soon = timedelta(seconds=0.3)
    async with listener() as port:
        named = [
            a_target(number, host=f"codec-{number}.example", timeout=soon)
            for number in range(2, resolving.MOST_WAITING + 12)
        ]
        looks = [asyncio.create_task(tcp.probe(target, vantage)) for target in named]
        numeric = await tcp.probe(a_target(port=port), vantage)
        results = await asyncio.gather(*looks)
    over.set()
    vantage.close()

    assert numeric.outcome is Outcome.GOOD
    assert {result.outcome for result in results} == {Outcome.UNSEEN}
    assert [result.reason for result in results].count("names-busy") == 10
    assert len(vantage.resolver.threads) == 0
