import asyncio
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

import pytest
import uvloop

from monitoring import pinging
from monitoring.echoes import checksum, cookie_of, request
from monitoring.errors import Unseen
from monitoring.model import Outcome, ProbeKind, Target
from monitoring.pinging import Pinger
from monitoring.probes import icmp
from monitoring.vantage import Vantage
from tests.monitoring.makers import HERE, MINUTE, NOON, a_target

COOKIE = b"12345678"
SOON = timedelta(seconds=0.3)


def may_ping() -> bool:
    try:
        pinging.opened(4).close()
    except Unseen:
        return False
    return True


pings = pytest.mark.skipif(not may_ping(), reason="this machine grants no ICMP socket")


def an_echo(**what: Any) -> Target:
    return a_target(probe=ProbeKind.ICMP, **what)


@pings
async def test_this_machine_answers(vantage):
    result = await icmp.probe(an_echo(), vantage)

    assert (result.outcome, result.reason) == (Outcome.GOOD, "")


@pings
async def test_one_socket_hears_many_at_once(vantage):
    looks = (icmp.probe(an_echo(number=n, host=f"127.0.0.{n}"), vantage) for n in range(1, 255))
    results = await asyncio.gather(*looks)

    assert {result.outcome for result in results} == {Outcome.GOOD}
    assert len(vantage.pinger.sockets) == 1
    assert vantage.pinger.waiting == {}


class Deaf(Pinger):
    """Sends, and drops what comes: some networks answer for every address."""

    def _receive(self, version, sock):
        sock.recvfrom(2048)


@pings
async def test_silence_is_bad_after_three_tries():
    vantage = Vantage(HERE, pinger=Deaf(), clock=lambda: NOON)
    result = await icmp.probe(an_echo(timeout=SOON), vantage)
    vantage.close()

    assert (result.outcome, result.reason) == (Outcome.BAD, "timeout")


@pings
@pytest.mark.parametrize(
    ("sender", "outcome"), [("127.0.0.1", Outcome.GOOD), ("127.0.0.2", Outcome.BAD)]
)
async def test_a_reply_from_elsewhere_is_not_believed(sender, outcome):
    vantage = Vantage(HERE, pinger=Deaf(), clock=lambda: NOON)
    timeout = MINUTE if outcome is Outcome.GOOD else SOON
    looking = asyncio.create_task(icmp.probe(an_echo(timeout=timeout), vantage))
    while not vantage.pinger.waiting:
        await asyncio.sleep(0)
    (cookie,) = vantage.pinger.waiting
    vantage.pinger._take(cookie, sender)
    result = await looking
    vantage.close()

    assert result.outcome is outcome


class Forbidden(Pinger):
    def _socket(self, version):
        raise Unseen("not-permitted")


async def test_without_permission_nothing_is_known():
    vantage = Vantage(HERE, pinger=Forbidden(), clock=lambda: NOON)
    result = await icmp.probe(an_echo(), vantage)
    vantage.close()

    assert (result.outcome, result.reason) == (Outcome.UNSEEN, "not-permitted")


@pings
def test_it_works_on_the_loop_of_the_program():
    async def look():
        vantage = Vantage(HERE, clock=lambda: NOON)
        result = await icmp.probe(an_echo(), vantage)
        vantage.close()
        return result.outcome

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(look()) is Outcome.GOOD


def test_a_request_carries_a_right_checksum():
    assert checksum(request(4, 0x1234, 7, COOKIE)) == 0


def test_a_reply_is_known_by_its_cookie():
    reply = b"\0\0\0\0\0\0\0\0" + COOKIE + b"diemcau."

    assert cookie_of(4, reply, raw=False) == COOKIE
    assert cookie_of(4, b"\x45" + b"\0" * 19 + reply, raw=True) == COOKIE
    assert cookie_of(6, b"\x81" + reply[1:], raw=True) == COOKIE


@pytest.mark.parametrize("packet", [b"", b"\x45", b"\0" * 15, request(4, 1, 1, COOKIE), b"\xff"])
def test_any_other_packet_is_no_reply(packet):
    assert cookie_of(4, packet, raw=False) is None
    assert cookie_of(4, packet, raw=True) is None


def test_addresses_have_a_socket_family():
    assert set(pinging.FAMILIES) == {ip_address("127.0.0.1").version, ip_address("::1").version}
