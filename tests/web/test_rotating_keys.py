"""T-C13, keys and sessions: rotated under load, by two programs that share a store and a file."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bridges.placement.placing import place
from bridges.registered.registry import all_secrets
from meetings.links.feeds import feed_of
from meetings.links.invitations import link_secret, make_links
from meetings.model import Conference, Role
from tests.bridges.makers import SECRETS, a_bridge
from tests.makers import a_conference
from tests.web.conftest import Client, a_person, a_session, patient, signed_headers
from web.app import create_app
from web.database import transaction
from web.input.once import SecretKeeper
from web.keyring import key_file
from web.keyring.following import KeyFollower
from web.keyring.keyring import CannotOpen, Keyring, new_key
from web.keyring.rotating import LINGER, KeyIsComing, begin
from web.keys import KEYRING, POOL
from web.pages.views.feeds import FEEDS
from web.scheduling.booking import LINKS
from web.settings import Settings
from web.store.installation import save_fingerprint

AFTER = timedelta(minutes=1)
GRACE = timedelta(minutes=8)
ROUNDS = 1
KEEP_ANSWER = """
    INSERT INTO idempotency (actor, key, request, status, headers, body)
    VALUES ('program:test', 'k', 'x', 200, '{}', $1)
"""


class Programs:
    """Two programs, the clock they share, and what their clients were told."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.refused: set[tuple[str, int]] = set()
        self.rounds: Counter[Client] = Counter()
        self.paths: Sequence[str] = ()
        self.clients: list[Client] = []
        self.followers: list[KeyFollower] = []
        self.over = asyncio.Event()

    async def ask(self, client: Client) -> None:
        """Ask for everything that is legitimate, again and again."""
        while not self.over.is_set():
            for path in self.paths:
                async with client.get(path) as answer:
                    if answer.status != 200:
                        self.refused.add((path, answer.status))
            self.rounds[client] += 1

    async def legitimate(self, *paths: str) -> None:
        """Have everybody ask for these from now on; nobody asks for another any more."""
        self.paths = paths
        await self.go_on()

    async def go_on(self) -> None:
        """Wait until everybody asked for everything, as it is now, a few times more."""
        enough = {client: self.rounds[client] + 1 + ROUNDS for client in self.clients}
        while any(self.rounds[client] < least for client, least in enough.items()):
            await asyncio.sleep(0)

    async def turn(self, *, after: timedelta = timedelta(0)) -> None:
        """Let time pass and both programs look, one after the other, under load."""
        self.now += after
        for follower in self.followers:
            await follower.turn(self.now)
            await self.go_on()

    async def statuses(self, *paths: str) -> list[tuple[int, ...]]:
        """Return what each program answers to each path."""
        found = []
        for path in paths:
            answers = [await client.get(path) for client in self.clients[:2]]
            found.append(tuple(answer.status for answer in answers))
        return found


@asynccontextmanager
async def loaded(
    folder: Path, keys: Path, database: str, secret: str, now: datetime
) -> AsyncIterator[Programs]:
    """Give two programs on one store and one key file, with signed-in clients that ask."""
    programs = Programs(now)
    async with AsyncExitStack() as stack:
        for name in ("one", "two"):
            environ = {"DIEMCAU_DATA": str(folder / name), "DIEMCAU_KEYS_FILE": str(keys)}
            app = create_app(
                Settings.from_environ(environ | {"DIEMCAU_RECEIVER_PORT": "9"}),
                database_url=database,
                keyring=key_file.load(keys).at(now),
                clock=lambda: programs.now,
            )
            server = await stack.enter_async_context(TestServer(patient(app)))
            lend = partial(transaction, app[POOL])
            programs.followers.append(KeyFollower(keys, app[KEYRING], lend))
            programs.clients.append(await a_client(stack, server, secret))
        programs.clients += [
            await a_client(stack, client.server, secret) for client in programs.clients
        ]
        yield programs


