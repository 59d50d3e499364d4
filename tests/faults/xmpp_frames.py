"""slixmpp over Prosody's websocket: only there does Prosody read `?token=`, and slixmpp speaks TCP.

The two differ in their framing alone (RFC 7395 and 6120), which is done here.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

import aiohttp
from slixmpp import ClientXMPP

CLIENT = "jabber:client"
FRAMING = "urn:ietf:params:xml:ns:xmpp-framing"
STREAM = "xmlns:stream='http://etherx.jabber.org/streams'"
OF_STANZA = re.compile(r"^<(message|presence|iq)\b(?![^>]*\sxmlns=)")


class Frames(asyncio.Transport):
    """What slixmpp takes for a TCP connection: each stanza is one message of a websocket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, client: ClientXMPP) -> None:
        super().__init__()
        self.socket, self.client = socket, client
        self.waiting: asyncio.Queue[str] = asyncio.Queue()
        self.tasks = [asyncio.create_task(one) for one in (self.send(), self.receive())]

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send what slixmpp says, in the words of RFC 7395."""
        text = bytes(data).decode()
        if text.startswith("<stream:stream"):
            text = f"<open xmlns='{FRAMING}' to='{self.client.boundjid.host}' version='1.0'/>"
        elif text == "</stream:stream>":
            text = f"<close xmlns='{FRAMING}'/>"
        if text.strip():
            self.waiting.put_nowait(OF_STANZA.sub(rf"<\1 xmlns='{CLIENT}'", text))

    async def send(self) -> None:
        """Send one message after the other."""
        with suppress(ConnectionError):
            while True:
                await self.socket.send_str(await self.waiting.get())

    async def receive(self) -> None:
        """Give each message to slixmpp, in the words of RFC 6120."""
        async for message in self.socket:
            text = str(message.data)
            if text.startswith("<close"):
                break
            if text.startswith("<open"):
                text = f"<stream:stream xmlns='{CLIENT}' {STREAM} id='1' version='1.0'>"
            self.client.data_received(text)
        self.client.connection_lost(None)

    def close(self) -> None:
        """Say no more."""

    def abort(self) -> None:
        """Drop what is not sent."""

    def is_closing(self) -> bool:
        """Tell whether the other side is gone."""
        return self.socket.closed

    async def end(self) -> None:
        """Let go of everything."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.socket.close()
