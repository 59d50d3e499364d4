"""Our program, a Prosody set up by Debian's packages and then by docs/jitsi.md, and who comes.

With Jitsi's own modules where a folder has them, else with modules of ours that behave alike.
"""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import Process
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import aiohttp
import pytest

from bridges.jitsi.keys import new_private_key
from meetings.model import ConferenceId, Interval
from meetings.store import Connection
from meetings.store.presences import list_presences
from tests.failover import ticket_in, utc_now
from tests.faults import jitsi_image
from tests.faults.conftest import House, serving_on
from tests.faults.jitsi_package import write_settings
from tests.faults.jitsi_server import DOMAIN, PROSODY, ended, folders, needs
from tests.faults.xmpp import Client, Focus, Refused, connected
from tests.ports import free_port
from tests.service import speaking

NEEDED = needs("auth_token", "reservations", "event_sync_component")
JITSIS = pytest.param(tuple(folders()), id="jitsis", marks=NEEDED)
HS256 = "t" * 40
ROOMS = f"conference.{DOMAIN}"
BOTH = pytest.mark.parametrize("places", [pytest.param((), id="alike"), JITSIS])
START_SECONDS = 60
PATIENCE_SECONDS = 60
IS_WELL = "SELECT healthy AND misses = 0 FROM bridges WHERE name = $1"
IS_WELL_AGAIN = f"{IS_WELL} AND answered_at > $2"
COUNTED = "SELECT kind FROM evidence WHERE conference_id = $1 AND kind = ANY($2) ORDER BY kind"
NEWS = ["created", "joined", "left", "destroyed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A conference, its room, and the address of each hall's page."""

    id: ConferenceId
    room: str
    address: str
    links: Mapping[int, str]

    @property
    def sites(self) -> list[int]:
        """The halls, the main one first."""
        return list(self.links)


@dataclass(slots=True, kw_only=True)
class Venue:
    """Everything that a hall meets between our page and the room."""

    house: House
    conn: Connection
    session: aiohttp.ClientSession
    http: aiohttp.ClientSession
    folder: Path
    port: int
    secret: str = field(repr=False)
    name: str = "lab"
    rooms: str = ROOMS
    process: Process | None = None
    focus: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def api(self) -> str:
        return f"{self.house.services[0].url}/api/v1"

    @property
    def prosody(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start Prosody, and the focus in it."""
        config = self.folder / "prosody.cfg.lua"
        self.process = await asyncio.create_subprocess_exec(
            str(PROSODY), "-F", "--config", str(config)
        )
        focus = Focus(f"focus@auth.{DOMAIN}/lab")
        async with asyncio.timeout(START_SECONDS):
            while not await self.answers():
                assert self.process.returncode is None, self.said()
                await asyncio.sleep(0.05)
            await self.focus.enter_async_context(connected(self.http, self.prosody, focus))
            focus.send_presence()
            await focus.get_roster()

    async def answers(self) -> bool:
        """Tell whether Prosody is there."""
        try:
            async with self.http.get(f"{self.prosody}/xmpp-websocket"):
                return True
        except aiohttp.ClientError:
            return False

    async def kill(self) -> None:
        """End Prosody as a power cut does."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()
        await self.focus.aclose()
        self.focus = AsyncExitStack()

    async def stop(self) -> None:
        """End Prosody politely."""
        await self.focus.aclose()
        self.focus = AsyncExitStack()
        if self.process is not None and self.process.returncode is None:
            await ended(self.process)

    async def change(self, old: str, new: str) -> None:
        """Change our settings, let Prosody start again with them, and wait until it is known well.

        While it is away, a room that is booked goes to another bridge.
        """
        await self.stop()
        path = self.folder / "diemcau.cfg.lua"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        await self.start()
        begins = utc_now()
        async with asyncio.timeout(START_SECONDS):
            while not await self.conn.fetchval(IS_WELL_AGAIN, self.name, begins):
                await asyncio.sleep(0.1)

    def said(self) -> str:
        """Return what Prosody logged."""
        return (self.folder / "log").read_text()

    async def call(self, method: str, path: str, body: object = None, **headers: str) -> Any:
        """Ask our API for something that it must grant."""
        async with self.session.request(
            method, f"{self.api}{path}", json=body, headers=headers
        ) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()

    async def register(self) -> None:
        """Tell our program of the bridge, and wait until it is known and well."""
        body = {
            "name": self.name,
            "public_url": self.prosody,
            "xmpp_domain": DOMAIN,
            "muc_domain": self.rooms,
            "app_id": "diemcau",
            "prosody_url": self.prosody,
            "jwt_secret": self.secret,
            "reservation_secret": "lab-reservation",
            "event_secret": "lab-events",
            "seats": 400,
        }
        await self.call("POST", "/bridges", body)
        async with asyncio.timeout(START_SECONDS):
            while not (await self.conn.fetchval(IS_WELL, self.name) and await self.is_heard()):
                await asyncio.sleep(0.1)

    async def is_heard(self) -> bool:
        """Tell whether the receiver has heard of the bridge."""
        port = self.house.services[0].receiver_port
        async with self.http.post(
            f"http://127.0.0.1:{port}/bridges/{self.name}/events/room/created",
            json={"room_name": "no-such-room", "created_at": 1_700_000_000},
            headers={"Authorization": "Bearer lab-events"},
        ) as answer:
            return answer.status == 200

    async def book(self, *, start: datetime | None = None, halls: slice = slice(3)) -> Booked:
        """Book some halls, from now on where nothing else is said."""
        begins, sites = start or utc_now(), self.house.communes[halls]
        wish = {
            "title": "Giao ban",
            "kind": "urgent",
            "main_site": sites[0],
            "sites": list(sites),
            "start": begins.isoformat(),
            "end": (begins + timedelta(hours=1)).isoformat(),
        }
        conference = (await self.call("POST", "/conferences", wish))["id"]
        room = await self.call("GET", f"/conferences/{conference}/room")
        assert room["bridge"] != "trial"
        links = await self.call("GET", f"/conferences/{conference}/links")
        return Booked(
            id=ConferenceId(conference),
            room=room["name"],
            address=f"{room['name']}@{self.rooms}",
            links={one["site"]: one["url"] for one in links["items"]},
        )

    async def token(self, booked: Booked, site: int) -> str:
        """Press the button on a hall's page; return the token that the room is opened with."""
        async with self.http.post(f"{booked.links[site]}/enter") as answer:
            return ticket_in(await answer.text())[1]

    @asynccontextmanager
    async def visitor(
        self, booked: Booked, token: str, *, resumes: bool = False
    ) -> AsyncIterator[Client]:
        """Give somebody who signed in by a token.

        Raises:
            Refused: the token is not taken.
        """
        client = Client(DOMAIN, resumes=resumes)
        async with connected(
            self.http, self.prosody, client, room=booked.room, token=token
        ) as there:
            yield there

    async def until_let_in(self, booked: Booked, site: int) -> None:
        """Wait until Prosody knows our keys: asked by `cache_keys_url` before, it never answers."""
        token = await self.token(booked, site)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                with suppress(TimeoutError, Refused):
                    async with asyncio.timeout(1), self.visitor(booked, token):
                        return
                await asyncio.sleep(0.1)

    @asynccontextmanager
    async def hall(
        self, booked: Booked, site: int, *, name: str = "nobody", resumes: bool = False
    ) -> AsyncIterator[tuple[Client, Element]]:
        """Give a hall that is in the room, and its presence as all see it."""
        token = await self.token(booked, site)
        async with self.visitor(booked, token, resumes=resumes) as client:
            await client.ask(booked.address)
            yield client, await client.enter(booked.address, name)

    async def presence(self, booked: Booked) -> dict[int, tuple[Interval, ...]]:
        """Return who was in when, as our sheet has it."""
        found = await list_presences(self.conn, booked.id)
        return {int(site): stays for site, stays in found.items()}

    async def told(self, booked: Booked) -> list[str]:
        """Return the kinds of news that were told of a conference."""
        return [row["kind"] for row in await self.conn.fetch(COUNTED, booked.id, NEWS)]

    async def until_asked(self, route: str) -> None:
        """Wait until our program was asked for something, as its metrics tell."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while route not in await self.metrics():
                await asyncio.sleep(0.1)

    async def metrics(self) -> str:
        """Return what our program counts."""
        async with self.session.get(f"{self.house.services[0].url}/metrics") as answer:
            return await answer.text()

    async def call_off(self, booked: Booked) -> None:
        """Cancel a conference."""
        path = f"/conferences/{booked.id}"
        async with self.session.get(f"{self.api}{path}") as answer:
            version = answer.headers["ETag"]
        await self.call("DELETE", path, {"reason": "Hoãn"}, **{"If-Match": version})

    async def until_empty(self, booked: Booked) -> None:
        """Wait until Prosody has nobody in a room."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while booked.room in await self.census():
                await asyncio.sleep(0.1)

    async def census(self) -> str:
        """Return what Prosody says of its rooms."""
        async with self.http.get(f"{self.prosody}/room-census") as answer:
            return await answer.text()

    async def until(
        self, booked: Booked, is_so: Callable[[dict[int, tuple[Interval, ...]]], bool]
    ) -> dict[int, tuple[Interval, ...]]:
        """Wait until the sheet is so, and return it."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not is_so(sheet := await self.presence(booked)):
                await asyncio.sleep(0.1)
        return sheet

    async def until_told(self, booked: Booked, *kinds: str) -> None:
        """Wait until exactly these news are there."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.told(booked) != sorted(kinds):
                await asyncio.sleep(0.1)

    async def why(self, booked: Booked, token: str, room: str = "") -> Refused | None:
        """Return why somebody with a token gets into no room, None where there is no reason."""
        try:
            async with self.visitor(booked, token) as client:
                await client.ask(room or booked.address)
                await client.enter(room or booked.address)
        except Refused as refused:
            return refused
        return None


def head_of(token: str) -> dict[str, Any]:
    """Return the head of a token."""
    return part_of(token, 0)


def claims_of(token: str) -> dict[str, Any]:
    """Return what a token claims."""
    return part_of(token, 1)


def part_of(token: str, number: int) -> dict[str, Any]:
    """Return a part of a token, unverified."""
    part = token.split(".")[number]
    return dict(json.loads(urlsafe_b64decode(part + "==")))


@asynccontextmanager
async def staged(
    places: Sequence[str],
    database: str,
    owner_database: str,
    conn: Connection,
    scratch: Path,
    *,
    image: bool = False,
    shared: bool = False,
) -> AsyncIterator[Venue]:
    """Give a venue that runs, set by Debian's packages or by docker's image, and by us.

    Without places of Jitsi's modules they are ours.
    """
    async with (
        serving_on(database, owner_database, conn, scratch / "keys") as house,
        speaking(None, house.token) as session,
        opened(
            house, conn, session, scratch / "prosody", places, image=image, shared=shared
        ) as made,
    ):
        yield made


@asynccontextmanager
async def opened(
    house: House,
    conn: Connection,
    session: aiohttp.ClientSession,
    folder: Path,
    places: Sequence[str],
    *,
    name: str = "lab",
    image: bool = False,
    shared: bool = False,
) -> AsyncIterator[Venue]:
    """Give a bridge of a program that serves already; its token secret may be a shared one."""
    service = house.services[0]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        made = Venue(
            house=house,
            conn=conn,
            session=session,
            http=http,
            folder=folder,
            port=free_port(),
            secret=new_private_key() if places and not shared else HS256,
            name=name,
            rooms=jitsi_image.ROOMS if image else ROOMS,
        )
        if image:
            jitsi_image.write_image(folder, service, made.port, places)
        else:
            write_settings(folder, service, made.port, made.secret, places, name)
        try:
            await made.start()
            await made.register()
            yield made
        finally:
            await made.stop()