async def a_client(stack: AsyncExitStack, server, secret: str) -> Client:
    client: Client = TestClient(
        server, cookies={"sid": secret}, headers=dict(signed_headers(secret))
    )
    await client.start_server()
    stack.push_async_callback(client.close)
    return client


def links_of(conference: Conference, ring: Keyring) -> list[str]:
    """Return the addresses of a conference's halls under the ring's newest key."""
    key = ring.derive(LINKS)
    return [f"/j/{link_secret(key, conference.id, site, 1)}" for site in conference.sites]


async def test_keys_are_rotated_under_load_and_the_old_one_dies_after_its_grace(
    conn, directory, database, tmp_path: Path
):
    now, keys = datetime.now(UTC), tmp_path / "keys.json"
    old = Keyring((new_key(),))
    key_file.save(keys, old)
    await a_bridge(conn, seal=old)
    open_now = await a_conference(conn, start=now + timedelta(minutes=5), now=now, sites=1)
    later = await a_conference(conn, start=now + timedelta(days=2), now=now, sites=1)
    await save_fingerprint(conn, old.fingerprint())
    for one in (open_now, later):
        await place(conn, one, bridge=None, now=now)
        await make_links(conn, one, old.derive(LINKS))
    await conn.execute(KEEP_ANSWER, SecretKeeper(old).seal("[45]"))
    person = await a_person(conn, Role.SECRETARY)
    session = await a_session(conn, person)
    feed = f"/calendar/{await feed_of(conn, person, old.derive(FEEDS))}.ics"
    shown = f"/conferences/{later.id}/links"

    async with loaded(tmp_path, keys, database, session, now) as programs:
        programs.paths = (shown, feed, *links_of(open_now, old), *links_of(later, old))
        tasks = [asyncio.create_task(programs.ask(client)) for client in programs.clients]
        await programs.turn()
        async with conn.transaction():
            ring = await begin(
                conn, keys, after=AFTER, grace=GRACE, by="program:test", now=programs.now
            )
        await programs.turn()
        assert [one.ring.newest for one in programs.followers] == [old.newest] * 2
        with pytest.raises(KeyIsComing):
            await begin(conn, keys, after=AFTER, grace=GRACE, by="x", now=programs.now)

        await programs.turn(after=AFTER)
        assert [one.ring.newest for one in programs.followers] == [ring.newest] * 2
        fresh = f"/calendar/{await feed_of(conn, person, ring.derive(FEEDS))}.ics"
        text = await (await programs.clients[1].get(shown)).text()
        assert [link in text for link in links_of(later, ring)] == [True] * len(later.sites)
        anew = (fresh, *links_of(open_now, ring), *links_of(later, ring))
        await programs.legitimate(*programs.paths, *anew)
        await programs.turn(after=GRACE - timedelta(seconds=1))

        # Who is in a room that was open before the end is left in peace.
        await programs.legitimate(shown, *links_of(open_now, old), *anew)
        await programs.turn(after=timedelta(seconds=1))
        dead = await programs.statuses(feed, *links_of(later, old))
        await programs.turn(after=LINGER)
        await programs.turn(after=LINGER)
        programs.over.set()
        await asyncio.gather(*tasks)

    assert programs.refused == set()
    assert dead == [(404, 404)] * (1 + len(later.sites))
    left = key_file.load(keys)
    assert [key.id for key in left.keys] == [ring.newest]
    assert (await all_secrets(conn, left))["lab"] == SECRETS
    body = await conn.fetchval("SELECT body FROM idempotency WHERE key = 'k'")
    assert SecretKeeper(left).open(body) == "[45]"
    with pytest.raises(CannotOpen):
        await all_secrets(conn, old)
    told = [
        row[0]
        for row in await conn.fetch(
            "SELECT action FROM audit WHERE action LIKE 'keys.%' ORDER BY id"
        )
    ]
    assert told == ["keys.rotate", "keys.use", "keys.forget"]
