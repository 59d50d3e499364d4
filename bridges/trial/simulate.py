"""Halls made of software: they join over the trial bridge's own wire, for demo, tests and load."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import aiohttp

from bridges.trial.errors import HallRefused


class SimulatedHall:
    """One hall on the wire: inside the room within `async with`, gone after it.

    `url` is the room's public address.  With `http` many halls share a client.  `claim_media` takes
    one of the room's seats for browsers, without carrying anything; who `watches` takes none and is
    no hall.
    """

    def __init__(
        self,
        url: str,
        jwt: str,
        *,
        http: aiohttp.ClientSession | None = None,
        claim_media: bool = False,
        watches: bool = False,
    ) -> None:
        self.url = url
        self.heard: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()
        self.welcome: Mapping[str, Any] = {}
        self._jwt = jwt
        self._media: bool | str = "watch" if watches else claim_media
        self._given = http
        self._http: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def occupant(self) -> str:
        """The handle under which the room knows the hall."""
        return str(self.welcome["occupant"])

    async def __aenter__(self) -> Self:
        """Join the room.

        Raises:
            HallRefused: with the bridge's code and words.
        """
        self._http = self._given or aiohttp.ClientSession()
        try:
            self._socket = await self._http.ws_connect(f"{self.url}/socket")
            await self._join(self._socket)
        except BaseException:
            await self._close()
            raise
        self._reader = asyncio.create_task(self._read(self._socket), name=f"hall {self.occupant}")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the room politely."""
        await self._close()

    async def send(self, message: Mapping[str, Any]) -> None:
        """Say something on the socket."""
        if self._socket is None:
            raise RuntimeError("a hall speaks inside its `async with`")
        await self._socket.send_json(message)

    async def cut(self) -> None:
        """Cut the line without a word, as an excavator does."""
        connection = self._socket and self._socket._conn  # noqa: SLF001 - there is no public cut
        if connection and connection.transport:
            connection.transport.abort()
        await self._close()

    async def gone(self) -> None:
        """Wait until the bridge has ended the hall's socket."""
        if self._reader is not None:
            await asyncio.wait([self._reader])

    async def _join(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Say who we are and hear whether we are in."""
        await socket.send_json({"type": "join", "jwt": self._jwt, "media": self._media})
        self.welcome = await socket.receive_json()
        if self.welcome["type"] != "joined":
            raise as_refusal(self.welcome)

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Hear what comes, and answer pings, until the socket ends."""
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                self.heard.put_nowait(message.json())

    async def _close(self) -> None:
        """Close what is open."""
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            await asyncio.wait([self._reader])
        if self._http is not None and self._http is not self._given:
            await self._http.close()


def as_refusal(message: Mapping[str, Any]) -> HallRefused:
    """Return the refusal in a message."""
    code, text = str(message.get("code", "")), str(message.get("text", ""))
    return HallRefused(code, text, message.get("status"))
