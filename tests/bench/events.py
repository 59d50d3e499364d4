"""P3: a bridge event acknowledged and fsynced, beside one INSERT over an open connection."""

import asyncio
import json
import multiprocessing
import socket
import time

import asyncpg

from tests.bench.measuring import Series, clients, compared
from tests.bench.senders import deliver
from tests.bench.store import BRIDGE, owner_url, store_pid
from tests.faults.freezing import frozen
from tests.folders import open_folder
from tests.service import Service, serving, speaking
from web.embedded import embedded

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
SENDERS = 32
EVENTS = 6000


def event(number: int) -> bytes:
    """Return a joined event as Prosody 13 sends it, with its own connection's headers."""
    body = json.dumps(
        {
            "is_breakout": False,
            "room_jid": "briefing-20261123-bench00000@conference.meet.lab",
            "room_name": "briefing-20261123-bench00000",
            "event_name": "muc-occupant-joined",
            "active_occupants_count": 1,
            "occupant": {
                "joined_at": 1795462682 + number,
                "occupant_jid": f"{number:08x}-fd77-4b42-934e-0a51e806b40d@meet.lab/RQnj",
                "name": "An",
                "id": "site-1",
            },
        }
    ).encode()
    head = (
        "POST /bridges/bench/events/occupant/joined HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n"
        "User-Agent: Prosody (13.0.1; posix)\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {BRIDGE['event_secret']}\r\n\r\n"
    )
    return head.encode() + body


async def send(port: int, number: int) -> None:
    """Deliver one event over a connection of its own and demand 200."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(event(number))
    status = await reader.readline()
    if b" 200 " not in status:
        raise RuntimeError(f"event refused: {status!r}")
    writer.close()


async def delivered(port: int) -> Series:
    """Return what 32 senders had; nothing else of ours runs meanwhile."""
    return await asyncio.to_thread(deliver, port, SENDERS, EVENTS, event)


def connections_alone() -> Series:
    """Return what the same senders have of a server that only answers, and keeps nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listener:
        port = listener.getsockname()[1]
        answering = multiprocessing.get_context("fork").Process(target=answer_all, args=[listener])
        answering.start()
        series = deliver(port, SENDERS, EVENTS, event)
        answering.kill()
    return series


def answer_all(listener: socket.socket) -> None:
    """Say 200 to everybody, for ever."""
    while True:
        taken, _ = listener.accept()
        with taken:
            taken.recv(4096)
            taken.send(ANSWER)


async def inserts(url: str) -> Series:
    """Return the floor: as many INSERTs over 32 open connections."""
    body = event(0).decode()
    connections = await asyncio.gather(*(asyncpg.connect(url) for _ in range(SENDERS)))
    await connections[0].execute("CREATE TABLE IF NOT EXISTS bench_events (body TEXT NOT NULL)")
    free = list(connections)

    async def insert(_: int) -> None:
        conn = free.pop()
        await conn.execute("INSERT INTO bench_events VALUES ($1)", body)
        free.append(conn)

    series = await clients(SENDERS, EVENTS, insert)
    await connections[0].execute("DROP TABLE bench_events")
    for conn in connections:
        await conn.close()
    return series


async def drained(product: Service) -> float:
    """Return the seconds until every event stands in the database."""
    began = time.perf_counter()
    conn = await asyncpg.connect(await owner_url(product))
    async with asyncio.timeout(120):
        while await conn.fetchval("SELECT count(*) FROM evidence") < EVENTS:
            await asyncio.sleep(0.1)
    await conn.close()
    return time.perf_counter() - began


async def measure() -> list[str]:
    async with serving() as product:
        async with speaking(product.url, await product.token()) as session:
            (await session.post("/api/v1/bridges", json=BRIDGE)).raise_for_status()
        await known(product.receiver_port)
        ours = await delivered(product.receiver_port)
        lag = await drained(product)
        with frozen(store_pid(product)):
            alone = await delivered(product.receiver_port)
    bare = await asyncio.to_thread(connections_alone)
    with open_folder() as folder:
        async with embedded(folder / "data") as cluster:
            floor = await inserts(cluster.owner_url)
    return [
        *compared(ours, floor),
        f"bare     {bare} by a server that only answers: what connections cost",
        f"frozen   {alone} with PostgreSQL stopped (reach: p99 100 ms)",
        f"drained  {lag:.1f} s after the last acknowledgement",
    ]


async def known(port: int) -> None:
    """Wait until the receiver has heard of the new bridge."""
    async with asyncio.timeout(60):
        while True:
            try:
                await send(port, 0)
            except RuntimeError:
                await asyncio.sleep(0.2)
            else:
                return
