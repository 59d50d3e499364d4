"""The receiver as a process of its own beside the service: it goes on while that one is away."""

from __future__ import annotations

import asyncio

import aiohttp

from tests.service import DIEMCAU, Service, service, speaking

SECRET = "apart-events-of-the-bridge"
BRIDGE = {
    "name": "apart",
    "public_url": "https://meet.example.gov.vn",
    "xmpp_domain": "meet.jitsi",
    "muc_domain": "muc.meet.jitsi",
    "app_id": "diemcau",
    "reservation_secret": "r" * 40,
    "event_secret": SECRET,
}
EVENTS = 200


async def post(session: aiohttp.ClientSession, made: Service, number: int) -> int:
    url = f"http://127.0.0.1:{made.receiver_port}/bridges/apart/events/room/created"
    body = {"room_name": f"r-{number}", "created_at": 1795462682}
    async with session.post(
        url, json=body, headers={"Authorization": f"Bearer {SECRET}"}
    ) as answer:
        return answer.status


async def figure(made: Service, token: str, name: str) -> float:
    """Return one of the service's own figures."""
    async with speaking(made.url, token) as program, program.get("/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(name))


async def introduced(made: Service, session: aiohttp.ClientSession) -> None:
    """Wait until the receiver knows the bridge."""
    async with asyncio.timeout(60):
        while True:
            try:
                if await post(session, made, 0) == 200:
                    return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)


async def test_no_event_is_refused_while_the_service_is_killed_and_starts_again():
    async with service(DIEMCAU_RECEIVER_APART="1") as made, aiohttp.ClientSession() as session:
        await made.start()
        async with asyncio.timeout(120):
            while await made.status(session, "/healthz") != 200:
                await asyncio.sleep(0.05)
        receiver = await asyncio.create_subprocess_exec(DIEMCAU, "receiver", env=made.environment)
        try:
            await made.ready()
            token = await made.token()
            async with speaking(made.url, token) as program:
                assert (await program.post("/api/v1/bridges", json=BRIDGE)).status == 201
            await introduced(made, session)

            await made.kill()
            told = [await post(session, made, number) for number in range(EVENTS)]
            await made.start()
            told += [await post(session, made, EVENTS + number) for number in range(EVENTS)]
            await made.ready()

            assert told == [200] * 2 * EVENTS
            async with asyncio.timeout(60):
                while await figure(made, token, "diemcau_receiver_spool_bytes"):
                    await asyncio.sleep(0.2)
            await made.stop()
            assert await post(session, made, 0) == 200
        finally:
            receiver.terminate()
            await receiver.wait()
